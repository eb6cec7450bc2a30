"""The state machine under the block splitter: whole lines in, closed blocks out. Its rules stand in `blocks.py`."""

from typing import Final

from dsr1_tui.render import block_lines as look
from dsr1_tui.render.block import Block, BlockKind
from dsr1_tui.render.block_state import CODE_SOFT_LIMIT, LINE_LIMIT, MATHS_LINES, TABLE_LIMIT, Before, Item, Mode

_NESTS: Final = 2
"""Columns past its parent's marker from which a line belongs to a list item."""
_TEXT_KINDS: Final = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})


class BlockMachine:
    """Reads lines. `lines` are those of the open block, the `lead` characters of blank lines before it included."""

    def __init__(self) -> None:
        self.start = 0
        self.lead = 0
        self.lines: list[str] = []
        self._out: list[Block] = []
        self._offset = 0
        self._size = 0
        self._mode = Mode.NONE
        self._kind = BlockKind.PARAGRAPH
        self._stack: tuple[Item, ...] = ()
        self._place = (0, 0, 0)
        self._context = ""
        self._continued = False
        self._cut: BlockKind | None = None  # what the block before was, if it was cut for its length
        self._mid = False  # the next line goes on in mid-line
        self._fence = ""
        self._maths: look.OpenMaths | None = None
        self._maths_alone = False
        self._refused = 0  # maths that begins before this offset has been given up
        self._before = Before()
        self._due = 0

    @property
    def in_fence(self) -> bool:
        """Whether fenced code is open."""
        return self._mode is Mode.FENCE

    def take(self) -> tuple[Block, ...]:
        """The blocks closed since the last call."""
        if not self._out:
            return ()
        out = tuple(self._out)
        self._out.clear()
        return out

    def read(self, line: str) -> None:
        """Takes one line with its newline, or a piece of an over-long one (then `cut_line` follows)."""
        self._dispatch(line)
        self._offset += len(line)

    def cut_line(self) -> None:
        """Says that the line read last goes on."""
        if self._maths is not None and self._maths.firm:
            self._give_up(self._offset)
        if self._mode is Mode.NONE:
            self._mid = True
        else:
            self._close_part(mid=True)

    def end(self) -> None:
        """Closes what is open."""
        if self._maths is not None and self._maths.firm:
            self._give_up(self._offset)
        if self._mode is not Mode.NONE:
            self._close()

    def _dispatch(self, line: str) -> None:
        if self._mode is Mode.FENCE:
            mid, self._mid = self._mid, False
            closes = not mid and look.closes_fence(line, self._fence)
            statement = not closes and not look.columns(line)
            if statement and self._size > CODE_SOFT_LIMIT and look.is_blank(self.lines[-1]):
                self._close_part()
            self._add(line)
            if closes and self._mode is Mode.FENCE:
                self._close()
        elif self._maths is not None and self._maths.firm:
            self._read_maths(line, self._maths)
        elif look.is_blank(line):
            self._read_blank(line)
        elif self._mode is Mode.NONE:
            self._start_block(line)
        elif self._mode is Mode.TEXT and self._makes_table(line):
            self._begin_table(line)
        elif self._belongs(line):
            self._add(line)
        else:
            self._close()
            self._start_block(line)

    def _read_blank(self, line: str) -> None:
        if self._mode is Mode.NONE:
            self.lines.append(line)
            self.lead += len(line)
            self._cut, self._mid, self._context = None, False, ""
            return
        self._add(line)
        if self._mode not in {Mode.INDENTED, Mode.NONE}:
            self._close()

    def _read_maths(self, line: str, maths: look.OpenMaths) -> None:
        """A line inside display maths, where blank lines do not close and nothing else begins."""
        forgotten = maths.closer == "]" and line.lstrip(" \t").startswith("\\[")
        if forgotten or look.HEADING.match(line) or look.FENCE.match(line):
            self._give_up(self._offset)
            self._dispatch(line)
        elif self._size + len(line) > LINE_LIMIT or len(self.lines) >= MATHS_LINES:
            self._give_up(self._offset + len(line))
            self._dispatch(line)
        else:
            self._add(line)

    def _give_up(self, refused: int) -> None:
        """Reads the open block's lines again, with no maths beginning before `refused`. So no line is read thrice."""
        lines = self.lines
        self._reset()
        self._stack, self._cut, self._mid, self._context = self._before
        self._refused = refused
        self._offset = self.start
        for line in lines:
            self.read(line)

    def _belongs(self, line: str) -> bool:
        """Whether a line that is not blank goes on with the open block."""
        match self._mode:
            case Mode.INDENTED:
                return look.columns(line) >= self._place[2] + look.CODE_INDENT
            case Mode.QUOTE:
                return look.QUOTE.match(line) is not None
            case Mode.TABLE:
                return "|" in line and look.FENCE.match(line) is None
            case Mode.TEXT:
                return not self._interrupts(line)
            case _:
                return True

    def _interrupts(self, line: str) -> bool:
        """Whether `line` begins a block of its own in the middle of text."""
        if self._maths is None and self._offset >= self._refused and look.MATHS_START.match(line):
            return True
        due = None if self._kind is BlockKind.LIST_ITEM or self._place[0] else self._due
        return look.interrupts(line, due, self._place[2])

    def _makes_table(self, line: str) -> bool:
        """Whether `line` makes a table's head of the line before it."""
        if "|" not in line or self._maths is not None or not look.DELIMITER_ROW.match(line):
            return False
        head = self.lines[-1]
        return "|" in head and not (self._kind is BlockKind.LIST_ITEM and len(head) == self._size)

    def _begin_table(self, line: str) -> None:
        head = self.lines.pop()
        self._size -= len(head)
        if self._size:
            self._close()
        self._size = 0
        self._open(Mode.TABLE, BlockKind.TABLE, head)
        self._add(line)

    def _start_block(self, line: str) -> None:
        """Opens the block that begins with `line`, or goes on with one that was cut."""
        cut, mid = self._cut, self._mid
        self._before = Before(self._stack, cut, mid, self._context)
        self._continued = True
        if mid or (cut in _TEXT_KINDS and not self._interrupts(line)):
            self._context = ""
            self._open(Mode.TEXT, BlockKind.PARAGRAPH, line)
        elif cut is BlockKind.TABLE and "|" in line:
            self._open(Mode.TABLE, BlockKind.TABLE, line)
        elif cut is BlockKind.HTML:
            self._open(Mode.HTML, BlockKind.HTML, line)
        elif cut is BlockKind.CODE and look.columns(line) >= self._place[2] + look.CODE_INDENT:
            self._open(Mode.INDENTED, BlockKind.CODE, line)
        else:
            self._context = ""
            self._continued = cut is BlockKind.QUOTE and look.QUOTE.match(line) is not None
            self._begin(line)

    def _begin(self, line: str) -> None:
        column = look.columns(line)
        while self._stack and column < self._stack[-1].mark_column + _NESTS:
            self._stack = self._stack[:-1]
        base = self._stack[-1].column if self._stack else 0
        item = look.ITEM.match(line)
        if fence := look.FENCE.match(line):
            self._fence = fence["mark"]
            self._open(Mode.FENCE, BlockKind.CODE, line)
        elif item and not look.RULE.match(line):
            self._begin_item(line, item, column)
        elif self._offset >= self._refused and look.MATHS_START.match(line):
            self._open(Mode.TEXT, BlockKind.PARAGRAPH, line, alone=True)
        elif column >= base + look.CODE_INDENT:
            self._open(Mode.INDENTED, BlockKind.CODE, line)
        elif look.RULE.match(line):
            self._open(Mode.HTML, BlockKind.RULE, line)
            self._close()
        elif look.HEADING.match(line):
            self._open(Mode.HTML, BlockKind.HEADING, line)
            self._close()
        elif look.QUOTE.match(line):
            self._open(Mode.QUOTE, BlockKind.QUOTE, line)
        elif look.HTML.match(line):
            self._open(Mode.HTML, BlockKind.HTML, line)
        else:
            self._open(Mode.TEXT, BlockKind.PARAGRAPH, line)

    def _begin_item(self, line: str, item: look.Match, column: int) -> None:
        mark = item["mark"]
        if mark[0].isdigit():
            self._due = int(mark[:-1]) + 1
        self._stack = (*self._stack, Item(column, look.item_column(item), look.marker_cells(mark)))
        rest = line[item.end() :]
        if fence := look.FENCE.match(rest):
            self._open(Mode.TEXT, BlockKind.LIST_ITEM, line[: item.end()])
            self._close()
            self._fence = fence["mark"]
            self._open(Mode.FENCE, BlockKind.CODE, rest)
        else:
            self._open(Mode.TEXT, BlockKind.LIST_ITEM, line)

    def _open(self, mode: Mode, kind: BlockKind, text: str, *, alone: bool = False) -> None:
        self._mode, self._kind = mode, kind
        items = self._stack[:-1] if kind is BlockKind.LIST_ITEM else self._stack
        self._place = (len(items), sum(item.cells for item in items), items[-1].column if items else 0)
        self._cut, self._mid = None, False
        self._maths_alone = alone
        self._add(text)

    def _add(self, text: str) -> None:
        self.lines.append(text)
        self._size += len(text)
        if self._mode is Mode.TEXT:
            self._maths, closed = look.scan_maths(text, self._maths, max(0, self._refused - self._offset))
            if self._maths_alone and closed >= 0:
                if self._maths is None and look.ends_maths(text, closed):
                    self._kind = BlockKind.MATHS
                    self._close()
                    return
                self._maths_alone = False
            if self._maths is not None and self._maths.firm:
                return
        if self._size >= (TABLE_LIMIT if self._mode in {Mode.TABLE, Mode.QUOTE} else LINE_LIMIT):
            self._close_part()

    def _close_part(self, *, mid: bool = False) -> None:
        """Closes the open block for its length; what follows goes on with it."""
        mode, kind, context = self._mode, self._kind, self._context
        if not context:
            body = [line for line in self.lines if not look.is_blank(line)]
            context = "".join(body[: {Mode.FENCE: 1, Mode.TABLE: 2}.get(mode, 0)])
        self._close()
        self._context = context or (" " if mode is Mode.INDENTED else "")
        self._mid = mid
        if mode is Mode.FENCE:
            self._mode, self._kind, self._continued = mode, kind, True
        else:
            self._cut = kind

    def _close(self) -> None:
        source = "".join(self.lines)
        depth, indent, column = self._place
        block = Block(self._kind, source, self.start, depth, indent, column, self._context, self._continued)
        self._out.append(block)
        self.start += len(source)
        self._reset()

    def _reset(self) -> None:
        """Forgets the open block."""
        self.lines = []
        self._size = self.lead = 0
        self._mode = Mode.NONE
        self._context = ""
        self._continued = False
        self._maths = None
