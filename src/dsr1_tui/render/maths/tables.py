"""Rows and columns of boxes: matrices with their lines, cases, aligned equations."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from dsr1_tui.render.maths.boxes import EMPTY, Box, beside, padded

_MATRIX_GAP: Final = 2
_CASE_GAP: Final = 3
_PAIR_GAP: Final = 3
"""Cells between one pair of aligned columns and the next."""


class Column(NamedTuple):
    """Where a column stands."""

    align: str
    gap: int
    """Cells before it, or on each side of its line."""
    bar: bool = False
    """Whether a vertical line stands before it."""


def columns(kind: str, align: str, bars: frozenset[int], count: int) -> tuple[list[Column], bool]:
    """The columns of a table of `count` columns, and whether a line closes it at the right."""
    found: list[Column] = []
    for at in range(count):
        match kind:
            case "aligned":
                pair = len(align) if align != "rcl" else 3
                found.append(Column(align[at % len(align)], _PAIR_GAP if at and at % pair == 0 else 0))
            case "matrix":
                side = align[min(at, len(align) - 1)]
                bar = at in bars
                found.append(Column("C" if side == "c" else side, 1 if bar else _MATRIX_GAP if at else 0, bar))
            case _:
                found.append(Column(align[-1], _CASE_GAP if at else 0))
    return found, kind == "matrix" and count in bars


def arranged(
    rows: Sequence[Sequence[Box]],
    layout: Sequence[Column],
    *,
    closed: bool,
    rules: frozenset[int],
    centred: bool,
) -> Box:
    """The table as one box, its baseline in the middle; tall rows are set apart by a blank one.

    `closed` says that a line ends each row, `rules` above which rows one runs, `centred` that there must be a middle.
    """
    widths = [max((row[at].width for row in rows if at < len(row)), default=0) for at in range(len(layout))]
    blank = _filler(layout, widths, " ", "│", closed=closed)
    out: list[str] = []
    bases: list[int] = []
    tall = False
    for number, row in enumerate(rows):
        boxes = [padded(row[at] if at < len(row) else EMPTY, widths[at], col.align) for at, col in enumerate(layout)]
        body = beside([(0, box) for box in boxes])
        if number in rules:
            out.append(_rule(layout, widths, "┌┬┐" if number == 0 else "├┼┤", closed=closed))
        elif number and (tall or body.height > 1):
            out.append(blank)
        tall = body.height > 1
        bases.append(len(out) + body.base)
        out += beside(_with_bars(boxes, layout, body, closed=closed)).rows if boxes else ("",)
    if len(rows) in rules:
        out.append(_rule(layout, widths, "└┴┘", closed=closed))
    width = len(blank)
    if centred and len(out) == len(rows) == 2:  # noqa: PLR2004 - two rows have no middle: a blank one makes it
        return Box((out[0], blank, out[1]), width, 1)
    return Box(tuple(out), width, bases[0] if len(rows) == 1 else len(out) // 2)


def _with_bars(boxes: list[Box], layout: Sequence[Column], body: Box, *, closed: bool) -> list[tuple[int, Box]]:
    """The boxes of a row with the gaps and the vertical lines between them."""
    bar = Box(("│",) * body.height, 1, body.base)
    parts: list[tuple[int, Box]] = []
    for at, (box, col) in enumerate(zip(boxes, layout, strict=True)):
        if col.bar:
            parts.append((col.gap if at else 0, bar))
        parts.append((col.gap, box))
    return [*parts, (1, bar)] if closed else parts


def _filler(layout: Sequence[Column], widths: list[int], fill: str, bar: str, *, closed: bool) -> str:
    """A row without content: blank, or a horizontal line."""
    text = ""
    for at, (col, width) in enumerate(zip(layout, widths, strict=True)):
        if col.bar:
            text += fill * (col.gap if at else 0) + bar
        text += fill * (col.gap + width)
    return text + (fill + bar if closed else "")


def _rule(layout: Sequence[Column], widths: list[int], joints: str, *, closed: bool) -> str:
    """A horizontal line; `joints` are for its left end, for where it meets vertical lines, and for its right end."""
    text = _filler(layout, widths, "─", joints[1], closed=closed)
    if layout and layout[0].bar:
        text = joints[0] + text[1:]
    return text[:-1] + joints[2] if closed else text
