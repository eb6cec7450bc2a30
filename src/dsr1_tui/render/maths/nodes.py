"""What a formula consists of once it is parsed: the small tree that both layouts walk."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


class Cls(IntEnum):
    """The class of an atom, which decides the space around it (The TeXbook, chapter 18)."""

    ORD = 0
    FUNC = 1
    """A named function: space before an argument, none before a parenthesis."""
    BIG = 2
    """A sum, an integral, a limit: space on both sides."""
    BIN = 3
    REL = 4
    OPEN = 5
    CLOSE = 6
    PUNCT = 7


class Refused(Exception):  # noqa: N818 - not an error: the formula is shown as its source
    """The formula cannot be laid out: malformed, too deep, too long, too wide or of an unknown kind."""


@dataclass(frozen=True, slots=True)
class Sym:
    """A symbol, a number or a name."""

    text: str
    cls: Cls = Cls.ORD


@dataclass(frozen=True, slots=True)
class Big:
    r"""A big operator or an operator's name that takes limits: `∑`, `∫`, `lim`."""

    text: str
    limits: bool = True
    """Whether display style puts them above and below; not for integrals."""


@dataclass(frozen=True, slots=True)
class Text:
    r"""What `\text` and its kin hold, spaces kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Space:
    r"""An explicit space; of 0 cells, `\!`, it takes away the space that would stand there."""

    cells: int


@dataclass(frozen=True, slots=True)
class Group:
    """A braced group: one ordinary atom."""

    body: "Row"


@dataclass(frozen=True, slots=True)
class Script:
    """Something with a subscript, a superscript or both."""

    base: "Node | None"
    sub: "Row | None"
    sup: "Row | None"


@dataclass(frozen=True, slots=True)
class Frac:
    """A fraction."""

    num: "Row"
    den: "Row"
    tall: bool = False
    r"""Asked for in display style (`\dfrac`, `\cfrac`): stacked even inside another fraction."""


@dataclass(frozen=True, slots=True)
class Binom:
    """Two lines in delimiters without a bar: a binomial coefficient and its kin."""

    top: "Row"
    bottom: "Row"
    left: str = "("
    right: str = ")"


@dataclass(frozen=True, slots=True)
class Root:
    """A root."""

    body: "Row"
    index: "Row" = ()


@dataclass(frozen=True, slots=True)
class Fence:
    """A body between delimiters that grow with it; an empty delimiter is an invisible one."""

    left: str
    body: "Row"
    right: str


@dataclass(frozen=True, slots=True)
class Accent:
    """A mark on a letter, as a combining character."""

    mark: str
    body: "Row"


LineKind = Literal["overline", "underline", "right", "left", "both", "hat", "tilde", "cancel"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line, an arrow or a wide accent along the whole of a body, or a stroke through it."""

    kind: LineKind
    body: "Row"


@dataclass(frozen=True, slots=True)
class Brace:
    """A horizontal brace; a script on it is its label."""

    body: "Row"
    over: bool


@dataclass(frozen=True, slots=True)
class Stacked:
    r"""A base with something small above or below: `\overset`, `\stackrel`, `\xrightarrow`."""

    base: "Node"
    over: "Row"
    under: "Row"
    arrow: bool = False
    """Whether the base is an arrow that grows to its label."""


@dataclass(frozen=True, slots=True)
class Boxed:
    """A framed result."""

    body: "Row"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells: a matrix, cases or aligned equations."""

    rows: "tuple[tuple[Row, ...], ...]"
    align: str
    """`l`, `c` or `r` for each column; the last is repeated for further ones."""
    kind: Literal["matrix", "cases", "aligned", "lines"]
    left: str = ""
    right: str = ""
    bars: frozenset[int] = frozenset()
    """Columns with a vertical line before them."""
    rules: frozenset[int] = frozenset()
    """Rows with a horizontal line above them."""


Node = (
    Sym
    | Big
    | Text
    | Space
    | Group
    | Script
    | Frac
    | Binom
    | Root
    | Fence
    | Accent
    | Line
    | Brace
    | Stacked
    | Boxed
    | Table
)
Row = tuple[Node, ...]
