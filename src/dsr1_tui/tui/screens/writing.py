"""A page to write a text of several lines on: standing instructions."""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import TextArea

from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.screens.dialog import CLOSE, Dialog
from dsr1_tui.tui.tones import DIM
from dsr1_tui.tui.widgets.composer import NEWLINE_KEYS
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import folded

WRITING_COMMANDS: Final[tuple[Command, ...]] = (
    Command(id="writing-take", action="take", title="take", help="Use the text; an empty one takes it away.",
            area=Area.MODEL, key_label="enter", footer=100),
    Command(id="writing-newline", action="newline", title="newline", help="Begin a new line.", area=Area.MODEL,
            key_label="ctrl+j", footer=80),
    replace(CLOSE, id="writing-close"),
)  # fmt: skip


class _Paper(TextArea):
    """Enter takes the text, as it sends a question; every newline key makes a newline."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter" or event.key in NEWLINE_KEYS:
            event.stop()
            event.prevent_default()
            await self.run_action("screen.take" if event.key == "enter" else "screen.newline")
            return
        await super()._on_key(event)


class WritingDialog(Dialog[str | None]):
    """Gives the text, or `None` where it was left as it was."""

    KEYS: ClassVar[tuple[Command, ...]] = WRITING_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(KEYS)]

    def __init__(self, heading: str, told: str, text: str) -> None:
        super().__init__(heading)
        self._told = told
        self._text = text
        self.paper = _Paper(text, id="writing", compact=True, highlight_cursor_line=False, tab_behavior="focus")
        self.paper.cursor_blink = False  # a blinking cursor repaints for ever

    def compose_body(self) -> Iterable[Widget]:
        """What it is, then the paper."""
        yield TextPage(self._told_lines, classes="dialog--text")
        yield self.paper

    def on_mount(self) -> None:
        """Go on at the end."""
        self.paper.focus()
        self.paper.move_cursor(self.paper.document.end)

    def action_take(self) -> None:
        """Give the text."""
        self.give(self.paper.text.strip())

    def action_newline(self) -> None:
        """Begin a new line."""
        self.paper.insert("\n")

    def _told_lines(self, width: int) -> list[Content]:
        return [Content.styled(line, DIM) for line in folded(self._told, width)]
