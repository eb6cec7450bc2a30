"""Code blocks as highlighted lines, each character at its source offset, long lines cut and marked."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from dsr1_tui.render.block import Block, BlockKind, blank_lead
from dsr1_tui.render.block_lines import CODE_INDENT, FENCE, closes_fence, columns, is_blank, strip_columns
from dsr1_tui.render.cells import hard_wrap
from dsr1_tui.render.line import Line, Role, Span, Style
from dsr1_tui.render.pieces import Piece, flow, merged, pieces_of, prefixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

_LINE_LIMIT: Final = 2_000
"""Lexers' patterns are made for lines that people write."""
_LANGUAGE: Final = re.compile(r"[ \t]*\{?\.?([\w+#.-]{1,30})")
_MARGIN: Final = Span("  ")
_CONTINUED: Final = Span("↪ ", Style(role=Role.DIM))
_PLAIN: Final = Style(role=Role.CODE)


class CodeText(NamedTuple):
    """What a code block holds."""

    language: str
    lines: tuple[str, ...]
    """Without their newlines, and without the indentation that belongs to the block."""
    starts: tuple[int, ...]
    """Offset of each line in the message."""

    @property
    def text(self) -> str:
        """The code as one text, for copying."""
        return "\n".join(self.lines)


def code_text(block: Block) -> CodeText:
    """The code in a block of kind CODE (of one part of it, where a long block was closed in parts)."""
    lead = 0 if block.continued else blank_lead(block.source)
    rows = block.source[lead:].split("\n")
    at = block.start + lead
    opener = FENCE.match(block.context or rows[0])
    language = ""
    strip = block.column + CODE_INDENT
    if opener is not None:
        match = _LANGUAGE.match(opener["info"])
        language = match[1].lower() if match else ""
        strip = columns(block.context or rows[0])
        if not block.context:
            at += len(rows.pop(0)) + 1
        if rows and is_blank(rows[-1]):
            rows.pop()
        if rows and closes_fence(rows[-1], opener["mark"]):
            rows.pop()
    else:
        while rows and is_blank(rows[-1]):
            rows.pop()
    lines: list[str] = []
    starts: list[int] = []
    for row in rows:
        cut = strip_columns(row, strip)
        lines.append(row[cut:].removesuffix("\r"))
        starts.append(at + cut)
        at += len(row) + 1
    return CodeText(language, tuple(lines), tuple(starts))


def last_code(blocks: Sequence[Block]) -> str:
    """The text of the last code block, its parts joined; empty where there is none."""
    parts: list[Block] = []
    for block in reversed(blocks):
        if block.kind is BlockKind.CODE:
            parts.append(block)
            if not block.continued:
                break
    found = [(code_text(part), part.source.endswith("\n")) for part in reversed(parts)]
    return "".join(code.text + "\n" * ends for code, ends in found if code.lines).removesuffix("\n")


def code_lines(block: Block, width: int) -> list[Line]:
    """Renders a code block: the language, dim, then the code, indented by two cells."""
    code = code_text(block)
    room = width - len(_MARGIN.text)
    lines: list[Line] = []
    if code.language and not block.continued:
        header = pieces_of(code.language, Style(role=Role.DIM))
        lines += prefixed(flow([piece._replace(start=-1, end=-1) for piece in header], room, hard_wrap), _MARGIN)
    for row in _highlighted(code):
        lines += prefixed(flow(merged(row), room, hard_wrap), _MARGIN, _CONTINUED)
    return lines


def _highlighted(code: CodeText) -> "Iterator[list[Piece]]":
    """The pieces of each line."""
    text = code.text
    lexer = _lexer(code.language) if code.language else None
    if lexer is None or max(map(len, code.lines), default=0) > _LINE_LIMIT:
        for line, start in zip(code.lines, code.starts, strict=True):
            yield pieces_of(line, _PLAIN, start)
        return
    number, at = 0, 0
    row: list[Piece] = []
    for _, kind, value in lexer.get_tokens_unprocessed(text):
        style = _style(kind)
        for index, part in enumerate(value.split("\n")):
            if index:
                yield row
                row = []
                number, at = number + 1, 0
            row += pieces_of(part, style, code.starts[number] + at)
            at += len(part)
    if code.lines:
        yield row


@lru_cache(maxsize=64)
def _lexer(language: str) -> "Lexer | None":
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 - imported at the first code block (40 ms)
    from pygments.util import ClassNotFound  # noqa: PLC0415 - as above

    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


@cache
def _roles() -> "tuple[tuple[_TokenType, Role], ...]":
    """Pygments' kinds of token, the special before the general."""
    from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String  # noqa: PLC0415 - as above

    return (
        (Comment, Role.CODE_COMMENT),
        (Keyword, Role.CODE_KEYWORD),
        (Operator.Word, Role.CODE_KEYWORD),
        (Operator, Role.CODE_OPERATOR),
        (String, Role.CODE_STRING),
        (Number, Role.CODE_NUMBER),
        (Name.Builtin, Role.CODE_NAME),
        (Name.Function, Role.CODE_NAME),
        (Name.Class, Role.CODE_NAME),
        (Name.Decorator, Role.CODE_NAME),
        (Name.Exception, Role.CODE_NAME),
        (Name.Tag, Role.CODE_KEYWORD),
        (Name.Attribute, Role.CODE_NAME),
        (Generic.Inserted, Role.CODE_STRING),
        (Generic.Deleted, Role.CODE_KEYWORD),
        (Generic.Heading, Role.CODE_NAME),
        (Generic.Subheading, Role.CODE_NAME),
        (Generic.Prompt, Role.CODE_OPERATOR),
        (Generic.Output, Role.CODE_COMMENT),
    )


@lru_cache(maxsize=256)
def _style(kind: "_TokenType") -> Style:
    # Pygments' `in` asks whether one kind of token is of another's family; its stubs know it as a tuple's.
    return Style(role=next((role for family, role in _roles() if family.__contains__(kind)), Role.CODE))
