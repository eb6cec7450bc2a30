"""The chat: header, transcript, composer, footer; wires keys and events to the parts that do the work."""

from collections.abc import Callable, Coroutine
from pathlib import PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.message import Message
from dsr1_tui.domain.target import Target
from dsr1_tui.tui.command import bindings
from dsr1_tui.tui.commands import COMMANDS
from dsr1_tui.tui.later import Later
from dsr1_tui.tui.link import Link, Phase
from dsr1_tui.tui.quiet_gc import QuietGc
from dsr1_tui.tui.screens.chat_answer import AnswerActions
from dsr1_tui.tui.screens.chat_context import ContextActions
from dsr1_tui.tui.screens.chat_doctor import DoctorActions
from dsr1_tui.tui.screens.chat_messages import MessageActions
from dsr1_tui.tui.screens.chat_panel import PanelActions
from dsr1_tui.tui.screens.chat_rooms import RoomActions
from dsr1_tui.tui.screens.chat_server import ServerActions
from dsr1_tui.tui.screens.chat_steer import SteerActions
from dsr1_tui.tui.screens.chat_typing import TypingActions
from dsr1_tui.tui.screens.chat_vote import VoteActions
from dsr1_tui.tui.session import Session
from dsr1_tui.tui.transcript.notice import NoticeView
from dsr1_tui.tui.transcript.view import TranscriptView
from dsr1_tui.tui.tunnel import open_tunnel
from dsr1_tui.tui.turns import Turns
from dsr1_tui.tui.widgets.composer import Composer
from dsr1_tui.tui.widgets.hint_line import HintLine
from dsr1_tui.tui.widgets.key_bar import KeyBar
from dsr1_tui.tui.widgets.status_bar import BarState, LinkState, StatusBar

IDLE_S = 4.0
"""Seconds without a key and without a stream after which garbage is collected."""
_HINT = "enter send · ctrl+j newline"
_NARROW = 100


