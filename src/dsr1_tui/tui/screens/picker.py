"""A dialog with a line to type into and a list that follows it; the pickers differ only in what they list."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from dsr1_tui.tui.screens.dialog import Dialog
from dsr1_tui.tui.tones import BAD, DIM
from dsr1_tui.tui.widgets.choice_lines import Choice
from dsr1_tui.tui.widgets.choice_list import LIST_COMMANDS, ChoiceList
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import folded

ResultT = TypeVar("ResultT")

PICKER_KEYS = LIST_COMMANDS[:-1]
"""The list's keys, which act while the input has the focus (Enter comes as the input's own message)."""


class Picker(Dialog[ResultT]):
    """The input keeps the focus; arrows move the mark, Enter takes it."""

    def __init__(self, heading: str, placeholder: str) -> None:
        super().__init__(heading)
        self._input = Input(placeholder=placeholder, compact=True, id="picker-input")
        self._input.cursor_blink = False  # a blinking cursor repaints for ever
        self._list = ChoiceList(can_focus=False, id="picker-list")
        self._note = ("", DIM)
        self._told = TextPage(self._note_lines, id="picker-note")

    def compose_body(self) -> Iterable[Widget]:
        """Input, list, and a place for what else is to be said."""
        yield self._input
        yield self._list
        yield self._told

    @property
    def marked(self) -> Choice | None:
        """The marked entry."""
        return self._list.marked

    @property
    def neighbour(self) -> str | None:
        """The id of the entry below the marked one, else of the one above."""
        return self._list.neighbour

    def say(self, text: str, *, error: bool = False) -> None:
        """Say something below the list; an empty text takes it away."""
        self._note = (text, BAD if error else DIM)
        self._told.changed()

    def list_choices(self, choices: Sequence[Choice], marked: str | None = None) -> None:
        """Show these entries."""
        self._list.show(choices, marked)

    def action_move(self, step: int) -> None:
        """Mark another entry."""
        self._list.move(step)

    def action_move_page(self, pages: int) -> None:
        """Mark the entry about a page on."""
        self._list.action_move_page(pages)

    def action_open(self) -> None:
        """Take the marked entry."""
        self._list.choose()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter (a method of its own, because Textual would call this handler of every class of a picker)."""
        event.stop()
        self.submit()

    def submit(self) -> None:
        """What Enter does: take the marked entry."""
        self._list.choose()

    def _note_lines(self, width: int) -> list[Content]:
        text, tone = self._note
        return [Content.styled(line, tone) for line in folded(text, width)] if text else []
