import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.render.cells import cells
from dsr1_tui.render.line import Line, Role, Span, Style
from dsr1_tui.render.plain import lines_to_ansi, lines_to_text, plain_lines, readable_box
from support.markdown_texts import markdown


def test_plain_text_is_not_markdown() -> None:
    style = Style(role=Role.REASONING)
    assert plain_lines("**a** `b`\n\n# c\n", 40, style, 7) == (
        Line((Span("**a** `b`", style, 7, 16),)),
        Line(),
        Line((Span("# c", style, 18, 21),)),
    )


def test_nothing_gives_no_lines() -> None:
    assert plain_lines("", 40) == ()
    assert plain_lines("\n", 40) == (Line(),)


def test_tabs_and_escapes_stand_for_their_source() -> None:
    (line,) = plain_lines("a\tb\x1bc", 40, start=10)
    assert [(span.text, span.start, span.end) for span in line.spans] == [
        ("a", 10, 11),
        ("   ", 11, 12),
        ("b", 12, 13),
        ("␛", 13, 14),
        ("c", 14, 15),
    ]


@given(markdown, st.integers(2, 60), st.integers(0, 99))
def test_lines_fit_and_know_their_source(text: str, width: int, start: int) -> None:
    last = (start, start)
    for line in plain_lines(text, width, start=start):
        assert cells(line.text) <= width
        for span in line.spans:
            place = (span.start, span.end)
            assert place == last or last[1] <= span.start < span.end <= start + len(text)
            last = place


@given(
    st.lists(st.sampled_from(["word ", "字，", "\n", "  ", "long" * 9]), max_size=30).map("".join), st.integers(8, 40)
)
def test_wrapping_may_begin_anew_at_any_newline(text: str, width: int) -> None:
    first, newline, second = text.partition("\n")
    whole = plain_lines(text, width)
    assert whole == plain_lines(first + newline, width) + plain_lines(second, width, start=len(first) + 1)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("5", "5"),
        (r"\dfrac{3}{4}", "3/4"),
        ("x = 2,\n y = 3", "x = 2, y = 3"),
        (r"\{1, 2\}", "{1, 2}"),
        (r"\text{三}", "三"),
        ("{" * 90 + "\x1b", "{" * 90 + "␛"),
    ],
)
def test_readable_boxes(body: str, text: str) -> None:
    assert readable_box(body) == text


def test_lines_to_text() -> None:
    assert lines_to_text((Line((Span("a"), Span("b  "))), Line(), Line((Span("c"),)))) == "ab\n\nc"


def test_lines_to_ansi() -> None:
    line = Line(
        (
            Span("a "),
            Span("b", Style(role=Role.BOX, bold=True)),
            Span("c", Style(role=Role.LINK, underline=True, link="https://x.y")),
            Span("d", Style(italic=True, strike=True)),
        )
    )
    assert lines_to_ansi((line, Line()), {Role.BOX: "32"}) == (
        "a \x1b[32;1mb\x1b[0m\x1b]8;;https://x.y\x1b\\\x1b[4mc\x1b[0m\x1b]8;;\x1b\\\x1b[3;9md\x1b[0m\n"
    )


def test_importing_the_renderer_loads_no_parser_and_no_terminal_library() -> None:
    code = "import sys, dsr1_tui.render.markdown, dsr1_tui.render.message; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "dsr1_tui.render.markdown" in loaded
    assert not loaded & {"markdown_it", "pygments", "wcwidth", "dsr1_tui.render.maths", "textual", "rich"}
