"""Leaving while a server runs that this run started: keep it or stop it, and the stop itself, with progress."""

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.services.serve import STOP_LIMIT_S, ServePorts, stop_server
from dsr1_tui.services.serving import Stopping
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.later import Later
from dsr1_tui.tui.screens.dialog import CLOSE, Dialog
from dsr1_tui.tui.screens.starting import SPIN_S
from dsr1_tui.tui.serve_lines import SPINNER, Said, styled
from dsr1_tui.tui.tones import ACCENT, BAD, DIM
from dsr1_tui.tui.widgets.choice_lines import Choice
from dsr1_tui.tui.widgets.choice_list import ChoiceList
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import model_name

QUIT_COMMANDS: Final[tuple[Command, ...]] = (
    Command(id="quit-remember", action="remember", title="remember", help="Do the same from now on, unasked.",
            area=Area.APP, keys=("r",), footer=80),
    replace(CLOSE, id="quit-close", title="back to the chat", help="Do not leave."),
)  # fmt: skip
STOPPING_COMMANDS: Final[tuple[Command, ...]] = (
    replace(CLOSE, id="stopping-kill", title="kill it now", help="Do not wait until it has ended by itself.",
            keys=("escape", "k")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choose:
    """What becomes of the servers."""

    keep: bool
    remember: bool


def names(records: Sequence[ServerRecord]) -> str:
    """`R1-Distill on port 8000, …`."""
    return ", ".join(f"{model_name(record.served_name)} on port {record.port}" for record in records)


class QuitDialog(Dialog[Choose | None]):
    """Asks once."""

    KEYS = QUIT_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(QUIT_COMMANDS)]
    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, "../styles/serve.tcss"]

    def __init__(self, records: Sequence[ServerRecord]) -> None:
        several = len(records) > 1
        super().__init__(f"{len(records)} servers that you started still run" if several else "Your server still runs")
        self._remember = False
        self._page = TextPage(self._lines, id="quit-page")
        self._told = names(records)
        it = "them" if several else "it"
        self._list = ChoiceList(
            [
                Choice("keep", f"keep {it} running", "dsr1-chat finds it again; dsr1-chat serve stop ends it", "k"),
                Choice("stop", f"stop {it}", "frees its memory", "s"),
            ],
            beside=True,
            id="quit-ways",
        )

    def compose_body(self) -> Iterable[Widget]:
        """Which, then the answers."""
        yield self._page
        yield self._list

    def on_mount(self) -> None:
        """The keys are the list's."""
        self._list.focus()

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Give the answer."""
        event.stop()
        self.give(Choose(keep=event.choice.id == "keep", remember=self._remember))

    def action_remember(self) -> None:
        """Whether it is asked again."""
        self._remember = not self._remember
        self._page.changed()

    def _lines(self, width: int) -> list[Content]:
        words = "remembered: it will not ask again" if self._remember else "it asks each time"
        mark = "✓ " if self._remember else ""
        return [*styled([Said(self._told, "")], width), Content.styled(f"{mark}{words}", ACCENT if mark else DIM)]


class StoppingDialog(Dialog[bool]):
    """Stops them one after the other; gives whether they have ended."""

    KEYS = STOPPING_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(STOPPING_COMMANDS)]
    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, "../styles/serve.tcss"]

    def __init__(self, ports: ServePorts, records: Sequence[ServerRecord]) -> None:
        super().__init__("Stopping")
        self._ports, self._records = ports, tuple(records)
        self._page = TextPage(self._lines, id="stopping-page")
        self._state: Stopping | None = None
        self._fault: FaultError | None = None
        self._frame = 0

    def compose_body(self) -> Iterable[Widget]:
        """One page."""
        yield self._page

    def on_mount(self) -> None:
        """Begin."""
        self._stop(STOP_LIMIT_S)
        self.set_interval(SPIN_S, self._spin)

    def action_close(self) -> None:
        """Kill it; where even that failed, leave."""
        if self._fault is not None:
            self.give(result=False)
        else:
            self._stop(0.0)

    def _stop(self, limit_s: float) -> None:
        self.run_worker(Later(lambda: self._end(limit_s)), name="end", group="end", exclusive=True, exit_on_error=False)

    async def _end(self, limit_s: float) -> None:
        try:
            for record in self._records:
                async with aclosing(stop_server(self._ports, record, limit_s=limit_s)) as events:
                    async for event in events:
                        self._state = event if isinstance(event, Stopping) else self._state
        except FaultError as error:
            self._fault = error
            self._page.changed()
        else:
            self.give(result=True)

    def _spin(self) -> None:
        self._frame = (self._frame + 1) % len(SPINNER)
        self._page.changed()

    def _lines(self, width: int) -> list[Content]:
        if self._fault is not None:
            return styled([Said(self._fault.fault.message, BAD), Said(self._fault.fault.hint)], width)
        state = self._state
        spent = "" if state is None else f"   {state.elapsed_s:.0f} s"
        head = Content.assemble((f"{SPINNER[self._frame]} ", ACCENT), names(self._records), (spent, DIM))
        if state is None:
            return [head.truncate(max(width, 1))]
        what = "killed" if state.killed else f"it is killed after {state.limit_s:.0f} s"
        return [head.truncate(max(width, 1)), *styled([Said(what)], width)]
