"""A question with a few answers, a key each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from dsr1_tui.tui.command import Command, bindings
from dsr1_tui.tui.screens.dialog import CLOSE, Dialog
from dsr1_tui.tui.tones import DIM
from dsr1_tui.tui.widgets.choice_lines import Choice
from dsr1_tui.tui.widgets.choice_list import ChoiceList
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import folded, one_line


@dataclass(frozen=True, slots=True)
class Option:
    """One answer."""

    id: str
    """What the dialog gives back."""
    key: str
    title: str
    detail: str = ""


YES_NO: Final = (Option("yes", "y", "yes"), Option("no", "n", "no"))


class ConfirmDialog(Dialog[str | None]):
    """Asks `question`; gives the id of the answer, or `None` where it was closed."""

    KEYS: ClassVar[tuple[Command, ...]] = (CLOSE,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(KEYS)]

    def __init__(self, question: str, options: Sequence[Option] = YES_NO, *, explanation: str = "") -> None:
        super().__init__(one_line(question))
        self._explanation = one_line(explanation)
        self._options = tuple(options)

    def compose_body(self) -> Iterable[Widget]:
        """What follows from it, then the answers."""
        if self._explanation:
            yield TextPage(self._explained, classes="dialog--text")
        choices = [Choice(option.id, option.title, option.detail, option.key) for option in self._options]
        yield ChoiceList(choices, beside=True)

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Give the answer."""
        event.stop()
        self.give(event.choice.id)

    def _explained(self, width: int) -> list[Content]:
        return [Content.styled(line, DIM) for line in folded(self._explanation, width)]
