"""Inline Markdown as styled pieces: emphasis, code, links, images, formulas and boxes, each knowing its source."""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from dsr1_tui.render.formula import inline_pieces, raw_pieces
from dsr1_tui.render.line import PLAIN, Role, Style
from dsr1_tui.render.pieces import Piece, merged, pieces_of, whole_piece
from dsr1_tui.render.safe import safe

if TYPE_CHECKING:
    from dsr1_tui.render.inline_parser import InlineToken

_LINKED: Final = re.compile(r"(?:https?://|mailto:)[\x21-\x7e]+", re.IGNORECASE)
_SCHEME: Final = re.compile(r"^(?:https?://|mailto:)", re.IGNORECASE)
_MARKUP: Final = re.compile(r"[\\`*_~<&!\[$]|\n")
_AFTER_DISPLAY: Final = re.compile(r"[ \t]*[.,;:。，；：]?[ \t]*")


@dataclass(frozen=True, slots=True)
class Display:
    """A display formula inside text, to be set on lines of its own."""

    body: str
    source: str
    """All of it, delimiters included."""
    start: int
    after: tuple[Piece, ...] = ()
    """The punctuation behind it."""


Row = list[Piece] | Display
"""One logical line, or a display formula between two."""


@lru_cache(maxsize=512)
def _style(base: Style, *, bold: bool, italic: bool, strike: bool, link: str | None) -> Style:
    role = Role.LINK if link is not None and base.role is not Role.CODE else base.role
    return Style(
        role, base.bold or bold, base.italic or italic, base.underline, base.strike or strike, link or base.link
    )


def link_target(href: str) -> str | None:
    """`href` if a terminal may be given it as a link: http, https or mailto, printable ASCII without spaces."""
    return href if _LINKED.fullmatch(href) else None


def link_note(text: str, href: str) -> str:
    """What must stand behind a link's text so that it does not hide where it leads; empty where the text says it."""
    shown = text.strip()
    names = {href, unquote(href)}
    names |= {_SCHEME.sub("", name) for name in names}
    if {shown, shown + "/"} & names:
        return ""
    try:
        parts = urlsplit(href)
        note = (parts.hostname if parts.scheme in {"http", "https"} else None) or href
    except ValueError:
        note = href
    return f" ({_flat(note.removeprefix('mailto:'))})"


def _flat(text: str) -> str:
    return safe(text).replace("\n", " ").replace("\t", " ")


@dataclass(slots=True)
class _Builder:
    """Collects rows while the tokens go by."""

    source: str
    start: int
    base: Style
    display: bool
    rows: list[Row] = field(default_factory=lambda: [[]])
    bold: int = 0
    italic: int = 0
    strike: int = 0
    href: str | None = None
    link_at: int = 0
    link_auto: bool = False

    def style(self, base: Style | None = None) -> Style:
        """The style in force, on `base` or on that of plain text."""
        link = link_target(self.href) if self.href is not None else None
        return _style(base or self.base, bold=self.bold > 0, italic=self.italic > 0, strike=self.strike > 0, link=link)

    @property
    def row(self) -> list[Piece]:
        """The row being written."""
        last = self.rows[-1]
        if isinstance(last, Display):
            last = []
            self.rows.append(last)
        return last

    def add(self, token: "InlineToken") -> None:
        """Takes the next token."""
        start = self.start + token.start
        source = self.source[token.start : token.end]
        match token.kind:
            case "text" | "text_special" if token.text == source:
                self.row.extend(pieces_of(token.text, self.style(), start))
            case "text" | "text_special":  # an entity, an escape
                self.row.append(whole_piece(_flat(token.text), self.style(), start, self.start + token.end))
            case "code_inline":
                self.row.extend(raw_pieces(token.text, self.style(Style(role=Role.CODE)), start))
            case "softbreak" | "hardbreak":
                self.rows.append([])
            case "display" if self.display and self.href is None:
                if not self.rows[-1]:
                    self.rows.pop()
                self.rows.append(Display(token.text, source, start))
            case "maths" | "display":
                self.row.extend(inline_pieces(token.text, source, self.style(), start))
            case "image":
                alt, url = _flat(token.text), _flat(token.detail)
                style = _style(self.base, bold=False, italic=False, strike=False, link=link_target(token.detail))
                self.row.append(whole_piece(f"[image: {alt}] {url}", style, start, self.start + token.end))
            case "link_open":
                self.href, self.link_at, self.link_auto = token.detail, token.start, token.text == "auto"
            case "link_close":
                self.close_link(token)
            case _:
                self.mark(token.kind)

    def mark(self, kind: str) -> None:
        """Emphasis opens or closes."""
        step = 1 if kind.endswith("_open") else -1
        match kind.rpartition("_")[0]:
            case "strong":
                self.bold += step
            case "em":
                self.italic += step
            case "s":
                self.strike += step

    def close_link(self, token: "InlineToken") -> None:
        """Adds where the link leads."""
        href, self.href = self.href or "", None
        if not self.link_auto and (note := link_note(self.source[self.link_at : token.start].removeprefix("["), href)):
            self.row.append(Piece(note, Style(role=Role.DIM)))


def inline_rows(source: str, start: int = 0, base: Style = PLAIN, *, display: bool = True) -> list[Row]:
    """Renders inline Markdown to logical lines; each newline of the source ends one, as models mean it.

    `start` is the offset of `source` in the message, `base` the style of plain text. Without `display`, display
    formulas are set in their one-line form inside the text.
    """
    if not _MARKUP.search(source):
        return [pieces_of(source, base, start)]
    from dsr1_tui.render.inline_parser import parse_inline  # noqa: PLC0415 - markdown-it takes 70 ms

    builder = _Builder(source, start, base, display)
    for token in parse_inline(source):
        builder.add(token)
    return _punctuated([row if isinstance(row, Display) else merged(row) for row in builder.rows])


def _punctuated(rows: list[Row]) -> list[Row]:
    """Moves the punctuation behind a display formula to it, and takes the spaces off what follows."""
    out: list[Row] = []
    for row in rows:
        before = out[-1] if out else None
        if not isinstance(before, Display) or isinstance(row, Display):
            out.append(row)
            continue
        rest = row
        if row and not row[0].whole and (match := _AFTER_DISPLAY.match(row[0].text)) and (size := match.end()):
            head, tail = row[0], row[0].text[size:]
            mark = head._replace(text=match.group().strip(), end=head.start + size, whole=True)
            if mark.text and not before.after:
                out[-1] = replace(before, after=(mark,))
            rest = [head._replace(text=tail, start=head.start + size), *row[1:]] if tail else row[1:]
        if rest:
            out.append(rest)
    return out
