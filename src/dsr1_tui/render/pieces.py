"""From styled pieces of text to wrapped lines: the last step of every renderer."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from dsr1_tui.render.cells import TAB, cells, wrap
from dsr1_tui.render.line import PLAIN, Line, Role, Span, Style
from dsr1_tui.render.safe import escapes, is_safe

_ESCAPE: Final = Style(role=Role.ESCAPE)
_KEPT: Final = frozenset({Role.MATH, Role.BOX})


class Piece(NamedTuple):
    """Safe text of one style on one logical line; tabs are still tabs."""

    text: str
    style: Style = PLAIN
    start: int = -1
    """Offset of the source it stands for; -1 for decoration."""
    end: int = -1
    whole: bool = False
    """Whether every part of it stands for all of `start:end` (its text is not the source's own)."""


def pieces_of(text: str, style: Style = PLAIN, start: int = 0) -> list[Piece]:
    """Makes one line of model text safe; `start` is the source offset of its first character."""
    if not text:
        return []
    if is_safe(text):
        return [Piece(text, style, start, start + len(text))]
    return [
        Piece(text[a:b], style, start + a, start + b)
        if shown is None
        else Piece(shown, _ESCAPE, start + a, start + b, whole=True)
        for a, b, shown in escapes(text)
        if shown != ""
    ]


def whole_piece(text: str, style: Style, start: int, end: int) -> Piece:
    """A piece that stands for `start:end` as a whole, whatever its text: a formula, an entity. `text` must be safe."""
    return Piece(text, style, start, end, whole=True)


def pieces_cells(pieces: Iterable[Piece]) -> int:
    """Cells of all pieces in one line."""
    return cells("".join([piece.text for piece in pieces]))


def _expand_tabs(pieces: Iterable[Piece]) -> list[Piece]:
    """Replaces each tab by spaces up to the next stop."""
    out: list[Piece] = []
    column = 0
    for piece in pieces:
        at = piece.start
        for index, part in enumerate(piece.text.split("\t")):
            if index:
                size = TAB - column % TAB
                tab = Piece(" " * size, piece.style, at, at + 1, whole=True)
                out.append(tab._replace(start=piece.start, end=piece.end) if piece.whole or piece.start < 0 else tab)
                column += size
                at += 1
            if part:
                own = piece if piece.whole or piece.start < 0 else piece._replace(start=at, end=at + len(part))
                out.append(own._replace(text=part))
                column += cells(part)
                at += len(part)
    return out


def _span(piece: Piece, first: int, last: int) -> Span:
    """The span of `piece.text[first:last]`."""
    if first == 0 and last == len(piece.text):
        return Span(piece.text, piece.style, piece.start, piece.end)
    if piece.whole or piece.start < 0:
        return Span(piece.text[first:last], piece.style, piece.start, piece.end)
    return Span(piece.text[first:last], piece.style, piece.start + first, piece.start + last)


def _unbroken(piece: Piece, room: int) -> str:
    """The text to wrap by: a short formula stays in one line."""
    if piece.whole and len(piece.text) * 2 <= room and piece.style.role in _KEPT:
        return piece.text.replace(" ", "\xa0")
    return piece.text


def flow(pieces: Sequence[Piece], width: int, breaks: Callable[[str, int], list[tuple[int, int]]] = wrap) -> list[Line]:
    """Wraps one logical line at `width` (2 or more) where `breaks` says; gives at least one screen line."""
    text = "".join([piece.text for piece in pieces])
    if "\t" in text:
        pieces = _expand_tabs(pieces)
        text = "".join([piece.text for piece in pieces])
    lines: list[Line] = []
    index = 0
    base = 0  # where pieces[index] begins in text
    for start, end in breaks("".join([_unbroken(piece, width) for piece in pieces]) if pieces else "", width):
        spans: list[Span] = []
        while index < len(pieces) and base + len(pieces[index].text) <= start:
            base += len(pieces[index].text)
            index += 1
        at, offset = index, base
        while at < len(pieces) and offset < end:
            piece = pieces[at]
            size = len(piece.text)
            if size:
                spans.append(_span(piece, max(0, start - offset), min(size, end - offset)))
            offset += size
            at += 1
        lines.append(Line(tuple(spans)))
    return lines


def prefixed(lines: Iterable[Line], first: Span, rest: Span | None = None) -> list[Line]:
    """Puts decoration before the first line and the others (`first` again where `rest` is None)."""
    rest = first if rest is None else rest
    return [Line((rest if number else first, *line.spans)) for number, line in enumerate(lines)]


def indented(lines: list[Line], cells_in: int) -> list[Line]:
    """Moves lines to the right."""
    return prefixed(lines, Span(" " * cells_in)) if cells_in else lines


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Joins neighbours of one style that follow each other in the source, so that lines have few spans."""
    out: list[Piece] = []
    for piece in pieces:
        if out and not piece.whole:
            last = out[-1]
            if not last.whole and last.style == piece.style and last.end == piece.start:
                out[-1] = Piece(last.text + piece.text, last.style, last.start, piece.end)
                continue
        out.append(piece)
    return out
