"""The styled line: what every renderer produces and every front end (screen, plain text, export) consumes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a piece of text is; a front end maps roles to colours, so that no renderer names one."""

    TEXT = "text"
    DIM = "dim"
    HEADING = "heading"
    QUOTE = "quote"
    BULLET = "bullet"
    RULE = "rule"
    LINK = "link"
    MATH = "math"
    BOX = "box"
    ERROR = "error"
    WARNING = "warning"
    ACCENT = "accent"
    REASONING = "reasoning"
    ESCAPE = "escape"
    """A control character of the model's text made visible."""
    CODE = "code"
    CODE_KEYWORD = "code-keyword"
    CODE_NAME = "code-name"
    CODE_STRING = "code-string"
    CODE_NUMBER = "code-number"
    CODE_COMMENT = "code-comment"
    CODE_OPERATOR = "code-operator"
    TABLE_HEAD = "table-head"


@dataclass(frozen=True, slots=True)
class Style:
    """How a span looks, in words a terminal, HTML and plain text can all honour."""

    role: Role = Role.TEXT
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    link: str | None = None
    """Target of an OSC 8 hyperlink; already checked to hold no control characters."""


PLAIN: Final = Style()


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one style. `start`/`end` are the source offsets (code points) it stands for.

    Decoration that stands for no source text (bullets, table borders, padding) has `start == end == -1`. A span whose
    text is not the source's own (a formula, an escape made visible) is atomic: selecting any cell of it copies
    `source[start:end]` whole.
    """

    text: str
    style: Style = PLAIN
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Line:
    """One screen line: safe text only (no control characters), at most the width it was rendered for."""

    spans: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The line without its styles."""
        return "".join(span.text for span in self.spans)
