"""Fits a formula into a width: whole if possible, else broken before relations and operators, as in print."""

import re
from typing import Final

from dsr1_tui.render.cells import cells
from dsr1_tui.render.maths.boxes import Box, above, beside, framed, line
from dsr1_tui.render.maths.display import Display, Part
from dsr1_tui.render.maths.nodes import Boxed, Cls, Refused, Row, Table, Text
from dsr1_tui.render.maths.spacing import Placed, is_prefix

_INDENT: Final = 4
_FRAME: Final = 4
_QUAD: Final = 2

_PARTS: Final = re.compile(
    r"[（《「『【]*[\u2e80-\u3000\u3003-\u3007\u3012-\u9fff\uac00-\ud7a3\uf900-\ufaff][、。〉》」』】！）：；，？．]*"
    r"|[^\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff]+|."
)
"""Parts of a word between which a line may be broken: Chinese characters, with the marks that stay with them."""

Piece = tuple[Part, int]
"""A box, and how well a line may be broken before it: 0 is not at all."""


def fitted(row: Row, width: int) -> Box:
    """The two-dimensional form of a formula in at most `width` cells. Raises `Refused` where that cannot be."""
    display = Display(width)
    match row:
        case (Boxed(body),):
            return framed(fitted(body, width - _FRAME))
        case (Table(rows, _, kind, "", ""),) if kind in {"aligned", "lines"}:
            try:
                return display.row(row)
            except Refused:
                return _stacked([_broken(Display(width), sum(cells_, ()), width) for cells_ in rows])
        case _:
            return _broken(display, row, width)


def _broken(display: Display, row: Row, width: int) -> Box:
    """A row in as many lines as it needs."""
    pieces = [piece for part, place in display.parts(row) for piece in _pieces(part, place)]
    lines: list[Box] = []
    while pieces:
        room = width - (_INDENT if lines else 0)
        cut = _cut(pieces, room)
        (_, first), _ = pieces[0]
        box = beside([(0, first), *(part for part, _ in pieces[1:cut])])
        lines.append(beside([(_INDENT, box)]) if lines else box)
        pieces = pieces[cut:]
    return _stacked(lines) if lines else line("")


def _pieces(part: Part, place: Placed) -> list[Piece]:
    """A part of a row as one piece, or a text as its words."""
    gap = part[0]
    if isinstance(place.node, Text):
        return _words(place.node.text, gap)
    score = 0
    if place.cls is Cls.REL:
        score = 3
    elif gap >= _QUAD:
        score = 4
    elif place.cls is Cls.BIN or (is_prefix(place) and gap):
        score = 2
    elif gap and place.cls is not Cls.FUNC:
        score = 1
    return [(part, score)]


def _words(text: str, gap: int) -> list[Piece]:
    """A text's words, each with the cells before it."""
    pieces: list[Piece] = []
    for word in text.split(" "):
        for at, part in enumerate(_PARTS.findall(word)):
            pieces.append(((gap, line(part)), 1 if gap or at else 0))
            gap = 0
        gap += 1
    # What stands behind the text brings its own gap: the spaces at its end are kept as an empty word.
    if trailing := len(text) - len(text.rstrip(" ")):
        pieces.append(((0, line(" " * trailing)), 0))
    return pieces


def _cut(pieces: list[Piece], room: int) -> int:
    """How many pieces go into a line of `room` cells: up to the best place to break in the line's later part."""
    used = at = 0
    for at, ((gap, box), _) in enumerate(pieces):
        used += box.width + (gap if at else 0)
        if used > room:
            break
    else:
        return len(pieces)
    choices = [(pieces[cut][1], cut) for cut in range(1, at + 1) if pieces[cut][1]]
    late = [choice for choice in choices if choice[1] * 3 >= at]
    if not choices:
        raise Refused("too wide")
    return max(late or choices)[1]


def _stacked(lines: list[Box]) -> Box:
    """Lines one below the other from the left, tall ones set apart."""
    spread: list[Box] = []
    for box in lines:
        if spread and (box.height > 1 or spread[-1].height > 1):
            spread.append(line(""))
        spread.append(box)
    return above(spread, 0, "l")


def squared(box: Box, width: int) -> tuple[str, ...] | None:
    """The rows, each of exactly the same number of cells; None where one is wider than `width`.

    Clusters that form only when neighbours meet (flags, conjuncts) can make a row narrower than its parts.
    """
    rows = [row.rstrip() for row in box.rows]
    widths = [cells(row) for row in rows]
    widest = max(widths)
    if widest > width:
        return None
    return tuple(row + " " * (widest - size) for row, size in zip(rows, widths, strict=True))
