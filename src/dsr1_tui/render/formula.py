"""Formulas as pieces and lines: the bridge from the maths engine to the text renderer."""

import re
from collections.abc import Sequence
from typing import Final

from dsr1_tui.render.cells import cells, clip
from dsr1_tui.render.line import PLAIN, Line, Role, Span, Style
from dsr1_tui.render.pieces import Piece, flow, indented, pieces_cells, pieces_of, whole_piece
from dsr1_tui.render.safe import safe

_INDENT: Final = 4
_BOX: Final = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])")
_HEAD: Final = re.compile("┌─+┐")
_FOOT: Final = re.compile("└─+┘")


def math_style(base: Style, *, boxed: bool) -> Style:
    """The style of a formula inside text of style `base`."""
    role = Role.BOX if boxed else Role.MATH
    return Style(role, base.bold or boxed, base.italic, base.underline, base.strike, base.link)


def raw_pieces(text: str, style: Style, start: int) -> list[Piece]:
    """Source text on one logical line, newlines shown as spaces, each character still standing for itself."""
    return pieces_of(text.replace("\r\n", " \n").replace("\n", " "), style, start)


def inline_pieces(body: str, source: str, base: Style, start: int) -> list[Piece]:
    """A formula in its one-line form; `source` is all of it, delimiters included, and stands at offset `start`.

    The source itself where the engine can make nothing of `body`.
    """
    from dsr1_tui.render.maths import inline_spans  # noqa: PLC0415 - imported at the first formula

    spans = inline_spans(body)
    if not spans:
        boxed = source.startswith(("\\boxed", "\\fbox"))
        return raw_pieces(source, math_style(base, boxed=boxed), start)
    end = start + len(source)
    return [whole_piece(_flat(text), math_style(base, boxed=boxed), start, end) for text, boxed in spans if text]


def _flat(text: str) -> str:
    """Safe text of one line; the spaces at its ends are the engine's and stay."""
    return safe(text).replace("\n", " ").replace("\t", " ")


def display_lines(body: str, source: str, width: int, start: int, after: Sequence[Piece]) -> list[Line]:
    """A display formula on lines of its own: two-dimensional if that fits, else in one line, wrapped; else its source.

    `after` is the punctuation that follows it; it goes behind the formula's base line.
    """
    from dsr1_tui.render.maths import display_form  # noqa: PLC0415 - imported at the first formula

    indent = _INDENT if width >= 10 * _INDENT else 0
    room = width - indent - pieces_cells(after)
    span = (start, start + len(source))
    grid = display_form(body, room)
    if grid is not None:
        # Trailing spaces only matter before the punctuation behind the whole formula.
        rows = [
            _flat(row) if after and at == grid.baseline else _flat(row).rstrip() for at, row in enumerate(grid.rows)
        ]
        boxes = _frames(rows) if _BOX.search(body) else {}
        # A box that is not drawn is told by its style alone, which only the one-line form gives.
        told = boxes or len(rows) > 1 or not _BOX.search(body)
        if told and rows and max(map(cells, rows)) <= room:
            lines = [_row_spans(row, boxes.get(number, ()), span) for number, row in enumerate(rows)]
            lines[grid.baseline] += [Span(piece.text, piece.style, piece.start, piece.end) for piece in after]
            return indented([Line(tuple(spans)) for spans in lines], indent)
    return indented(flow([*inline_pieces(body, source, Style(), start), *after], width - indent), indent)


def _frames(rows: list[str]) -> dict[int, list[tuple[int, int]]]:
    """The cells that drawn boxes cover, as `(first, behind the last)` for each row."""
    found: dict[int, list[tuple[int, int]]] = {}
    feet = [{(_column(row, foot.start()), _column(row, foot.end())) for foot in _FOOT.finditer(row)} for row in rows]
    for top, row in enumerate(rows):
        for head in _HEAD.finditer(row):
            sides = (_column(row, head.start()), _column(row, head.end()))
            bottom = next((at for at in range(top + 1, len(rows)) if sides in feet[at]), top)
            for at in range(top, bottom + 1) if bottom > top else ():
                found.setdefault(at, []).append(sides)
    return found


def _column(row: str, index: int) -> int:
    return cells(row[:index])


def _row_spans(row: str, boxes: Sequence[tuple[int, int]], source: tuple[int, int]) -> list[Span]:
    """One row of a two-dimensional formula; what lies in `boxes` is styled as a box."""
    spans: list[Span] = []
    done = 0
    for first, behind in sorted(boxes):
        start, end = clip(row, first), clip(row, behind)
        if start < done:  # a box in a box
            continue
        spans += [Span(row[done:start], math_style(PLAIN, boxed=False), *source)] if start > done else []
        spans.append(Span(row[start:end], math_style(PLAIN, boxed=True), *source))
        done = end
    return [*spans, Span(row[done:], math_style(PLAIN, boxed=False), *source)] if done < len(row) else spans


def readable_box(body: str) -> str:
    r"""The body of a box as one readable line: `\dfrac{3}{4}` gives `3/4`; as written where it cannot be read."""
    from dsr1_tui.render.maths import inline_spans  # noqa: PLC0415 - imported at the first formula

    spans = inline_spans(body)
    return " ".join(safe("".join(text for text, _ in spans) if spans else body).split())
