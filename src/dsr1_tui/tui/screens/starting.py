"""A server that starts: its phases, how much is done, how long it took last time; stopped by one key, with progress."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.worker import Worker, WorkerCancelled, WorkerFailed, WorkerState

from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.server.diagnosis import Diagnosis, StartCode
from dsr1_tui.domain.server.progress import Phase, StartProgress
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import Clipboard
from dsr1_tui.services.at_port import PortTaken
from dsr1_tui.services.bring_up import BringEvent, Decided, Doing
from dsr1_tui.services.neighbours import Neighbour
from dsr1_tui.services.plan_serve import Settled
from dsr1_tui.services.serve import ServePorts, stop_server
from dsr1_tui.services.serving import Answers, Launched, Progressed, StartFailed, StopEvent, Stopping
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.screens.dialog import CLOSE, Dialog
from dsr1_tui.tui.serve_lines import SPINNER, Said, Seen, progress_lines, styled
from dsr1_tui.tui.tones import ACCENT, DIM
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import model_name

SPIN_S: Final = 1 / 5
STARTING_COMMANDS: Final[tuple[Command, ...]] = (
    Command(id="starting-log", action="log", title="log", help="Look at its log.", area=Area.MODEL, keys=("l",),
            footer=80),
    replace(CLOSE, id="starting-stop", title="stop", help="Stop it; once more kills it."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Up:
    """It answers."""

    target: Target
    record: ServerRecord
    settled: Settled | None
    """What it was started with; `None` for one that another run started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUp:
    """It did not come up."""

    diagnosis: Diagnosis
    settled: Settled | None = None
    record: ServerRecord | None = None
    """`None` where nothing was started."""
    neighbour: Neighbour | None = None
    """Who can be used instead."""


Bringing = Callable[[], AsyncGenerator[BringEvent, None]]


