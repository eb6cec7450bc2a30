"""Start vLLM on this machine from the start screen: what it takes, how far it is, why it failed."""

import asyncio
from collections.abc import Iterable
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker, WorkerCancelled, WorkerFailed, WorkerState

from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.server.profile import DEFAULT_MODEL
from dsr1_tui.domain.target import Target
from dsr1_tui.services.bring_up import Doing, Ready, bring_up, needs
from dsr1_tui.services.kit import Kit
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.screens.dialog import CLOSE, Dialog
from dsr1_tui.tui.tones import ACCENT, BAD, DIM
from dsr1_tui.tui.widgets.labelled_input import LabelledInput
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.words import folded, one_line

SERVE_COMMANDS: Final[tuple[Command, ...]] = (
    Command(id="serve-go", action="go", title="start", help="Install vLLM if need be, and start it.", area=Area.MODEL,
            key_label="enter", footer=100),
    replace(CLOSE, id="serve-close", title="stop and go back", help="Stop what runs and go back."),
)  # fmt: skip


class ServeScreen(Dialog[Target | None]):
    """Gives where the started server answers, or `None`."""

    KEYS = SERVE_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SERVE_COMMANDS)]

    def __init__(self, kit: Kit) -> None:
        super().__init__("Start vLLM here")
        self._kit = kit
        self._model = LabelledInput("model", "a folder or a hub name", DEFAULT_MODEL, id="serve-model")
        self._page = TextPage(self._lines, id="serve-page")
        self._said: tuple[tuple[str, str], ...] = (("looking at this machine …", DIM),)
        self._at_work = False
        self._work: Worker[None] | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The model, then what is going on."""
        yield self._model
        yield self._page

    def on_mount(self) -> None:
        """Say what it will take."""
        self._model.focus_input()
        self.run_worker(self._look(), name="look", exit_on_error=False)

    async def _look(self) -> None:
        try:
            found = await needs(self._kit.find_engine())
        except FaultError as error:
            self._say((error.fault.message, BAD), (error.fault.hint, DIM))
        else:
            self._say((found.sentence, DIM), ("It will listen on this machine only, and end with this chat.", DIM))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field."""
        event.stop()
        self.action_go()

    def action_go(self) -> None:
        """Begin, unless it runs."""
        model = self._model.value.strip()
        if not model:
            self._model.tell("A folder with a model, or its name on the hub.", error=True)
        elif not self._at_work:
            self._at_work = True
            self._model.tell("")
            self._work = self.run_worker(self._bring_up(model), name="serve", exit_on_error=False)

    async def _bring_up(self, model: str) -> None:
        kit = self._kit
        try:
            config = await asyncio.to_thread(kit.config_file.load)
            bringing = bring_up(kit.find_engine(), kit.find_servers(), kit.find_planner(), config, model)
            async with aclosing(bringing) as events:
                async for event in events:
                    match event:
                        case Doing(what, detail):
                            self._say((what, ACCENT), (detail, DIM))
                        case Ready(target):
                            self.give(target)
                            return
        except FaultError as error:
            self._say((error.fault.message, BAD), (error.fault.hint, DIM), ("enter tries again", DIM))
        finally:
            self._at_work = False

    async def _stop(self) -> None:
        if self._work is not None:
            self._work.cancel()
            with suppress(WorkerCancelled, WorkerFailed):
                await self._work.wait()  # its last act is to end the server
        self.give(None)

    def action_close(self) -> None:
        """Stop what runs, then go back."""
        if self._at_work:
            self._say(("stopping …", DIM))
            self.run_worker(self._stop(), name="stop", exit_on_error=False)
        else:
            self.give(None)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The outermost edge of the work here: a fault of ours is said in a line."""
        if event.state is WorkerState.ERROR:
            self._say((f"dsr1-chat hit an error of its own ({type(event.worker.error).__name__}).", BAD))

    def _say(self, *lines: tuple[str, str]) -> None:
        self._said = tuple((one_line(text), tone) for text, tone in lines if text)
        self._page.changed()

    def _lines(self, width: int) -> list[Content]:
        return [Content.styled(line, tone) for text, tone in self._said for line in folded(text, width)]
