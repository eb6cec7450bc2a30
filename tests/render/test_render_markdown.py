import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dsr1_tui.render.blocks import Block, BlockSplitter
from dsr1_tui.render.cells import cells
from dsr1_tui.render.line import Line, Role
from dsr1_tui.render.markdown import render_block, render_blocks
from dsr1_tui.render.message import render_markdown
from dsr1_tui.render.plain import lines_to_text
from support.markdown_texts import chunked, markdown

GOLDEN = Path(__file__).parent / "golden"
ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)
WIDTHS = st.integers(8, 70)


def split(*chunks: str) -> tuple[Block, ...]:
    splitter = BlockSplitter()
    return (*(block for chunk in chunks for block in splitter.feed(chunk)), *splitter.finish())


def shown(text: str, width: int = 60) -> list[str]:
    return lines_to_text(render_markdown(text, width)).split("\n")


def roles(text: str, role: Role, width: int = 60) -> list[str]:
    return [span.text for line in render_markdown(text, width) for span in line.spans if span.style.role is role]


@given(chunked(), WIDTHS)
def test_chunks_do_not_matter(case: tuple[str, list[str]], width: int) -> None:
    text, chunks = case
    assert render_blocks(split(*chunks), width) == render_markdown(text, width)


@given(markdown, WIDTHS)
@example("1. - |---|\t\r\n    12122) 2) ``## > [x]   - é[ ] longwordlongword*``a|b\n", 9)
def test_lines_are_safe_and_fit_and_know_their_source(text: str, width: int) -> None:
    for block in split(text):
        for line in render_block(block, width):
            assert cells(line.text) <= width
            assert not ACTING.search(line.text)
            for span in line.spans:
                assert span.text
                if span.start >= 0 or span.end >= 0:
                    assert block.start <= span.start <= span.end <= block.end


@given(markdown, WIDTHS)
def test_raw_shows_the_source(text: str, width: int) -> None:
    raw = render_markdown(text, width, raw=True)
    for line in raw:
        assert cells(line.text) <= width
        assert not ACTING.search(line.text)


@given(st.binary(max_size=120), WIDTHS)
@example(b"\xff# \xf0\x9f\x00|\n-|-\n\xe4\xb8", 8)
def test_any_bytes(data: bytes, width: int) -> None:
    for line in render_markdown(data.decode(errors="replace"), width):
        assert cells(line.text) <= width
        assert not ACTING.search(line.text)


@given(st.lists(st.sampled_from(["one", "two,", "*three*", "`four`", "字", "[five](http://x.y)", "\n"]), max_size=30))
def test_offsets_run_through_the_source(words: list[str]) -> None:
    text = " ".join(words)
    at = 0
    for line in render_markdown(text, 20):
        for span in line.spans:
            if span.start >= 0:
                assert at <= span.start < span.end
                assert text[span.start : span.end] == span.text
                at = span.end


@pytest.mark.parametrize("width", [60, 100])
def test_golden(width: int) -> None:
    source = (GOLDEN / "answer.md").read_text(encoding="utf-8")
    expected = (GOLDEN / f"answer_{width}.txt").read_text(encoding="utf-8")
    assert lines_to_text(render_markdown(source, width)) + "\n" == expected


def test_headings() -> None:
    (line,) = render_markdown("## A *b* ##", 40)
    assert line.text == "A b"
    assert all(span.style.role is Role.HEADING and span.style.bold for span in line.spans)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("- a\n  - b\n    - c\n      - d", ["• a", "  ◦ b", "    ▪ c", "      ▪ d"]),
        ("7. a\n8. b", ["7. a", "8. b"]),
        ("- [ ] a\n- [x] b\n1. [X] c", ["☐ a", "☑ b", "1. ☑ c"]),
        ("1. a\n\n   b", ["1. a", "", "   b"]),
        ("> a\n> b", ["│ a", "│ b"]),
        ("> > a", ["│ │ a"]),
        ("> - a\n>   ```\n>   x\n>   ```", ["│ • a", "│", "│     x"]),
        ("***", ["─" * 60]),
        ("<p>a</p>", ["<p>a</p>"]),
        ("a\nb", ["a", "b"]),
        ("[a]: http://b.c", ["[a]: http://b.c"]),
        ("-", ["•"]),
    ],
)
def test_blocks(text: str, lines: list[str]) -> None:
    assert shown(text) == lines


def test_items_hang() -> None:
    assert shown("10. one two three four", 14) == ["10. one two", "    three four"]


def test_copying_a_quote_gives_its_source() -> None:
    text = "x\n\n> one **two**\n> - three"
    spans = [span for line in render_markdown(text, 40) for span in line.spans if span.start >= 0]
    assert [text[span.start : span.end] for span in spans if span.style.role is not Role.BULLET] == [
        "x",
        "one ",
        "two",
        "three",
    ]


def test_deep_quotes_and_lists_stay_in_the_screen() -> None:
    assert all(cells(line) <= 12 for line in shown(">" * 50 + " deep", 12))
    assert all(cells(line) <= 12 for line in shown("\n".join("  " * depth + "- item" for depth in range(30)), 12))


@pytest.mark.parametrize(
    "text",
    [
        r"\boxed{\frac{a}{b}}",
        r"**\boxed{5}**",
        "# \\boxed{5}",
        "- \\boxed{5}",
        "> \\boxed{5}",
        "|a|\n|-|\n|\\boxed{5}|",
        r"\(\boxed{5}\)",
        r"$$\boxed{5}$$",
    ],
)
def test_boxes_stand_out_everywhere(text: str) -> None:
    assert roles(text, Role.BOX)


def test_boxes_in_code_do_not() -> None:
    assert not roles("`\\boxed{5}`\n\n```\n\\boxed{5}\n```", Role.BOX)


def test_a_formula_is_selected_whole() -> None:
    text = r"so \(a + b\)"
    (line,) = render_markdown(text, 40)
    assert {text[span.start : span.end] for span in line.spans if span.style.role is Role.MATH} == {r"\(a + b\)"}


def test_what_the_maths_engine_refuses_is_shown_as_written() -> None:
    source = "\\(" + "{" * 60 + "x" + "}" * 60 + "\\)"
    assert "".join(shown(source, 100)).replace(" ", "") == source
    assert "".join(shown(f"\\[{source[2:-2]}\\]", 100)).replace(" ", "") == f"\\[{source[2:-2]}\\]"


def test_nothing_gives_no_lines() -> None:
    assert render_markdown("", 40) == render_markdown("\n \n", 40) == ()


def test_a_blank_line_is_a_line_without_spans() -> None:
    assert render_markdown("a\n\nb", 40)[1] == Line()
