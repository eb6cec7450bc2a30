"""Closed blocks as lines: the one renderer behind the screen, `history show` and the exports."""

import re
from collections.abc import Iterable
from typing import Final, assert_never

from dsr1_tui.render.block import Block, BlockKind, blank_lead, gap_before
from dsr1_tui.render.block_lines import ITEM, marker_cells
from dsr1_tui.render.blocks import BlockSplitter
from dsr1_tui.render.cells import cells
from dsr1_tui.render.code import code_lines
from dsr1_tui.render.formula import display_lines
from dsr1_tui.render.inline import Display, inline_rows
from dsr1_tui.render.line import PLAIN, Line, Role, Span, Style
from dsr1_tui.render.pieces import flow, indented, prefixed, whole_piece
from dsr1_tui.render.plain import plain_lines
from dsr1_tui.render.quote import unquote
from dsr1_tui.render.tables import table_lines

_MIN_WIDTH: Final = 8
_MIN_QUOTE: Final = 8
_MAX_QUOTES: Final = 6
_BULLETS: Final = "•◦▪"
_TASK: Final = re.compile(r"\[([ xX])\][ \t]+")
_HEADING: Final = re.compile(r"[ \t]*(#{1,6})[ \t]*(.*?)(?:[ \t]+#+)?[ \t\r]*\Z", re.DOTALL)
_BAR: Final = Span("│ ", Style(role=Role.QUOTE))


def render_block(block: Block, width: int, *, raw: bool = False) -> tuple[Line, ...]:
    """Renders a closed block in at most `width` cells (8 or more; less is taken for 8).

    Offsets of spans are those of the message. `raw` gives the source as plain text instead. Blank lines around a block
    are the caller's: see `gap_before`.
    """
    return tuple(_block_lines(block, max(width, _MIN_WIDTH), raw=raw, quotes=0))


def render_blocks(blocks: Iterable[Block], width: int, *, raw: bool = False) -> tuple[Line, ...]:
    """Renders blocks that follow each other, with the blank lines between them."""
    return tuple(_all_lines(blocks, max(width, _MIN_WIDTH), raw=raw, quotes=0))


def warm_up() -> None:
    """Imports what rendering needs (some 0.1 s), so that the first block to close does not stall a screen."""
    for text in ("*a* $b$ \\[c\\]", "```python\nc\n```", "| d |\n|---|", "🙂"):
        splitter = BlockSplitter()
        render_blocks((*splitter.feed(text), *splitter.finish()), 80)


def _all_lines(blocks: Iterable[Block], width: int, *, raw: bool, quotes: int) -> list[Line]:
    lines: list[Line] = []
    before: Block | None = None
    for block in blocks:
        own = _block_lines(block, width, raw=raw, quotes=quotes)
        if own:  # a fence that holds nothing yet has no lines, and so nothing stands before it
            lines += [Line()] * gap_before(before, block)
            lines += own
        before = block
    return lines


def _block_lines(block: Block, width: int, *, raw: bool, quotes: int) -> list[Line]:
    lead = blank_lead(block.source)
    source = block.source[lead:].rstrip(" \t\r\n")
    start = block.start + lead
    if raw:
        return list(plain_lines(source, width, PLAIN, start))
    indent = min(block.indent, width // 2)
    room = width - indent
    match block.kind:
        case BlockKind.PARAGRAPH | BlockKind.MATHS | BlockKind.HTML:
            lines = _text_lines(source, room, start, PLAIN)
        case BlockKind.HEADING:
            lines = _heading(source, room, start)
        case BlockKind.LIST_ITEM:
            lines = _list_item(source, room, start, block.depth)
        case BlockKind.QUOTE:
            lines = _quote(source, room, start, quotes)
        case BlockKind.CODE:
            lines = code_lines(block, room)
        case BlockKind.TABLE:
            lines = table_lines(block, room)
        case BlockKind.RULE:
            lines = [Line((Span("─" * room, Style(role=Role.RULE), start, start + len(source)),))]
        case _:
            assert_never(block.kind)
    return indented(lines, indent)


def _text_lines(source: str, width: int, start: int, style: Style) -> list[Line]:
    """Inline Markdown, wrapped; display formulas on lines of their own."""
    text = source.lstrip(" \t")
    lines: list[Line] = []
    for row in inline_rows(text, start + len(source) - len(text), style):
        if isinstance(row, Display):
            lines += display_lines(row.body, row.source, width, row.start, row.after)
        else:
            lines += flow(row, width)
    return lines


def _heading(source: str, width: int, start: int) -> list[Line]:
    match = _HEADING.match(source)
    if match is None:
        return _text_lines(source, width, start, PLAIN)
    style = Style(role=Role.HEADING, bold=True, underline=len(match[1]) == 1)
    return _text_lines(match[2], width, start + match.start(2), style)


def _list_item(source: str, width: int, start: int, depth: int) -> list[Line]:
    match = ITEM.match(source)
    if match is None:
        return _text_lines(source, width, start, PLAIN)
    mark, at = match["mark"], match.end()
    shown = mark if mark[0].isdigit() else _BULLETS[min(depth, len(_BULLETS) - 1)]
    if task := _TASK.match(source, at):
        done = "☐" if task[1] == " " else "☑"
        shown = f"{shown} {done}" if mark[0].isdigit() else done
        at = task.end()
    size = marker_cells(shown)
    bullet = Span(f"{shown} ", Style(role=Role.BULLET), start + match.start("mark"), start + at)
    if size > width - _MIN_WIDTH // 2:  # no room for hanging: the marker has a line of its own
        marker = flow([whole_piece(shown, bullet.style, bullet.start, bullet.end)], width)
        return [*marker, *_text_lines(source[at:], width, start + at, PLAIN)]
    lines = _text_lines(source[at:], width - size, start + at, PLAIN)
    return prefixed(lines or [Line()], bullet, Span(" " * size))


def _quote(source: str, width: int, start: int, quotes: int) -> list[Line]:
    room = width - cells(_BAR.text)
    if quotes >= _MAX_QUOTES or room < _MIN_QUOTE:
        return _text_lines(source, width, start, Style(role=Role.QUOTE))
    inner = unquote(source, start)
    splitter = BlockSplitter()
    blocks = (*splitter.feed(inner.text), *splitter.finish())
    lines = _all_lines(blocks, room, raw=False, quotes=quotes + 1) or [Line()]
    return prefixed((inner.placed(line) for line in lines), _BAR)