class StartingDialog(Dialog[Up | NotUp | None]):
    """Gives what became of it; `None` where it was stopped."""

    KEYS = STARTING_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(STARTING_COMMANDS)]
    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, "../styles/serve.tcss"]

    def __init__(
        self, bringing: Bringing, ports: ServePorts, clipboard: Clipboard, model: str, *, own: bool = True
    ) -> None:
        """`own`: it is started here; else it is only waited for, and left alone by `esc`."""
        super().__init__(f"Starting {model_name(model)}" if own else f"Waiting for {model_name(model)}")
        self._bringing, self._ports, self._clipboard, self._own = bringing, ports, clipboard, own
        self._page = TextPage(self._lines, id="starting-page")
        self._doing = Doing("settling what is to be started")
        self._seen: Seen | None = None
        self._stopping: Stopping | None = None
        self._settled: Settled | None = None
        self._record: ServerRecord | None = None
        self._outcome: tuple[Up | NotUp | None] | None = None
        self._frame = 0
        self._work: Worker[None] | None = None
        self._end: Worker[None] | None = None

    def compose_body(self) -> Iterable[Widget]:
        """One page."""
        yield self._page

    def on_mount(self) -> None:
        """Begin."""
        self._work = self.run_worker(self._bring(), name="bring", exit_on_error=False)
        self.set_interval(SPIN_S, self._spin)

    async def _bring(self) -> None:
        try:
            async with aclosing(self._bringing()) as events:
                async for event in events:
                    self._take(event)
        except FaultError as error:
            self._failed(_from_fault(error.fault))

    def _take(self, event: BringEvent) -> None:
        if self._end is not None and isinstance(event, Answers | StartFailed):
            return  # it is being stopped: how it ended is no news
        match event:
            case Doing():
                self._doing = event
            case Decided(settled):
                self._settled = settled
                self._doing = Doing(f"starting vLLM on port {settled.plan.port}")
            case PortTaken():
                self._give(NotUp(diagnosis=event.diagnosis, settled=self._settled, neighbour=event.neighbour))
            case Launched(record, expected):
                self._record = record
                self._seen = Seen(StartProgress(), 0.0, {}, expected)
            case Progressed(progress, elapsed, line):
                self._progressed(progress, elapsed, line)
            case Answers(record, target):
                self._give(Up(target, record, self._settled))
            case StartFailed(record, diagnosis):
                self._give(NotUp(diagnosis=diagnosis, settled=self._settled, record=record))
        self._page.changed()

    def _progressed(self, progress: StartProgress, elapsed: float, line: str) -> None:
        seen = self._seen or Seen(StartProgress(), elapsed, {})
        ended: dict[Phase, float] = {**seen.ended_s, **{p: elapsed for p in progress.passed if p not in seen.ended_s}}
        self._seen = Seen(progress, elapsed, ended, seen.expected_s, line)

    def _failed(self, diagnosis: Diagnosis) -> None:
        self._give(NotUp(diagnosis=diagnosis, settled=self._settled, record=self._record))

    # Stopping

    def action_close(self) -> None:
        """Stop it; once more kills it."""
        if not self._own:
            self._give(None)
        elif self._record is None:
            if self._end is None:
                self._end = self.run_worker(self._call_off(), name="call-off", exit_on_error=False)
        else:
            limit = {} if self._end is None else {"limit_s": 0.0}
            events = stop_server(self._ports, self._record, **limit)
            self._end = self.run_worker(self._stop(events), name="stop", group="stop", exit_on_error=False)

    async def _call_off(self) -> None:
        """End the installation, or a start that has not begun."""
        self._doing = Doing("stopping …")
        assert self._work is not None
        self._work.cancel()
        with suppress(WorkerCancelled, WorkerFailed):
            await self._work.wait()  # its last act is to end what it began
        self._give(None)

    async def _stop(self, events: AsyncGenerator[StopEvent, None]) -> None:
        try:
            async with aclosing(events) as stopping:
                async for event in stopping:
                    self._stopping = event if isinstance(event, Stopping) else self._stopping
        except FaultError as error:
            self._failed(_from_fault(error.fault))
        else:
            self._give(None)

    # The log on top of it, and what was given meanwhile

    def action_log(self) -> None:
        """Look at its log."""
        if self._record is not None:
            from dsr1_tui.tui.screens.server_log import LogScreen  # noqa: PLC0415  only where it is asked for

            self.app.push_screen(LogScreen(self._ports, self._record, self._clipboard))

    def _give(self, outcome: Up | NotUp | None) -> None:
        if self._outcome is None:
            self._outcome = (outcome,)
        if self.is_current:
            self.give(self._outcome[0])

    def on_screen_resume(self) -> None:
        """Back from the log: what happened meanwhile counts now."""
        if self._outcome is not None:
            self.give(self._outcome[0])

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The outermost edge of the work here: a fault of ours is said in a line."""
        if event.state is WorkerState.ERROR:
            what = f"dsr1-chat hit an error of its own ({type(event.worker.error).__name__})."
            self._failed(_from_fault(Fault(FaultCode.INTERNAL, what, "Please report it.")))

    # Painting

    def _spin(self) -> None:
        if self._outcome is None:
            self._frame = (self._frame + 1) % len(SPINNER)
            self._page.changed()

    def _lines(self, width: int) -> list[Content]:
        spinner = SPINNER[self._frame]
        if self._stopping is not None:
            state = self._stopping
            what = "killed" if state.killed else f"it is killed after {state.limit_s:.0f} s; esc kills it now"
            words = Content.assemble((f"{spinner} ", ACCENT), (f"stopping   {state.elapsed_s:.0f} s", "bold"))
            return [words, *styled([Said(what)], width)]
        if self._seen is not None:
            where = self._record.target.base_url if self._record is not None else ""
            return [*styled([Said(where)], width), Content(""), *progress_lines(self._seen, width, spinner)]
        first = Content.assemble((f"{spinner} ", ACCENT), self._doing.what).truncate(max(width, 1))
        return [
            first,
            *(Content.styled("  " + line.plain, DIM) for line in styled([Said(self._doing.detail)], width - 2)),
        ]


def _from_fault(fault: Fault) -> Diagnosis:
    return Diagnosis(code=StartCode.UNKNOWN, cause=fault.message, remedy=fault.hint)
