"""The two-dimensional form: whole pictures in `display_forms.txt`, and what happens where there is no room."""

from pathlib import Path
from typing import NamedTuple

import pytest

from dsr1_tui.render.cells import cells
from dsr1_tui.render.maths import display_form
from dsr1_tui.render.maths.gallery import GALLERY


class Picture(NamedTuple):
    width: int
    baseline: int
    source: str
    rows: tuple[str, ...]


def _pictures() -> list[Picture]:
    text = Path(__file__).with_name("display_forms.txt").read_text(encoding="utf-8")
    found: list[Picture] = []
    for part in text.removeprefix("## ").split("\n## "):
        head, *rows = part.removesuffix("\n").split("\n")
        width, baseline, source = head.split(" ", 2)
        found.append(Picture(int(width), int(baseline), source, tuple(rows)))
    return found


@pytest.mark.parametrize("picture", _pictures(), ids=lambda picture: picture.source[:40])
def test_a_formula_in_two_dimensions(picture: Picture) -> None:
    grid = display_form(picture.source, picture.width)
    assert grid is not None
    assert tuple(row.rstrip() for row in grid.rows) == picture.rows
    assert grid.baseline == picture.baseline
    assert len({cells(row) for row in grid.rows}) == 1


def test_there_are_many_pictures() -> None:
    assert len(_pictures()) >= 25


@pytest.mark.parametrize(("title", "source"), GALLERY)
def test_the_gallery_fits_a_narrow_terminal(title: str, source: str) -> None:
    grid = display_form(source, 60)
    assert grid is not None, title
    assert all(cells(row) <= 60 for row in grid.rows)


def test_the_gallery_has_forty_formulas() -> None:
    assert len(GALLERY) == len({source for _, source in GALLERY}) == 40


@pytest.mark.parametrize(
    ("source", "width"),
    [
        (r"\frac{aaaaaaaaaa}{b}", 11),
        (r"\begin{pmatrix} 100 & 200 & 300 \end{pmatrix}", 10),
        (r"\sqrt{aaaaaaaaaaaaaaaa}", 10),
        ("aaaaaaaaaaaaaaaaaaaa", 10),
        ("x", 0),
        (r"\boxed{x}", 4),
    ],
)
def test_what_does_not_fit_is_left_to_the_source(source: str, width: int) -> None:
    assert display_form(source, width) is None


def test_it_takes_exactly_the_width_that_it_needs() -> None:
    assert display_form(r"\boxed{x}", 5) is not None
    assert display_form(r"\frac{aaaaaaaaaa}{b}", 12) is not None


@pytest.mark.parametrize("source", ["", "{}", r"\frac{1}", "x_", r"\begin{pmatrix} 1", r"\begin{tikz}\end{tikz}", "}"])
def test_what_is_malformed_has_no_form(source: str) -> None:
    assert display_form(source, 80) is None


def test_an_unknown_command_shows_as_itself() -> None:
    grid = display_form(r"\frac{\foo{x}}{2}", 80)
    assert grid is not None
    assert grid.rows[0].strip() == r"\foo{x}"
