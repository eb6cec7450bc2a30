"""Tables: columns side by side, wrapped inside their cells, or row by row where the screen is too narrow for that."""

import re
from itertools import zip_longest
from typing import Final, NamedTuple

from dsr1_tui.render.block import Block, blank_lead
from dsr1_tui.render.block_lines import is_blank
from dsr1_tui.render.cells import cells
from dsr1_tui.render.inline import Display, inline_rows
from dsr1_tui.render.line import PLAIN, Line, Role, Span, Style
from dsr1_tui.render.pieces import Piece, flow, indented, pieces_cells

_BAR: Final = Span(" │ ", Style(role=Role.RULE))
_HEAD: Final = Style(role=Role.TABLE_HEAD, bold=True)
_GAP: Final = 3
_NARROWEST: Final = 8
"""Cells under which a shared column is no longer readable."""
_CELL_TOKEN: Final = re.compile(r"\\.|\||(?P<ticks>`+)|\$")

Cell = tuple[str, int]
"""A cell's source, stripped, and its offset in the row."""


class _Table(NamedTuple):
    head: list[list[list[Piece]]]
    aligns: list[str]
    rows: list[list[list[list[Piece]]]]
    """Row, column, line of the cell, pieces."""


def split_row(line: str, columns: int | None = None) -> list[Cell]:
    r"""The cells of a table row. `\|` divides nothing, nor does a bar in inline code or in a formula.

    The last holds only if it gives the right number of `columns`, where that is known: a lone `$` is no formula.
    """
    careful = _split(line, guarded=True)
    if columns is None or len(careful) == columns:
        return careful
    simple = _split(line, guarded=False)
    return simple if len(simple) == columns else careful


def _split(line: str, *, guarded: bool) -> list[Cell]:
    begin = len(line) - len(line.lstrip())
    end = len(line.rstrip())
    begin += line.startswith("|", begin)
    cuts: list[int] = []
    pos = begin
    while match := _CELL_TOKEN.search(line, pos, end):
        pos = match.end()
        if match.group() == "|":
            cuts.append(match.start())
        elif guarded:
            pos = max(pos, _guarded_end(line, match))
    if cuts and cuts[-1] == end - 1:
        end = cuts.pop()
    bounds = [begin, *(cut + 1 for cut in cuts)]
    found: list[Cell] = []
    for start, stop in zip_longest(bounds, cuts, fillvalue=end):
        text = line[start:stop]
        found.append((text.strip(), start + len(text) - len(text.lstrip())))
    return found


def _guarded_end(line: str, match: re.Match[str]) -> int:
    """Where the inline code or formula that begins at `match` ends; 0 if none does."""
    if ticks := match["ticks"]:
        close = line.find(ticks, match.end())
        return close + len(ticks) if close >= 0 else 0
    if match.group() not in {"$", "\\("}:
        return 0
    from dsr1_tui.render.maths import scan_at  # noqa: PLC0415 - imported at the first formula

    span = scan_at(line, match.start())
    return span.end if span is not None else 0


def _align(cell: str) -> str:
    if cell.endswith(":"):
        return "center" if cell.startswith(":") else "right"
    return "left"


def _cell_rows(cell: Cell, start: int, style: Style) -> list[list[Piece]]:
    text, at = cell
    return [row for row in inline_rows(text, start + at, style, display=False) if not isinstance(row, Display)]


