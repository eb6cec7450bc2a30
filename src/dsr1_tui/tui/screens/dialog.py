"""The frame all dialogs share: a heading, a body, and a line of keys by the words of the command table."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import ClassVar, Final, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from dsr1_tui.tui.command import Area, Command
from dsr1_tui.tui.widgets.key_bar import KeyBar

ResultT = TypeVar("ResultT")

CLOSE: Final = Command(
    id="dialog-close", action="close", title="close", help="Close without changing anything.", area=Area.APP,
    keys=("escape",), footer=90,
)  # fmt: skip


_WIDTHS: list[tuple[int, str]] | None = [(0, "-narrow"), (64, "-wide")]
_HEIGHTS: list[tuple[int, str]] | None = [(0, "-tiny"), (9, "-short"), (16, "-tall")]


class Dialog(ModalScreen[ResultT]):
    """A dialog; subclasses give `KEYS` (and `BINDINGS` made from them), a heading and a body."""

    KEYS: ClassVar[tuple[Command, ...]] = (CLOSE,)
    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/bars.tcss", "../styles/dialogs.tcss"]
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def __init__(self, heading: str) -> None:
        super().__init__()
        self._heading = heading
        self._given = False

    def compose(self) -> ComposeResult:
        """Heading, body, keys."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._heading), classes="dialog--heading")
            yield from self.compose_body()
            yield KeyBar(self.KEYS)

    def compose_body(self) -> Iterable[Widget]:
        """What stands between heading and keys."""
        raise NotImplementedError

    def give(self, result: ResultT | None) -> None:
        """Close with a result, once: a second `dismiss` would close the screen below."""
        if self.is_current and not self._given:
            self._given = True
            self.dismiss(result)

    def action_close(self) -> None:
        """Close with no result."""
        self.give(None)

    async def on_key_bar_chosen(self, event: KeyBar.Chosen) -> None:
        """A click on a key does what the key does."""
        event.stop()
        if event.command.action:
            await self.run_action(event.command.action)
