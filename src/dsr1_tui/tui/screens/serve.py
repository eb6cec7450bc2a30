"""Start vLLM on this machine: the model, the few flags one changes, what there is to say before it is tried."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.server.preflight import Concern, Grade
from dsr1_tui.domain.server.profile import with_changes
from dsr1_tui.domain.server.wording import start_words
from dsr1_tui.services.bring_up import BringPorts, needs
from dsr1_tui.services.neighbours import Neighbour, neighbours
from dsr1_tui.services.plan_serve import Wish, settle_start
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.screens.dialog import CLOSE, Dialog
from dsr1_tui.tui.serve_form import FIELDS, LABELS, MORE, Form, gpu_words, read_texts
from dsr1_tui.tui.serve_lines import Said, concern_lines, neighbour_choice, styled
from dsr1_tui.tui.tones import BAD
from dsr1_tui.tui.widgets.choice_lines import Choice
from dsr1_tui.tui.widgets.choice_list import ChoiceList
from dsr1_tui.tui.widgets.labelled_input import LabelledInput
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import one_line, shorten

SERVE_COMMANDS: Final[tuple[Command, ...]] = (
    Command(id="serve-go", action="go", title="start", help="Look ahead, then start it; vLLM is installed if need be.",
            area=Area.MODEL, keys=("ctrl+s",), key_label="enter", footer=100),
    Command(id="serve-next", action="next(1)", title="fields", help="The next field.", area=Area.MODEL,
            keys=("down", "tab"), key_label="↑↓", footer=80),
    Command(id="serve-back", action="next(-1)", title="field before", help="The field before.", area=Area.MODEL,
            keys=("up", "shift+tab")),
    replace(CLOSE, id="serve-close", title="back", help="Go back; nothing is started."),
)  # fmt: skip
_USE: Final = "use:"
_PROFILE: Final = "profile:"
_TAKE: Final = "take:"
_ANYWAY: Final = "anyway"
LOOKING: Final = "looking at this machine …"


@dataclass(frozen=True, slots=True)
class Begin:
    """Start this."""

    wish: Wish
    form: Form


@dataclass(frozen=True, slots=True)
class Use:
    """Use a server that is there."""

    neighbour: Neighbour


class ServeDialog(Dialog[Begin | Use | None]):
    """Gives what to start, or what to use."""

    KEYS = SERVE_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SERVE_COMMANDS)]
    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, "../styles/serve.tcss"]

    def __init__(self, ports: BringPorts, config: Config, form: Form | None = None, *, now: float) -> None:
        """`form`: what stands in the fields; `now`: unix seconds, for the ages of servers."""
        super().__init__("Start vLLM here")
        self._ports, self._config, self._now = ports, config, now
        self._edits = form is not None
        start = form or Form.usual(config)
        self._name = start.name
        self._there: tuple[Neighbour, ...] = ()
        self._list = ChoiceList(self._entries(), id="serve-there", beside=True)
        hints = {**FIELDS, MORE: "further flags for vLLM, like --dtype float16"}
        self._fields = {
            name: LabelledInput(LABELS[name], hints[name], text, id=f"serve-{name.replace('_', '-')}")
            for name, text in start.texts.items()
        }
        self._page = TextPage(lambda width: styled(self._said, width), id="serve-page")
        self._said: tuple[Said, ...] = (Said(LOOKING),)
        self._machine: tuple[Said, ...] = self._said
        self._ways = ChoiceList(id="serve-ways", beside=True)
        self._warned: tuple[Concern, ...] = ()
        self._work: Worker[None] | None = None
        self._untouched = True
        self._notes: dict[str, str] = {}
        """What of this machine belongs beside a field."""

    def compose_body(self) -> Iterable[Widget]:
        """What can be taken as it is, the fields, what is to be said, ways on."""
        yield self._list
        yield from self._fields.values()
        yield self._page
        yield self._ways

    def on_mount(self) -> None:
        """Say what it will take; look who is there."""
        self._list.display = bool(self._list.choices)
        self._ways.display = False
        self._fields["model"].focus_input()
        self.run_worker(self._look(), name="look", exit_on_error=False)
        if not self._edits:
            self.run_worker(self._look_around(), name="neighbours", exit_on_error=False)

    async def _look(self) -> None:
        machine = await asyncio.to_thread(self._ports.planner.machine.facts)
        self._notes["gpus"] = gpu_words(machine.gpus)
        self._note("gpus")
        try:
            found = await needs(self._ports.engine)
        except FaultError as error:
            self._machine = (Said(error.fault.message, BAD), Said(error.fault.hint))
        else:
            listens = "It will listen on this machine only, and end with this chat unless you keep it."
            self._machine = (Said(found.sentence), Said(listens))
        if not self._warned:
            self._say(*self._machine)

    async def _look_around(self) -> None:
        port = self._form()[0].said.port
        self._there = await neighbours(self._ports.servers, self._ports.probe, port)
        if self._there:
            self._list.show(self._entries())
            self._list.display = True
            if self._untouched:
                self._list.focus()  # what runs already is what most want

    def _entries(self) -> list[Choice]:
        there = [neighbour_choice(one, f"{_USE}{at}", self._now, key="a" if at == 0 else "")
                 for at, one in enumerate(self._there)]  # fmt: skip
        profiles = [
            Choice(f"{_PROFILE}{name}", one_line(name), one_line(Form.named(self._config, name).texts["model"]))
            for name in self._config.servers
        ]
        return [*there, *profiles]

    # Keys

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in any field."""
        event.stop()
        self.action_go()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was said of other values no longer holds."""
        event.stop()
        self._untouched = False
        if self._warned:
            self._warned = ()
            self._ways.display = False
            self._say(*self._machine)

    def action_next(self, step: int) -> None:
        """Focus another field, list or way on."""
        self._untouched = False
        stops: list[Widget] = [self._list] if self._list.display else []
        stops += [field.input for field in self._fields.values()]
        stops += [self._ways] if self._ways.display else []
        at = next((index for index, stop in enumerate(stops) if stop is self.focused), 0)
        self.set_focus(stops[(at + step) % len(stops)])  # at once: keys that were typed ahead belong there

    def on_choice_list_beyond(self, event: ChoiceList.Beyond) -> None:
        """From the ends of a list on to the fields."""
        event.stop()
        self.action_next(event.step)

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Use a server, fill in a profile, or go on in spite of what was said."""
        event.stop()
        kind, _, what = event.choice.id.partition(":")
        match f"{kind}:" if what else kind:
            case "use:":
                self.give(Use(self._there[int(what)]))
            case "profile:":
                self._fill(Form.named(self._config, what))
                self._fields["model"].focus_input()
            case "take:":
                form, _ = self._form()
                self._fill(replace(form, said=with_changes(form.said, self._warned[int(what)].flags)))
                self._warned, self._ways.display = (), False
                self._fields["model"].focus_input()
                self._check(anyway=False)
            case _:
                self._check(anyway=True)

    def _fill(self, form: Form) -> None:
        self._name = form.name
        for name, text in form.texts.items():
            with self._fields[name].input.prevent(Input.Changed):
                self._fields[name].value = text
            self._note(name)

    # Looking ahead

    def action_go(self) -> None:
        """Look ahead; start where nothing speaks against it."""
        if self._list.has_focus:
            self._list.choose()
        elif self._ways.has_focus and self._ways.display:
            self._ways.choose()
        else:
            self._check(anyway=bool(self._warned))

    def _form(self) -> tuple[Form, dict[str, str]]:
        return read_texts({name: field.value for name, field in self._fields.items()}, self._name)

    def _note(self, name: str, wrong: str = "") -> None:
        """What is wrong with a field, else what there is to know of it."""
        self._fields[name].tell(wrong or self._notes.get(name, ""), error=bool(wrong))

    def _check(self, *, anyway: bool) -> None:
        if self._work is not None and not self._work.is_finished:
            return
        form, wrong = self._form()
        for name in self._fields:
            self._note(name, wrong.get(name, ""))
        if wrong:
            self._fields[next(iter(wrong))].focus_input()
            return
        if not anyway:
            self._say(Said("looking ahead …"))
        self._work = self.run_worker(self._look_ahead(form, anyway=anyway), name="ahead", exit_on_error=False)

    async def _look_ahead(self, form: Form, *, anyway: bool) -> None:
        wish = form.wish(self._config)
        try:
            settled = await asyncio.to_thread(settle_start, self._ports.planner, self._config, wish)
        except FaultError as error:
            self._warned = ()
            self._say(Said(error.fault.message, BAD), Said(error.fault.hint))
            return
        against = tuple(concern for concern in settled.concerns if concern.grade is not Grade.NOTE)
        if anyway or not against:
            self.give(Begin(wish, form))
        else:
            self._warn(against)

    def _warn(self, against: tuple[Concern, ...]) -> None:
        """Say what speaks against it, and offer the changes that would do."""
        self._warned = against
        self._say(*concern_lines(against))
        refused = any(concern.grade is Grade.REFUSAL for concern in against)
        ways = [
            Choice(f"{_TAKE}{at}", shorten(start_words("start", concern.flags), 60))
            for at, concern in enumerate(against)
            if concern.flags
        ]
        ways.append(Choice(_ANYWAY, "try it all the same" if refused else "start anyway"))
        self._ways.show(ways)
        self._ways.display = True
        self._ways.focus()
        self.call_after_refresh(self._ways.scroll_visible, animate=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The outermost edge of the work here: a fault of ours is said in a line."""
        if event.state is WorkerState.ERROR:
            self._say(Said(f"dsr1-chat hit an error of its own ({type(event.worker.error).__name__}).", BAD))

    def _say(self, *lines: Said) -> None:
        self._said = tuple(line for line in lines if line.text)
        self._page.changed()
