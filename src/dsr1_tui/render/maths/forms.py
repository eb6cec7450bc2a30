"""The forms of a formula that the rest of the house asks for; on any failure None, and the caller shows the source."""

import re
from dataclasses import dataclass
from typing import Final

from dsr1_tui.render.maths.breaking import fitted, squared
from dsr1_tui.render.maths.inline import Inline
from dsr1_tui.render.maths.nodes import Refused
from dsr1_tui.render.maths.parse import parse
from dsr1_tui.render.maths.pieces import BOX_END, BOX_START

_MARKERS: Final = re.compile(f"([{BOX_START}{BOX_END}])")
_BLANKS: Final = re.compile(" {5,}")


@dataclass(frozen=True, slots=True)
class Grid:
    """A formula in two dimensions."""

    rows: tuple[str, ...]
    """From top to bottom, each of the same number of cells."""
    baseline: int
    """The row that text beside the formula lines up with."""


def inline_spans(body: str) -> tuple[tuple[str, bool], ...] | None:
    r"""The one-line form in pieces of `(text, boxed)`: what `\boxed` holds is True. None where the source must do."""
    try:
        text = Inline().row(parse(body)).text
    except Refused:
        return None
    text = _BLANKS.sub("    ", text).strip()
    spans: list[tuple[str, bool]] = []
    level = 0
    for piece in _MARKERS.split(text):
        if piece == BOX_START:
            level += 1
        elif piece == BOX_END:
            level -= 1
        elif piece and spans and spans[-1][1] == (level > 0):
            spans[-1] = (spans[-1][0] + piece, level > 0)
        elif piece:
            spans.append((piece, level > 0))
    return tuple(spans) or None


def inline_form(body: str) -> str | None:
    """The one-line Unicode form of a formula; None where the source must do."""
    spans = inline_spans(body)
    return None if spans is None else "".join(text for text, _ in spans)


def display_form(body: str, width: int) -> Grid | None:
    """The two-dimensional form in at most `width` cells; None where it does not fit and where the source must do."""
    try:
        box = fitted(parse(body), width)
    except Refused:
        return None
    rows = squared(box, width)
    if not rows or not any(row.strip() for row in rows):
        return None
    return Grid(rows, box.base)
