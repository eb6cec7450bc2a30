"""What the block machine remembers, and how much of it."""

from enum import Enum, auto
from typing import Final, NamedTuple

from dsr1_tui.render.block import BlockKind

LINE_LIMIT: Final = 4_000
"""Characters after which a line, a paragraph or code is cut (highlighting takes 5 µs each), and open maths given up."""
TABLE_LIMIT: Final = 8_000
"""Characters after which a quote or a table closes in parts."""
CODE_SOFT_LIMIT: Final = 2_000
"""Characters after which fenced code closes in parts where a top-level statement begins."""
MATHS_LINES: Final = 80
"""Lines after which open maths is given up."""


class Mode(Enum):
    """What is open."""

    NONE = auto()
    TEXT = auto()
    FENCE = auto()
    INDENTED = auto()
    TABLE = auto()
    QUOTE = auto()
    HTML = auto()


class Item(NamedTuple):
    """An open list item: the columns of its marker and of its text, and the cells it indents by."""

    mark_column: int
    column: int
    cells: int


class Before(NamedTuple):
    """What the machine knew when the open block began, to begin it again another way."""

    stack: tuple[Item, ...] = ()
    cut: BlockKind | None = None
    mid: bool = False
    context: str = ""
