"""The Textual app. It paints a first frame before anything else is imported, then loads the chat behind it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from dsr1_tui.domain.fault import FaultError

if TYPE_CHECKING:
    from dsr1_tui.domain.server.record import ServerRecord
    from dsr1_tui.services.kit import Kit, Launch
    from dsr1_tui.tui.flow import Flow

    Prepare = Callable[[], tuple[Kit, Launch]]

DOUBLE_S = 2.0
"""Seconds within which a second ctrl+c quits."""


class FirstFrame(Widget):
    """What stands where the chat will stand, for the fifth of a second until it is loaded."""

    DEFAULT_CSS = "FirstFrame { width: 1fr; height: 1fr; }"

    bare = reactive(default=False)
    """Whether it is no chat that comes: then it asks for nothing, behind the dialogs that stand on it."""

    def render(self) -> Content:
        """Header at the top, prompt at the bottom, where they will be."""
        head = Content.assemble((" dsr1-chat", "$foreground-muted"))
        if self.bare:
            return head
        rows = max(self.size.height - 4, 1)
        prompt = Content.assemble((" ❯ ", "$text-primary"), ("Ask something, or / for commands", "$foreground-muted"))
        hint = Content.assemble(("   enter send · ctrl+j newline", "$foreground-muted"))
        return Content("\n").join([head, *[Content("")] * rows, prompt, hint])


def _palette() -> "type[Provider]":
    from dsr1_tui.tui.palette import ChatCommands  # noqa: PLC0415  only when the palette is opened

    return ChatCommands


class ChatApp(App[None]):
    """dsr1-chat."""

    TITLE = "dsr1-chat"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_palette}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "stop or quit", show=False, priority=True),
        Binding("ctrl+q", "quit", "quit", show=False, priority=True),
    ]

    def __init__(self, prepare: "Prepare") -> None:
        super().__init__()
        self._prepare = prepare
        self.flow: Flow | None = None
        """The screens and their order; set once loaded."""
        self.failure: FaultError | None = None
        """Why the chat could not begin."""
        self.crash: Exception | None = None
        """A fault of our own that ended it."""
        self._early: list[events.Key] = []
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        """The first frame."""
        yield FirstFrame()

    def on_mount(self) -> None:
        """Load once the first frame is out."""
        self.call_after_refresh(self._load)

    def _load(self) -> None:
        try:
            kit, launch = self._prepare()
        except FaultError as error:
            self.failure = error
            self.exit(return_code=int(error.fault.exit_code))
            return
        from dsr1_tui.tui.flow import Flow  # noqa: PLC0415  after the first frame, on purpose

        self.query_one(FirstFrame).bare = launch.target is None and not launch.demo
        self.flow = Flow(self, kit, launch)
        self.flow.begin(self._early)

    def on_key(self, event: events.Key) -> None:
        """Keys typed before the composer is there are handed to it later."""
        if self.flow is None:
            self._early.append(event)

    def action_interrupt(self) -> None:
        """ctrl+c: copy a selection, else stop the answer, else (twice) quit."""
        if self.flow is None:
            self.exit()
        else:
            self.flow.interrupt()

    async def action_quit(self) -> None:
        """Leave; servers that this run started are asked about."""
        if self.flow is None:
            self.exit()
        else:
            self.flow.leave()

    def copy_to_clipboard(self, text: str) -> None:
        """Textual's own copying (a mouse selection, the composer) goes our way too."""
        self._clipboard = text
        if self.flow is not None:
            self.run_worker(self.flow.kit.clipboard.copy(text), exit_on_error=False)

    def _handle_exception(self, error: Exception) -> None:
        """A fault of our own ends the app; the command line says so in a line, once the terminal is back."""
        if self.crash is None:
            self.crash = error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        if self.is_headless:
            super()._fatal_error()  # under test the traceback is what one wants to see
        else:
            self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        """Close what was opened."""
        if self.flow is not None:
            await self.flow.aclose()


@dataclass(frozen=True, slots=True)
class Left:
    """What there is to say once the chat is left."""

    code: int
    """The exit code."""
    resumable: str | None = None
    """The conversation to come back to."""
    kept: "tuple[ServerRecord, ...]" = ()
    """Servers that run on."""


def run_chat(prepare: "Prepare") -> Left:
    """Run the chat until the user leaves.

    `prepare` is called once the first frame is painted.

    Raises:
        Exception: what `prepare` raised or a fault of our own, after the terminal is back as it was.
    """
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    app = ChatApp(prepare)
    app.run()
    if (ended_by := app.failure or app.crash) is not None:
        raise ended_by
    if app.flow is None:
        return Left(app.return_code or 0)
    return Left(app.return_code or 0, app.flow.resumable, app.flow.kept)
