"""Long finished texts in pieces: the same lines as the whole, whatever is in it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.render.chunks import chunks, render_chunk
from dsr1_tui.render.message import render_markdown
from support.markdown_texts import FRAGMENTS

STEP = (
    "**Step {n}.** Factor the quadratic, then look at each root in turn.\n\n"
    "\\[\nx^2 - 5x + 6\n\n= (x-2)(x-3)\n\\]\n\n- first root\n- second\n\n  still second\n\n"
    "Plain words follow the list.\n\n```python\ndef f(x):\n\n    return x\n```\n\n1. one\n\n2. two\n\n"
    "中文段落也一样。\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
)


def joined(source: str, size: int, width: int) -> list[str]:
    lines: list[str] = []
    for start, text in chunks(source, size):
        rendered = render_chunk(text, start, width)
        lines += ([""] if lines and rendered else []) + [line.text for line in rendered]
    return lines


def test_pieces_are_the_whole() -> None:
    source = "".join(STEP.format(n=n) for n in range(30))
    pieces = chunks(source, 500)
    assert len(pieces) > 8
    assert "".join(text for _, text in pieces) == source
    assert all(source.startswith(text, start) for start, text in pieces)


def test_pieces_render_as_the_whole() -> None:
    source = "".join(STEP.format(n=n) for n in range(30))
    assert joined(source, 500, 60) == [line.text for line in render_markdown(source, 60)]


def test_nothing_is_cut_inside_code() -> None:
    source = "```\n" + "word\n\nword\n\n" * 500 + "```\n\nend"
    assert [text.count("```") for _, text in chunks(source, 100)] == [2, 0]


def test_a_short_text_is_one_piece() -> None:
    assert chunks("a\n\nb") == ((0, "a\n\nb"),)


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*FRAGMENTS, "\n\nWords at the margin. "]), max_size=60))
def test_any_text_survives(parts: list[str]) -> None:
    source = "".join(parts)
    pieces = chunks(source, 20)
    assert "".join(text for _, text in pieces) == source
    for start, text in pieces:
        for line in render_chunk(text, start, 40):
            assert all(span.end <= len(source) for span in line.spans)
