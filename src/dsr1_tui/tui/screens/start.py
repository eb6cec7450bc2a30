"""The first screen where no endpoint is configured: what was found, and a key for each way on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from dsr1_tui.domain.discovery import LABELS, Findings, Looked, Speech, VllmPlace, describe
from dsr1_tui.services.neighbours import Neighbour
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.serve_lines import neighbour_words
from dsr1_tui.tui.tones import ACCENT, BAD, DIM
from dsr1_tui.tui.widgets.choice_lines import Choice
from dsr1_tui.tui.widgets.choice_list import ChoiceList
from dsr1_tui.tui.widgets.key_bar import KeyBar
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import folded, model_name, one_line


@dataclass(frozen=True, slots=True)
class UseServer:
    """Talk to the server that was found."""

    found: Looked


@dataclass(frozen=True, slots=True)
class UseOwn:
    """Talk to a server that we started."""

    neighbour: Neighbour


@dataclass(frozen=True, slots=True)
class UseEndpoint:
    """Talk to an endpoint of the config file."""

    name: str


@dataclass(frozen=True, slots=True)
class Connect:
    """Ask for an address."""


@dataclass(frozen=True, slots=True)
class StartServer:
    """Start vLLM on this machine."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Recorded answers."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave."""


StartChoice = UseServer | UseOwn | UseEndpoint | Connect | StartServer | Demo | Quit

_C = Command
START_COMMANDS: Final[tuple[Command, ...]] = (
    _C(id="start-choose", action="", title="choose", help="Take the marked way on.", area=Area.APP, key_label="enter",
       footer=60),
    _C(id="start-move", action="", title="move", help="Mark another.", area=Area.APP, key_label="↑↓", footer=50),
    _C(id="start-quit", action="quit_start", title="quit", help="Leave.", area=Area.APP, keys=("q",), footer=40),
    _C(id="start-escape", action="escape", title="quit", help="Leave, unless esc has just led here.", area=Area.APP,
       keys=("escape",)),
    _C(id="start-doctor", action="doctor", title="health check", help="Look for what is wrong.", area=Area.APP,
       keys=("f9",)),
)  # fmt: skip
"""The list has the focus and knows Enter and the arrows itself."""
_SERVER: Final = "server:"
_ENDPOINT: Final = "endpoint:"
_OWN: Final = "own:"
_DOCTOR: Final = "doctor"


def ways_on(findings: Findings, ours: Sequence[Neighbour] = (), now: float = 0.0) -> tuple[Choice, ...]:
    """The list: what was found first, so that Enter uses it; `now` (unix seconds) for the ages of our servers."""
    ports = {one.port for one in ours}
    found = [
        (f"{_OWN}{at}", f"localhost:{one.port}", f"{model_name(one.model)} · {neighbour_words(one, now)}")
        for at, one in enumerate(ours)
    ]
    others = [item for item in findings.usable if item.place.port not in ports]
    found += [(f"{_SERVER}{item.place.label}", item.place.label, _served(item)) for item in others]
    found += [(f"{_ENDPOINT}{name}", name, "from the config file") for name in findings.configured]
    keys = [*map(str, range(1, 10)), *[""] * len(found)]
    servers = [
        Choice(id=wanted, title=f"use {one_line(name)}", detail=detail, key=key)
        for (wanted, name, detail), key in zip(found, keys, strict=False)
    ]
    return (
        *servers,
        Choice(id="connect", title="connect to an endpoint …", detail="http://host:8000, or an ssh host", key="c"),
        Choice(id="start", title="start vLLM here …", detail=_starting(findings), key="s"),
        Choice(id="demo", title="demo", detail="recorded answers, nothing to install", key="d"),
        Choice(id=_DOCTOR, title="health check", detail="the doctor: what is wrong, and what to do", key="h"),
    )


_ROOMY: Final = 90
"""Cells from which on the places looked at fit into a line or two."""


def _served(item: Looked) -> str:
    assert item.found is not None
    if item.found.speech is Speech.LOCKED:
        return "wants a key"
    models = item.found.models
    if not models:
        return "serves no model yet"
    more = f" and {len(models) - 1} more" if len(models) > 1 else ""
    return model_name(models[0]) + more


def _starting(findings: Findings) -> str:
    if findings.machine is None:
        return "on this machine"
    match findings.machine.vllm:
        case VllmPlace.ENGINE | VllmPlace.HERE | VllmPlace.PATH:
            return "vLLM is installed"
        case None:
            return "installs its own environment first" + ("" if findings.machine.gpus else " (CPU)")


def facts_lines(findings: Findings, width: int) -> list[Content]:
    """The findings, their labels plain and the facts dim; a narrow page leaves servers to the list."""
    lines = []
    told = describe(findings, width)
    if width < _ROOMY and findings.usable:
        told = told[next(at for at, line in enumerate(told) if line.startswith(LABELS[1])) :]
    for line in told:
        label = next((label for label in LABELS if line.startswith(label)), "")
        lines.append(Content(label) + Content.styled(line.removeprefix(label), DIM))
    return lines


_HEIGHTS: list[tuple[int, str]] | None = [(0, "-tiny"), (12, "-short"), (22, "-tall")]


class StartScreen(Screen[StartChoice]):
    """Paints at once with what is known (nothing yet); `show` fills in what is found."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(START_COMMANDS)]
    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/bars.tcss", "../styles/dialogs.tcss", "../styles/start.tcss"]
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def __init__(
        self,
        findings: Findings | None = None,
        *,
        error: str = "",
        back: bool = False,
        doctor: Callable[[], None] | None = None,
    ) -> None:
        """`error`: why the last way on led back here; `back`: one did; `doctor` shows the doctor above this screen."""
        super().__init__()
        self._findings = findings or Findings()
        self._error = one_line(error)
        self._ours: tuple[Neighbour, ...] = ()
        self._touched = False
        self._given = False
        self._back = back
        self._doctor = doctor
        self._facts = TextPage(lambda width: facts_lines(self._findings, width), id="start-facts")
        self._ways = ChoiceList(ways_on(self._findings), beside=True, id="start-ways")

    def compose(self) -> ComposeResult:
        """Name, findings, ways on, keys."""
        with Vertical(id="start-page"):
            yield Static(Content.styled("dsr1-chat", f"bold {ACCENT}"), id="start-name")
            yield self._facts
            if self._error:
                yield TextPage(self._error_lines, id="start-error")
            yield self._ways
        yield KeyBar(START_COMMANDS)

    def on_mount(self) -> None:
        """The list takes the keys."""
        self._ways.focus()

    def show(self, findings: Findings, ours: tuple[Neighbour, ...] = (), now: float = 0.0) -> None:
        """Tell what was found by now; a server found is marked, unless the user marked something already."""
        self._ours = ours
        marked = self._ways.marked.id if self._touched and self._ways.marked is not None else None
        self._findings = findings
        self._facts.changed()
        self._ways.show(ways_on(findings, ours, now), marked)

    def give(self, way: StartChoice) -> None:
        """Go a way, once: a second `dismiss` would close the screen that came after."""
        if self.is_current and not self._given:
            self._given = True
            self.dismiss(way)

    def on_key(self) -> None:
        """From the first key on the mark is the user's."""
        self._touched = True

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Go that way."""
        event.stop()
        if event.choice.id == _DOCTOR:
            self.action_doctor()
        else:
            self.give(self._way(event.choice.id))

    def action_doctor(self) -> None:
        """Look for what is wrong; one comes back here."""
        if self._doctor is not None:
            self._doctor()

    def action_escape(self) -> None:
        """Leave; but whoever came back here by `esc`, perhaps pressed twice, means to be here."""
        if not self._back:
            self.give(Quit())

    def action_quit_start(self) -> None:
        """Leave."""
        self.give(Quit())

    async def on_key_bar_chosen(self, event: KeyBar.Chosen) -> None:
        """A click on a key does what the key does."""
        event.stop()
        if event.command.action:
            await self.run_action(event.command.action)

    def _way(self, chosen: str) -> StartChoice:
        if chosen.startswith(_SERVER):
            return UseServer(
                next(item for item in self._findings.usable if item.place.label == chosen.removeprefix(_SERVER))
            )
        if chosen.startswith(_OWN):
            return UseOwn(self._ours[int(chosen.removeprefix(_OWN))])
        if chosen.startswith(_ENDPOINT):
            return UseEndpoint(chosen.removeprefix(_ENDPOINT))
        match chosen:
            case "connect":
                return Connect()
            case "start":
                return StartServer()
            case _:
                return Demo()

    def _error_lines(self, width: int) -> list[Content]:
        return [Content.styled(line, BAD) for line in folded(self._error, width)]
