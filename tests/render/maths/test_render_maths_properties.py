"""What holds for any input: no exception, no control character, no row out of line, no formula out of bounds."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.render.cells import cells
from dsr1_tui.render.maths import display_form, find_maths, inline_form, inline_spans, scan_at
from dsr1_tui.render.maths.commands import BUILDERS
from dsr1_tui.render.maths.gallery import GALLERY
from dsr1_tui.render.maths.symbols import COMMANDS

FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ud800-\udfff]")
many = settings(max_examples=250, deadline=None)
TOKENS = [
    *sorted(BUILDERS),
    *(r"\frac", r"\sqrt", r"\left(", r"\right)", r"\text{if $x$}", r"\unknown", r"\sum", r"\int", r"\alpha", r"\sin"),
    *(rf"\{edge}{{{name}}}" for edge in ("begin", "end") for name in ("cases", "pmatrix", "aligned", "array", "odd")),
    *"{}{}{}()[]|^_&$'%~+-=/<!,.12xy中面 \n\t\\",
    *(r"\\", "1,000", "👍🏽", "🇫🇷", "e\u0301", "\u202e", "\x1b[31m", "\u200d"),
]
soups = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)
mutants = st.builds(
    lambda text, at, token: text[: at % len(text)] + token + text[at % len(text) :],
    st.sampled_from([source for _, source in GALLERY]),
    st.integers(min_value=0, max_value=200),
    st.sampled_from([*TOKENS, *sorted("\\" + name for name in COMMANDS)]),
)
anything = st.one_of(st.text(st.characters(exclude_categories=()), max_size=60), soups, mutants)


@many
@given(anything, st.integers(min_value=-1, max_value=120))
def test_any_input_gives_an_even_grid_within_the_width_or_none(body: str, width: int) -> None:
    grid = display_form(body, width)
    if grid is not None:
        sizes = {cells(row) for row in grid.rows}
        assert len(sizes) == 1
        assert max(sizes) <= width
        assert 0 <= grid.baseline < len(grid.rows)
        assert not FORBIDDEN.search("".join(grid.rows))


@many
@given(anything)
def test_any_input_gives_a_clean_line_or_none(body: str) -> None:
    line = inline_form(body)
    spans = inline_spans(body)
    if line is None or spans is None:
        assert line is None
        assert spans is None
        return
    assert not FORBIDDEN.search(line)
    assert line == line.strip(" ") != ""
    assert line == "".join(text for text, _ in spans)
    assert all(one[1] != two[1] for one, two in pairwise(spans))


@many
@given(anything)
def test_what_has_a_line_has_a_grid_in_a_wide_window(body: str) -> None:
    assert (inline_form(body) is None) or (display_form(body, 2000) is not None)


@many
@given(st.lists(anything, max_size=4).map(" ".join))
def test_what_is_found_is_what_scanning_finds_there(source: str) -> None:
    end = 0
    for span in find_maths(source):
        assert span.start >= end
        assert span.body
        assert scan_at(source, span.start) == span
        end = span.end


@pytest.mark.parametrize("count", [5, 39, 41, 500, 4000])
@pytest.mark.parametrize(
    ("opener", "closer"),
    [
        ("{", "}"),
        ("(", ")"),
        ("|", "|"),
        (r"\frac{1}{", "}"),
        (r"\sqrt{", "}"),
        (r"\left(", r"\right)"),
        ("x^{", "}"),
        ("x_", ""),
        ("x^y", ""),
        (r"\hat", ""),
        (r"\begin{cases}", r"\end{cases}"),
        (r"\boxed{", "}"),
    ],
)
def test_nesting_without_end_is_refused_and_not_followed(opener: str, closer: str, count: int) -> None:
    body = opener * count + "x" + closer * count
    line, grid = inline_form(body), display_form(body, 200)
    if count > 500 or (count > 40 and closer in {"}", r"\right)", r"\end{cases}"}):
        assert line is None
        assert grid is None
    if count == 5:
        assert line is not None
        assert grid is not None


def test_a_formula_longer_than_the_cap_is_left_to_the_source() -> None:
    assert inline_form("x" * 4000) is not None
    assert inline_form("x" * 4001) is None
    assert display_form("x" * 4001, 10_000) is None
