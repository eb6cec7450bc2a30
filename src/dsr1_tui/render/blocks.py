r"""Cuts a streaming answer into blocks, each of which is rendered once, when it closes.

The rules (`block_machine.py`) are CommonMark's with tables, bent to what models write and to streaming:

- Whole lines decide, so that chunks do not matter. A line longer than `LINE_LIMIT` is cut there.
- List items close one by one; what else is inside an item (a paragraph, code, a formula) is a block of its own that
  knows its depth. A sub-item may be indented by two columns whatever its parent's marker; a list marker is one at any
  indentation; a fence may be indented at will.
- A line of three or more `-` is always a rule: there are no setext headings. A quote ends with its last `>` line, a
  table with its last line that has a `|`. An ordered list may interrupt a paragraph with 1, or with the number due.
- Display maths is one block up to its closer, blank lines included; it is given up as text after `MATHS_LINES` lines or
  `LINE_LIMIT` characters, or where a heading, a fence or another `\[` shows that its closer was forgotten.
- Very long blocks close in parts, so that no single rendering stalls a screen.
"""

from dsr1_tui.render.block import Block, BlockKind, gap_before
from dsr1_tui.render.block_machine import BlockMachine
from dsr1_tui.render.block_state import LINE_LIMIT

__all__ = ["LINE_LIMIT", "Block", "BlockKind", "BlockSplitter", "gap_before"]


class BlockSplitter:
    """Takes an answer in chunks of any size and gives its blocks as they close. Work is linear in the text.

    The sources of all blocks and the rest (only blank lines after `finish`) together are the text.
    """

    def __init__(self) -> None:
        self._machine = BlockMachine()
        self._pending: list[str] = []
        self._pending_size = 0

    def feed(self, text: str) -> tuple[Block, ...]:
        """Takes more of the answer; gives the blocks that it closed."""
        pos = 0
        while (newline := text.find("\n", pos)) >= 0:
            line = text[pos : newline + 1]
            if self._pending:
                line = "".join((*self._pending, line))
                self._pending.clear()
                self._pending_size = 0
            self._machine.read(self._shortened(line))
            pos = newline + 1
        if pos < len(text):
            self._pending.append(text[pos:])
            self._pending_size += len(text) - pos
            if self._pending_size > LINE_LIMIT:
                rest = self._shortened("".join(self._pending))
                self._pending = [rest]
                self._pending_size = len(rest)
        return self._machine.take()

    def finish(self) -> tuple[Block, ...]:
        """Ends the answer; gives the blocks that were still open. Only blank lines can remain in no block."""
        if self._pending:
            self._machine.read("".join(self._pending))
            self._pending.clear()
            self._pending_size = 0
        self._machine.end()
        return self._machine.take()

    @property
    def tail(self) -> str:
        """What no closed block holds yet, without the blank lines before it. Some 12,000 characters at most."""
        return "".join((*self._machine.lines, *self._pending))[self._machine.lead :]

    @property
    def tail_start(self) -> int:
        """Offset of `tail` in the message."""
        return self._machine.start + self._machine.lead

    def _shortened(self, line: str) -> str:
        """Reads what of an over-long line cannot wait for its end; gives the rest. Only its first characters decide."""
        at = 0
        while len(line) - at > LINE_LIMIT and "\n" not in line[at : at + LINE_LIMIT + 1]:
            cut = at + LINE_LIMIT
            if not self._machine.in_fence and (space := line.rfind(" ", at, cut)) > at:
                cut = space + 1
            self._machine.read(line[at:cut])
            self._machine.cut_line()
            at = cut
        return line[at:]
