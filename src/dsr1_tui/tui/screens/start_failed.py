"""A server that did not come up, or that ended: what happened, why, and what to press."""

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum, auto
from pathlib import PurePath
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget

from dsr1_tui.domain.server.wording import start_words
from dsr1_tui.ports import Clipboard
from dsr1_tui.services.serve import ServePorts
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.screens.dialog import CLOSE, Dialog
from dsr1_tui.tui.screens.starting import NotUp
from dsr1_tui.tui.serve_lines import failure_lines, styled
from dsr1_tui.tui.widgets.choice_lines import Choice
from dsr1_tui.tui.widgets.choice_list import ChoiceList
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import model_name

_KEY: Final = Command(id="", action="", title="", help="", area=Area.MODEL)
FAILED_COMMANDS: Final[tuple[Command, ...]] = (
    replace(_KEY, id="failed-choose", title="choose", help="Take the marked way on.", key_label="enter", footer=70),
    replace(CLOSE, id="failed-close", title="back", help="Leave it at that."),
)


class Way(Enum):
    """What to do about it."""

    AGAIN = auto()
    """Start again, with the changed flags if there are any."""
    EDIT = auto()
    ADOPT = auto()


class FailedDialog(Dialog[Way | None]):
    """Gives the way on."""

    KEYS = FAILED_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FAILED_COMMANDS)]
    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, "../styles/serve.tcss"]

    def __init__(self, failed: NotUp, ports: ServePorts, clipboard: Clipboard) -> None:
        super().__init__(_heading(failed))
        self._failed, self._ports, self._clipboard = failed, ports, clipboard
        self._page = TextPage(lambda width: styled(failure_lines(failed.diagnosis), width), id="failed-page")
        self._list = ChoiceList(ways_on(failed), id="failed-ways", beside=True)

    def compose_body(self) -> Iterable[Widget]:
        """The three things."""
        yield self._page
        yield self._list

    def on_mount(self) -> None:
        """The keys are the list's."""
        self._list.focus()

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Go that way."""
        event.stop()
        if event.choice.id == "log":
            self._list.show(ways_on(self._failed))  # back from it, Enter means the repair again
            self._log()
        else:
            self.give(Way[event.choice.id.upper()])

    def _log(self) -> None:
        if self._failed.record is not None:
            from dsr1_tui.tui.screens.server_log import LogScreen  # noqa: PLC0415  only where it is asked for

            self.app.push_screen(LogScreen(self._ports, self._failed.record, self._clipboard, ended=True))


def _heading(failed: NotUp) -> str:
    if failed.settled is None:
        return "vLLM"
    plan = failed.settled.plan
    return f"{model_name(plan.served_name)} on port {plan.port}"


def ways_on(failed: NotUp) -> tuple[Choice, ...]:
    """The likeliest first, so that Enter takes it."""
    ways = [Choice("again", start_words("start again", failed.diagnosis.flags), key="r")]
    if failed.neighbour is not None:
        model = model_name(failed.neighbour.model) or "what is there"
        ways.append(Choice("adopt", f"use {model}, which answers on port {failed.neighbour.port}", key="a"))
    ways.append(Choice("edit", "edit flags", key="e"))
    if failed.record is not None:
        ways.append(Choice("log", "look at the log", key="l"))
    return tuple(ways)
