"""Runs turns: asks, feeds the transcript at a bounded rate, queues what is sent meanwhile, stops."""

from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Final, Protocol

from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, Continued, GuardTripped, ReasoningDelta, Retrying
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.message import Message, MessageRole
from dsr1_tui.domain.meter import Meter
from dsr1_tui.domain.prompt import additions_to
from dsr1_tui.services.ask import ask
from dsr1_tui.services.connect import Connection
from dsr1_tui.services.hurry import ANEW
from dsr1_tui.services.turn import AskEvent, StopSignal, StoreTroubled, TakeUp, TurnClosed, TurnOpened
from dsr1_tui.tui.live import Live
from dsr1_tui.tui.quiet_gc import QuietGc
from dsr1_tui.tui.session import Session
from dsr1_tui.tui.transcript.message_view import AnswerView, UserView, view_of
from dsr1_tui.tui.transcript.view import TranscriptView

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
_LOST: Final = frozenset({FaultCode.UNREACHABLE, FaultCode.PROXY, FaultCode.STREAM_BROKEN, FaultCode.ENGINE_DIED})


class Timer(Protocol):
    """A repeating timer."""

    def stop(self) -> None:
        """End it."""


class Host(Protocol):
    """What the screen does for its turns."""

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Run a coroutine as a worker."""
        ...

    def every(self, interval_s: float, call: Callable[[], None]) -> Timer:
        """Call something again and again."""
        ...

    def turns_changed(self) -> None:
        """Something about turns changed: busy, thinking, queue."""
        ...

    def store_troubled(self, fault: Fault) -> None:
        """The store cannot be written."""
        ...

    def connection_lost(self) -> None:
        """The endpoint no longer answers."""
        ...


class Turns:
    """The turns of one chat screen, one at a time."""

    def __init__(self, session: Session, transcript: TranscriptView, host: Host, gc: QuietGc) -> None:
        self._session = session
        self._transcript = transcript
        self._host = host
        self._gc = gc
        self._stop: StopSignal | None = None
        self.live: Live | None = None
        self.queue: deque[str] = deque()
        """Questions sent while the model was busy or out of reach."""

    @property
    def busy(self) -> bool:
        """Whether a turn runs."""
        return self._stop is not None

    def submit(self, text: str) -> None:
        """Ask now, or as soon as the model is free."""
        self.queue.append(text)
        self._transcript.follow = True
        self.next()

    def next(self) -> None:
        """Begin the next queued question, if it can be asked."""
        connection = self._session.connection
        if connection is not None and not self.busy and self.queue:
            self._begin(connection, self.queue.popleft())
        self._host.turns_changed()

    def again(self) -> None:
        """Answer the last question once more."""
        connection = self._session.connection
        if connection is not None and not self.busy and self._session.path:
            self._begin(connection, None)

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
        self._stop = StopSignal()
        self._host.start(self._run(connection, text, take_up, self._stop))

    async def _run(
        self, connection: Connection, text: str | None, take_up: tuple[Message, TakeUp] | None, stop: StopSignal
    ) -> None:
        question = replace(self._session.question(connection, text), take_up=take_up)
        if text is None:
            self.show_path(question.path)
        timer = self._host.every(FLUSH_S, self.flush)
        self._gc.begin()
        lost = False
        try:
            async for event in ask(self._session.ports(connection), question, stop):
                self._on(event, asked=text is not None)
                lost = lost or (isinstance(event, TurnClosed) and _is_lost(event.answer.error))
        finally:
            timer.stop()
            self._gc.end()
            self._stop = None
            self.live = None
            if lost:
                self._host.connection_lost()
        self.next()

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
        reasoning, answer = live.take(FLUSH_CHARS)
        view, document = live.view, self._transcript.document
        if reasoning:
            view.feed_reasoning(reasoning)
        begins = bool(answer.strip()) and view.begin_answer()
        made = view.feed_answer(answer) if answer else []
        if made:
            self._transcript.add_sections(view, made, [])
        if begins:
            live.answering = True
            view.show_head(live.meter, self._session.kit.clock.monotonic())
            self._transcript.section_changed(view)
            self._host.turns_changed()
            return
        if reasoning:
            document.changed(document.index_of(view.reasoning))
        document.changed_from_last(len(made) + 1)
        self._transcript.refresh_rows()

    def show_path(self, path: tuple[Message, ...]) -> None:
        """Show a path from its beginning."""
        self._transcript.clear()
        places, rules = self._session.places(), self._session.prompt_rules
        for message in path:
            added = additions_to(message.content, rules) if message.role is MessageRole.USER else ()
            self._transcript.add(view_of(message, places.get(message.id, (1, 1)), added))
        self._transcript.refresh_rows(repaint=True)


def _is_lost(fault: Fault | None) -> bool:
    return fault is not None and fault.code in _LOST
