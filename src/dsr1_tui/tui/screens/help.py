"""F1: every key and command, from the table that makes bindings, footer and palette, so that the words are the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from dsr1_tui.domain.advice import Source
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.screens.dialog import CLOSE, Dialog
from dsr1_tui.tui.tones import ACCENT, DIM
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import folded

_C = Command
HELP_COMMANDS: Final[tuple[Command, ...]] = (
    replace(CLOSE, id="help-close", help="Close this page.", keys=("escape", "f1", "q")),
    _C(id="help-up", action="scroll(-1)", title="up", help="A line up.", area=Area.APP, keys=("up", "k")),
    _C(id="help-down", action="scroll(1)", title="scroll", help="A line down.", area=Area.APP, keys=("down", "j"),
       key_label="↑↓", footer=50),
    _C(id="help-page-up", action="page(-1)", title="page up", help="A page up.", area=Area.APP, keys=("pageup",)),
    _C(id="help-page-down", action="page(1)", title="page", help="A page down.", area=Area.APP,
       keys=("pagedown", "space"), key_label="pgdn", footer=40),
)  # fmt: skip
SLASH_HEADING: Final = "Typed into the composer"
SOURCES_HEADING: Final = "Where the advice beside the settings comes from"
_INDENT: Final = 2
_GAP: Final = 2
_TOLD_MIN: Final = 32
"""Cells below which a sentence stands under its key rather than beside it."""


Row = tuple[str, str, str]
"""Key, title, sentence."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of the whole page, so that its parts stand under each other."""

    key: int
    title: int


def help_lines(commands: Sequence[Command], width: int) -> list[Content]:
    """The whole page at `width` cells: a heading for each area, then the slash commands."""
    parts: list[tuple[str, list[Row]]] = []
    for area in Area:
        keyed = [command for command in commands if command.area is area and command.label]
        parts.append((area.value, [(command.label, command.title, command.help) for command in keyed]))
    slashed = [(f"/{command.slash}", command.title, command.help) for command in commands if command.slash]
    parts.append((SLASH_HEADING, slashed))
    every = [row for _, rows in parts for row in rows]
    if not every:
        return []
    columns = _Columns(max(cells(row[0]) for row in every) + _GAP, max(cells(row[1]) for row in every) + _GAP)
    lines: list[Content] = []
    for heading, rows in parts:
        if rows:
            lines += [Content("")] if lines else []
            lines += [Content.styled(line, "bold") for line in folded(heading, width)]
            for row in rows:
                lines += _row_lines(row, columns, width)
    return lines


def source_lines(width: int) -> list[Content]:
    """What the warnings and bands of the generation panel rest on, at `width` cells."""
    lines = [Content.styled(line, "bold") for line in folded(SOURCES_HEADING, width)]
    for source in Source:
        first, *rest = folded(source.value, width - 2 * _INDENT)
        lines += [Content.assemble(" " * _INDENT, ("· ", ACCENT), (first, DIM))]
        lines += [Content.styled(" " * 2 * _INDENT + line, DIM) for line in rest]
    return lines


def _row_lines(row: Row, columns: _Columns, width: int) -> list[Content]:
    """Three columns, or two with the sentence below, or all below each other."""
    key, title, told = row
    head = Content.assemble(" " * _INDENT, (key.ljust(columns.key), ACCENT), title)
    left = _INDENT + columns.key + columns.title
    if width - left >= _TOLD_MIN:
        first, *rest = folded(told, width - left)
        beside = head.pad_right(left - head.cell_length) + Content.styled(first, DIM)
        return [beside, *(Content.styled(" " * left + line, DIM) for line in rest)]
    heads = [head]
    left = _INDENT + columns.key
    if width - left < _TOLD_MIN:
        left = 2 * _INDENT
        heads = [Content.styled(" " * _INDENT + key, ACCENT), Content(" " * left + title)]
    return [*heads, *(Content.styled(" " * left + line, DIM) for line in folded(told, width - left))]


class HelpScreen(Dialog[None]):
    """The page, scrolled by the keys that scroll the transcript."""

    KEYS: ClassVar[tuple[Command, ...]] = HELP_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(KEYS)]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__("Keys and commands")
        shown = tuple(commands)
        self._body = VerticalScroll(
            TextPage(lambda width: [*help_lines(shown, width), Content(""), *source_lines(width)], id="help-text"),
            id="help-body",
            can_focus=False,
        )

    def compose_body(self) -> Iterable[Widget]:
        """One scrolled page."""
        yield self._body

    def action_scroll(self, lines: int) -> None:
        """Scroll some lines."""
        self._body.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll some pages, with two lines kept in view."""
        self._body.scroll_relative(y=pages * max(self._body.size.height - 2, 1), animate=False)
