"""Runs turns: asks, feeds the transcript at a bounded rate, queues what is sent meanwhile, stops."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, Continued, GuardTripped, ReasoningDelta, Retrying
from dsr1_tui.domain.message import Message
from dsr1_tui.domain.meter import Meter
from dsr1_tui.services.ask import Question, ask
from dsr1_tui.services.connect import Connection
from dsr1_tui.services.hurry import ANEW
from dsr1_tui.services.turn import AskEvent, StopSignal, StoreTroubled, TakeUp, TurnClosed, TurnOpened
from dsr1_tui.tui.growing import grow
from dsr1_tui.tui.live import Live
from dsr1_tui.tui.quiet_gc import QuietGc
from dsr1_tui.tui.session import Session
from dsr1_tui.tui.shown_path import ShownPath
from dsr1_tui.tui.transcript.message_view import AnswerView, UserView
from dsr1_tui.tui.transcript.view import TranscriptView
from dsr1_tui.tui.turn_host import Host, is_lost
from dsr1_tui.tui.vote_turn import VoteRun

FLUSH_S: Final = 1 / 20
"""Seconds between flushes: 20 Hz feels the same as 30 and costs less (measured)."""
FLUSH_CHARS: Final = 6000
"""Characters a flush takes at most, about 6 ms of work; the rest waits for the next."""
HEAD_EVERY: Final = 5
"""Flushes between updates of the live figures: 4 a second."""
_SPINNER: Final = "⠋⠙⠸⠴⠦⠇"
_RETRIED: Final = {
    "loop": "asked once more: the first try was repeating itself",
    "empty-thought": "asked once more, the thought begun for it: it had skipped its thinking",
    "prefill-refused": "it answers without thinking, and this server takes no prefill",
}
_ANEW: Final = "asked anew for a short answer: this server has no /v1/completions"


class Turns:
    """The turns of one chat screen, one at a time."""

    def __init__(self, session: Session, transcript: TranscriptView, host: Host, gc: QuietGc) -> None:
        self._session = session
        self._transcript = transcript
        self._host = host
        self._gc = gc
        self._shown = ShownPath(session, transcript, host)
        self.votes = VoteRun(session, transcript, host, gc, self._shown)
        self._stop: StopSignal | None = None
        self.live: Live | None = None
        self.queue: deque[str] = deque()
        """Questions sent while the model was busy or out of reach."""

    @property
    def busy(self) -> bool:
        """Whether a turn runs."""
        return self._stop is not None

    @property
    def streaming(self) -> bool:
        """Whether an answer or a vote stands in the transcript and grows."""
        return self.live is not None or self.votes.view is not None

    def submit(self, text: str) -> None:
        """Ask now, or as soon as the model is free."""
        self.queue.append(text)
        self._transcript.follow = True
        self.next()

    def next(self) -> None:
        """Begin the next queued question, if it can be asked."""
        connection = self._session.connection
        if connection is not None and not self.busy and self.queue:
            text = self.queue.popleft()
            if self._session.samples > 1:
                self._vote(connection, self._session.question(connection, text), self._session.samples)
            else:
                self._begin(connection, text)
        self._host.turns_changed()

    def again(self) -> None:
        """Answer the last question once more."""
        connection = self._session.connection
        if connection is not None and not self.busy and self._session.path:
            self._begin(connection, None)

    def vote(self, samples: int, text: str | None, at: Message | None = None) -> None:
        """Ask with a vote: a question of its own, else the one that `at` is or answers, else the path's last again."""
        connection = self._session.connection
        if connection is None or self.busy:
            return
        question = self._session.question(connection, text, at)
        if text is not None or question.path:
            self._vote(connection, question, samples)

    def take_up(self, answer: Message, how: TakeUp) -> None:
        """Go on with the path's last answer, which was cut off."""
        connection = self._session.connection
        if connection is not None and not self.busy:
            self._begin(connection, None, (answer, how))

    def stop(self) -> bool:
        """Stop the running turn; whether one ran."""
        if self._stop is None:
            return False
        self._stop.stop()
        return True

    def answer_now(self) -> bool:
        """Close the thought and have it answer; whether there was one to close."""
        if self._stop is None or self.live is None or self.live.answering:
            return False
        self._stop.hurry()
        return True

    def apply_now(self) -> bool:
        """Draw the rest of the running answer with the settings as they are now; whether one runs."""
        if self._stop is None or self.live is None:
            return False
        self._stop.apply(self._session.sampling())
        return True

    def _begin(self, connection: Connection, text: str | None, take_up: tuple[Message, TakeUp] | None = None) -> None:
        question = replace(self._session.question(connection, text), take_up=take_up)
        self._start(lambda stop: self._run(connection, question, stop))

    def _vote(self, connection: Connection, question: Question, samples: int) -> None:
        self._start(lambda stop: self.votes.run(connection, question, samples, stop))

    def _start(self, turn: Callable[[StopSignal], Awaitable[bool]]) -> None:
        """Run a turn; it says whether the connection was lost by it."""
        stop = self._stop = StopSignal()

        async def work() -> None:
            lost = False
            self._gc.begin()
            try:
                lost = await turn(stop)
            finally:
                self._gc.end()
                self._stop = None
                self.live = None
                if lost:
                    self._host.connection_lost()
            self.next()

        self._host.start(work())

    async def _run(self, connection: Connection, question: Question, stop: StopSignal) -> bool:
        if question.text is None:
            self.show_path(question.path)
        timer = self._host.every(FLUSH_S, self.flush)
        lost = False
        try:
            async for event in ask(self._session.ports(connection), question, stop):
                self._on(event, asked=question.text is not None)
                lost = lost or (isinstance(event, TurnClosed) and is_lost(event.answer.error))
        finally:
            timer.stop()
        return lost

    def _on(self, event: AskEvent, *, asked: bool) -> None:
        match event:
            case ReasoningDelta() | AnswerDelta():
                if self.live is not None:
                    self.live.meter.feed(event)
                    self.live.pending.append((isinstance(event, ReasoningDelta), event.text))
            case TurnOpened():
                self._opened(event, asked=asked)
            case TurnClosed(answer, stored):
                self._closed(answer, stored=stored)
            case StoreTroubled(fault):
                self._host.store_troubled(fault)
            case _:
                self._other(event)

    def _other(self, event: AnswerEvent) -> None:
        live = self.live
        if live is None:
            return
        live.meter.feed(event)
        match event:
            case GuardTripped(level=level, detail=detail) if detail:
                self._remark(live.view, f"↻ {detail}" if level == "loop" else "↻ may be repeating itself")
            case Continued(cause=cause) if cause == ANEW:
                self._remark(live.view, _ANEW)
            case Retrying(cause=cause):
                live.pending.clear()
                self.show_path(self._session.path[:-1])
                self._add_answer(live.view.message, live.meter)
                if self.live is not None:
                    self._remark(self.live.view, _RETRIED.get(cause, "asked once more"))
            case _:
                pass

    def _remark(self, view: AnswerView, words: str) -> None:
        view.remark.reset(words, 0)
        self._transcript.section_changed(view)

    def _opened(self, event: TurnOpened, *, asked: bool) -> None:
        self._session.opened(event.conversation, event.user, event.answer)
        if asked:
            self._transcript.add(UserView(event.user, event.additions))
        self._add_answer(event.answer, Meter.taking_up(event.answer.usage, self._session.kit.clock.monotonic()))
        self._host.turns_changed()

    def _add_answer(self, answer: Message, meter: Meter) -> None:
        # What it holds already is fed like the rest: the view's own message is what stands when it ends.
        view = AnswerView(replace(answer, reasoning="", content=""), self._session.places().get(answer.id, (1, 1)))
        self._shown.add_grid(answer)
        view.budget = self._session.guards.budget_tokens
        self.live = Live(view, meter)
        view.show_head(meter, 0.0, _SPINNER[0])
        self._transcript.add(view)
        self._transcript.follow = True
        held = [(True, answer.reasoning), (False, answer.content)]
        self.live.pending.extend((thought, text) for thought, text in held if text)
        while self.live.pending:
            self._flush_text(self.live)
        self._transcript.refresh_rows()

    def _closed(self, answer: Message, *, stored: bool) -> None:
        self._session.closed(answer, stored=stored)
        live = self.live
        if live is None:
            return
        while live.pending:
            self._flush_text(live)
        view = live.view
        before, after = view.close(answer)
        self._transcript.add_sections(view, before, after)
        self._transcript.section_changed(view)
        self._shown.changed(answer)
        self._host.turns_changed()

    def flush(self) -> None:
        """Show what has come since the last flush."""
        live = self.live
        if live is None:
            return
        live.flushes += 1
        heading = live.flushes % HEAD_EVERY == 0
        if heading:
            spinner = _SPINNER[live.flushes // HEAD_EVERY % len(_SPINNER)]
            live.view.show_head(live.meter, self._session.kit.clock.monotonic(), spinner)
            self._gc.tick()
        if live.pending:
            self._flush_text(live)
        elif heading:
            self._transcript.refresh_rows()

    def _flush_text(self, live: Live) -> None:
        if grow(self._transcript, live.view, *live.take(FLUSH_CHARS)):
            live.answering = True
            live.view.show_head(live.meter, self._session.kit.clock.monotonic())
            self._transcript.section_changed(live.view)
            self._host.turns_changed()

    def show_path(self, path: tuple[Message, ...]) -> None:
        """Show a path from its beginning."""
        self._shown.show(path)
