"""The block: the piece of an answer that is rendered once, when it has closed, and never again."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class BlockKind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    """A list item's first paragraph with its marker; what else is in the item follows as blocks of their own."""
    QUOTE = "quote"
    CODE = "code"
    TABLE = "table"
    MATHS = "maths"
    """Display maths standing alone: `\\[…\\]`, `$$…$$` or an environment."""
    RULE = "rule"
    HTML = "html"
    """Shown as text."""


@dataclass(frozen=True, slots=True)
class Block:
    """One closed block."""

    kind: BlockKind
    source: str
    """As written, with the blank lines before it and the one that closed it."""
    start: int
    """Offset of `source` in the message (code points)."""
    depth: int = 0
    """How many list items enclose it."""
    indent: int = 0
    """Cells by which the enclosing items indent it on the screen."""
    column: int = 0
    """Columns that the enclosing items take in the source, to be taken off code lines."""
    context: str = ""
    """What stands before a part of a block that was too long for one: the fence's first line, the table's head."""
    continued: bool = False
    """Whether this goes on where the block before it was cut for its length."""

    @property
    def end(self) -> int:
        """Offset in the message behind `source`."""
        return self.start + len(self.source)


_BLANK_START: Final = re.compile(r"[ \t\r]*\n")
_AIRY: Final = frozenset(
    {BlockKind.CODE, BlockKind.TABLE, BlockKind.MATHS, BlockKind.QUOTE, BlockKind.RULE, BlockKind.HEADING}
)


def blank_lead(source: str) -> int:
    """Length of the blank lines that `source` begins with."""
    end = 0
    while match := _BLANK_START.match(source, end):
        end = match.end()
    return end


def _ends_blank(source: str) -> bool:
    return source.count("\n", len(source.rstrip(" \t\r\n"))) > 1


def gap_before(prev: Block | None, block: Block) -> int:
    """Blank screen lines between a block and the one before: 1 where the source has one, and around what needs air."""
    if prev is None or block.continued:
        return 0
    if block.kind in _AIRY or (prev.kind in _AIRY and prev.kind is not BlockKind.HEADING):
        return 1
    return int(_BLANK_START.match(block.source) is not None or _ends_blank(prev.source))