def _parse(block: Block) -> _Table:
    lead = blank_lead(block.source)
    at = block.start + lead
    body: list[tuple[str, int]] = []
    for line in block.source[lead:].split("\n"):
        if not is_blank(line):
            body.append((line, at))
        at += len(line) + 1
    own = [(line, -1) for line in block.context.split("\n") if not is_blank(line)]
    (head, head_at), (ruler, _), *rest = [*own, *body]
    aligns = [_align(text) for text, _ in split_row(ruler)]
    cells_of_head = split_row(head, len(aligns))
    count = max(len(cells_of_head), 1)
    aligns = (aligns + ["left"] * count)[:count]
    heads = [_cell_rows(cell, head_at, _HEAD) for cell in cells_of_head]
    if own:
        heads = [[[piece._replace(start=-1, end=-1) for piece in row] for row in cell] for cell in heads]
    rows = []
    for line, start in rest:
        split = split_row(line, count)
        if len(split) > count:  # nothing is lost: what is too much stays in the last column
            split[count - 1 :] = [(line[split[count - 1][1] :].strip().removesuffix("|").rstrip(), split[count - 1][1])]
        rows.append([_cell_rows(cell, start, PLAIN) for cell in split] + [[[]]] * (count - len(split)))
    return _Table(heads, aligns, rows)


def _widths(table: _Table, width: int) -> list[int] | None:
    """The columns' widths: as wide as they want, or the widest cut to one measure; None where that is too narrow."""
    wanted = [
        max(1, *(pieces_cells(line) for row in [table.head, *table.rows] for line in row[column]))
        for column in range(len(table.head))
    ]
    room = width - _GAP * (len(wanted) - 1)
    if sum(wanted) <= room:
        return wanted
    share, left = 0, room
    for done, want in enumerate(sorted(wanted)):
        share = left // (len(wanted) - done)
        if want > share:
            break
        left -= want
    if share < _NARROWEST:
        return None
    widths = [min(want, share) for want in wanted]
    spare = room - sum(widths)
    for column, want in enumerate(wanted):
        if want > share and spare > 0:
            widths[column] += 1
            spare -= 1
    return widths


def _padded(line: Line, size: int, align: str, *, last: bool) -> list[Span]:
    """A cell's line filled up to its column."""
    gap = size - cells(line.text)
    left = {"right": gap, "center": gap // 2}.get(align, 0)
    right = 0 if last else gap - left
    spans = [Span(" " * left)] if left > 0 else []
    spans += line.spans
    return [*spans, Span(" " * right)] if right > 0 else spans


def _row_lines(row: list[list[list[Piece]]], widths: list[int], aligns: list[str]) -> list[Line]:
    columns = [[line for pieces in cell for line in flow(pieces, size)] for cell, size in zip(row, widths, strict=True)]
    lines: list[Line] = []
    for parts in zip_longest(*columns, fillvalue=Line()):
        spans: list[Span] = []
        for column, part in enumerate(parts):
            if column:
                spans.append(_BAR)
            spans += _padded(part, widths[column], aligns[column], last=column == len(parts) - 1)
        lines.append(Line(tuple(spans)))
    return lines


def table_lines(block: Block, width: int) -> list[Line]:
    """Renders a table in at most `width` cells."""
    table = _parse(block)
    widths = _widths(table, width)
    if widths is None:
        return _records(table, width)
    rule = Line((Span("─┼─".join("─" * size for size in widths), Style(role=Role.RULE)),))
    lines = [*_row_lines(table.head, widths, table.aligns), rule]
    rows = [_row_lines(row, widths, table.aligns) for row in table.rows]
    wrapped = any(len(row) > 1 for row in rows)
    for number, row in enumerate(rows):
        if wrapped and number:  # otherwise one could not see where a row ends
            lines.append(rule)
        lines += row
    return lines


def _records(table: _Table, width: int) -> list[Line]:
    """The table row by row, a line `head: value` for each cell."""
    lines: list[Line] = []
    empty: list[list[list[Piece]]] = [[[]] for _ in table.head]
    for number, row in enumerate(table.rows or [empty]):
        if number:
            lines.append(Line((Span("─" * width, Style(role=Role.RULE)),)))
        for head, cell in zip(table.head, row, strict=True):
            name = [piece._replace(start=-1, end=-1) if number else piece for line in head for piece in line]
            first, *more = cell
            label = [*name, Piece(": ", _HEAD)] if name else []
            lines += flow([*label, *first], width)
            for line in more:
                lines += indented(flow(line, width - 2), 2)
    return lines