class ChatScreen(
    AnswerActions,
    ContextActions,
    DoctorActions,
    MessageActions,
    RoomActions,
    PanelActions,
    ServerActions,
    SteerActions,
    TypingActions,
    VoteActions,
    Screen[None],
):
    """One conversation with one model."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(c for c in COMMANDS if c.priority)]
    AUTO_FOCUS = "#composer"
    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = [
        "../styles/bars.tcss",
        "../styles/chat.tcss",
        "../styles/panel.tcss",
    ]

    def __init__(self, session: Session, target: Target | None, *, demo: bool = False) -> None:
        super().__init__()
        self.session = session
        self.demo = demo
        self._first_target = target
        self.transcript = TranscriptView(id="transcript")
        self.composer = Composer(id="composer")
        self.hint = HintLine(id="hint")
        self.bar = StatusBar(id="bar")
        self.keys = KeyBar(id="keys")
        self.gc = QuietGc()
        self.turns = Turns(session, self.transcript, self, self.gc)
        self.link = Link(session, self)

    def compose(self) -> ComposeResult:
        """Header, body, composer, hints, footer."""
        yield self.bar
        with Horizontal(id="body"):
            yield self.transcript
        with Horizontal(id="ask"):
            yield Static(Content("❯ "), id="prompt")
            yield self.composer
        yield self.hint
        yield self.keys

    def on_mount(self) -> None:
        """Paint first; everything slow comes after."""
        self.show_state()
        self.hint.stand(_HINT, anew=True)
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        if self._first_target is not None:
            self.connect_to(self._first_target)
        self.run_worker(self.session.kit.warm_up(), exit_on_error=False)
        self.run_worker(self._wake_store(), exit_on_error=False)
        self.set_timer(IDLE_S, self._settle_if_idle)

    async def _wake_store(self) -> None:
        """Bring back what an earlier crash left, then open what was asked for."""
        try:
            await self.session.kit.messages.recover()
            if self.session.launch.resume is not None:
                conversation_id = await self.session.kit.conversations.find(self.session.launch.resume)
                await self.open_conversation(conversation_id)
        except FaultError as error:
            self.notice(error.fault)

    def connect_to(self, target: Target) -> None:
        """Connect to a target from now on."""
        work = Later(lambda: self.link.keep(target))
        self.run_worker(work, name="link", group="link", exclusive=True, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The outermost edge of all background work: a fault of ours is said in a line, and the chat goes on."""
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            self.log.error(error)
            what = f"dsr1-chat hit an error of its own ({type(error).__name__})."
            self.notice(Fault(FaultCode.INTERNAL, what, "Please report it; DSR1_DEBUG=1 keeps the details."))
            self.turns_changed()

    # What turns and link ask of their host

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Run a turn as a worker."""
        self.run_worker(work, name="turn", group="turn", exit_on_error=False)

    def every(self, interval_s: float, call: Callable[[], None]) -> Timer:
        """A repeating timer."""
        return self.set_interval(interval_s, call)

    def turns_changed(self) -> None:
        """Bring header, hints and footer in line."""
        self.show_state()
        self.show_hint(anew=not self.turns.busy or self.turns.streaming)
        if not self.turns.busy:
            self.measure_soon()
            self.set_timer(IDLE_S, self._settle_if_idle)

    def _settle_if_idle(self) -> None:
        """Collect garbage, a tenth of a second's stall, only when nobody would feel it."""
        if self.turns.busy:
            return
        if self.composer.idle_since(self.session.kit.clock.monotonic()) < IDLE_S:
            self.set_timer(IDLE_S, self._settle_if_idle)
        else:
            self.gc.settle()

    def store_troubled(self, fault: Fault) -> None:
        """Say it once, where it will be read."""
        self.notice(fault)

    def connection_lost(self) -> None:
        """A turn found the server gone."""
        self.server_lost()
        self.link.lost()

    def link_changed(self) -> None:
        """The connection came, went or changed."""
        self.panel_changed()
        if self.link.phase is Phase.READY:
            if self.turns.queue:
                self.turns.next()
            self.run_worker(Later(self.probe), group="probe", exclusive=True, exit_on_error=False)
            self.watch_server()
            self.measure_soon()
        self.show_state()
        self.show_hint()

    def link_failed(self, fault: Fault) -> None:
        """Stand where it happened, until read."""
        self.notice(fault)

    def open_tunnel(self, target: Target) -> Target:
        """Give the terminal to ssh meanwhile."""
        return open_tunnel(self.app, self.session.kit.tunnels, target)

    # State in words

    def notice(self, fault: Fault) -> None:
        """An error in the transcript."""
        view = NoticeView(fault)
        if not self.turns.streaming:
            self.transcript.add(view)
            self.transcript.to_end()
        else:
            self.hint.show(fault.line, warn=True)

    def show_state(self) -> None:
        """Header and footer."""
        connection, target = self.session.connection, self.link.target or self._first_target
        model = connection.model if connection is not None else None
        self.bar.show(
            BarState(
                model=model.id if model is not None else (target.model or "" if target is not None else ""),
                endpoint=target.label if target is not None else "",
                state=self._state(),
                room=self.session.room,
                note="recorded answers" if self.demo else "",
            )
        )
        self.show_keys()

    def show_keys(self) -> None:
        """The footer: what keys do at this moment."""
        if self.panel is not None and self.panel.has_focus_within:
            self.keys.show(self.panel_commands())
            return
        live = self.turns.live
        hidden = {"stop"} if not self.turns.busy else set()
        cut_off = self.cut_off
        if (live is None or live.answering) and (cut_off is None or cut_off.boxed is not None):
            hidden.add("answer-now")
        if cut_off is None or self.continuable is False:
            hidden.add("continue")
        dimmed = {"answer-now": "asks anew"} if self.continuable is False else {}
        self.keys.show([command for command in COMMANDS if command.id not in hidden], dimmed)

    def on_descendant_focus(self) -> None:
        """The footer follows the focus."""
        self.show_keys()

    def _state(self) -> LinkState:
        live = self.turns.live
        if live is not None:
            return LinkState.ANSWERING if live.answering else LinkState.THINKING
        if (board := self.turns.votes.board) is not None:
            return LinkState.ANSWERING if board.answering else LinkState.THINKING
        match self.link.phase:
            case Phase.READY:
                return LinkState.READY
            case Phase.LOST:
                return LinkState.LOST
            case Phase.REFUSED:
                return LinkState.FAILED
            case Phase.NONE | Phase.CONNECTING:
                return LinkState.CONNECTING

    def show_hint(self, *, anew: bool = False) -> None:
        """The line under the composer; what was said there stays until something happens (`anew`)."""
        queue = self.turns.queue
        if queue:
            why = "after this answer" if self.turns.busy else "when the server is there"
            more = f" and {len(queue) - 1} more" if len(queue) > 1 else ""
            first = " ".join(queue[0].split())
            self.hint.stand(f"queued{more}, sent {why}: {first}", anew=anew)
        else:
            self.hint.stand(self.cut_off_hint or self.vote_hint or _HINT, anew=anew)

    def on_key_bar_chosen(self, event: KeyBar.Chosen) -> None:
        """A click in the footer."""
        self.run_worker(self.run_action(event.command.action), exit_on_error=False)

    def on_document_view_behind(self, event: TranscriptView.Behind) -> None:
        """Say that there is more below."""
        self.hint.mark("↓ new" if event.behind and self.turns.busy else "↓" if event.behind else "")

    def on_transcript_view_left(self) -> None:
        """Back to typing."""
        self.composer.focus()

    # Plain actions

    def action_stop(self) -> None:
        """Escape: leave the panel or the messages; else stop; else take back what is queued."""
        if self.panel is not None and self.panel.has_focus_within:
            self.panel.escape()
        elif self.focused is not self.composer:
            self.composer.focus()
        elif self.turns.stop():
            self.hint.show("stopping …")
        elif self.turns.queue:
            self.composer.text = self.turns.queue.pop()
            self.show_hint()

    def action_palette(self) -> None:
        """The command palette."""
        self.app.action_command_palette()

    async def action_leave(self) -> None:
        """Quit."""
        await self.app.action_quit()

    def current_answer(self) -> Message | None:
        """The last answer of the path."""
        path = self.session.path
        return path[-1] if path else None
