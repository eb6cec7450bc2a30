"""A field of a form: its name, a line to type into, and a place below for what is to be said about it."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from dsr1_tui.tui.tones import BAD, DIM
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import folded


class LabelledInput(Vertical):
    """One field."""

    def __init__(self, label: str, placeholder: str, value: str, *, id: str) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self._label = label
        self._initial = value
        self.input = Input(placeholder=placeholder, compact=True, select_on_focus=False)
        """The line itself."""
        self.input.cursor_blink = False  # a blinking cursor repaints for ever
        self._told = ("", DIM)
        self._note = TextPage(self._note_lines, classes="field--note")

    def compose(self) -> ComposeResult:
        """Name and line beside each other, the note below."""
        with Horizontal():
            yield Static(Content(self._label), classes="field--label")
            yield self.input
        yield self._note

    def on_mount(self) -> None:
        """Put the first value in (an `Input` made with one needs a running app), without telling it as typed."""
        with self.input.prevent(Input.Changed):
            self.input.value = self._initial

    @property
    def value(self) -> str:
        """What is typed."""
        return self.input.value

    @value.setter
    def value(self, text: str) -> None:
        self.input.value = text

    @property
    def said(self) -> str:
        """What stands below."""
        return self._told[0]

    def tell(self, text: str, *, error: bool = False) -> None:
        """Say something below the line; an empty text takes it away."""
        self._told = (text, BAD if error else DIM)
        self._note.changed()

    def focus_input(self) -> None:
        """Put the cursor into the line."""
        self.input.focus()

    def _note_lines(self, width: int) -> list[Content]:
        text, tone = self._told
        return [Content.styled(line, tone) for line in folded(text, width)] if text else []
