"""What `ask` tells its front end beside the model's own events, and how a front end steers a running turn."""

import asyncio
from dataclasses import dataclass, field
from enum import Enum, auto

from dsr1_tui.domain.events import AnswerEvent, FinishReason
from dsr1_tui.domain.fault import Fault
from dsr1_tui.domain.message import Conversation, Message
from dsr1_tui.domain.prompt_parts import Addition
from dsr1_tui.domain.sampling import Sampling


@dataclass(frozen=True, slots=True)
class TurnOpened:
    """First event: the question is kept and the request goes out."""

    conversation: Conversation
    user: Message
    answer: Message
    """The empty answer that now streams."""
    additions: tuple[Addition, ...] = ()
    """What goes with the question and was not typed."""


@dataclass(frozen=True, slots=True)
class StoreTroubled:
    """The store cannot be written; the answer goes on, and is kept in memory until the end."""

    error: Fault


@dataclass(frozen=True, slots=True)
class TurnClosed:
    """Last event: the answer as it is kept."""

    answer: Message
    stored: bool
    """False where the store refused it to the last."""


class TakeUp(Enum):
    """How an answer that was cut off is taken up."""

    CONTINUE = auto()
    """It goes on where it ended, in its thought or its answer."""
    ANSWER = auto()
    """Its thought is closed, and it answers from what it has."""


AskEvent = TurnOpened | AnswerEvent | StoreTroubled | TurnClosed


@dataclass(slots=True)
class StopSignal:
    """Steers a turn from outside: ends it gently (what has come is kept), or has it answer now."""

    reason: FinishReason | None = None
    answer_now: bool = False
    """Whether the thought is to be closed and the answer asked for."""
    sampling: Sampling | None = None
    """What the rest of the answer is to be drawn with."""
    _wake: list[asyncio.Event] = field(default_factory=list)

    def stop(self, reason: FinishReason = FinishReason.STOPPED) -> None:
        """Ask for the end; safe to call twice, the first reason stands."""
        if self.reason is None:
            self.reason = reason
            self._woken()

    def hurry(self) -> None:
        """Ask for the answer now; without meaning once the answer has begun."""
        self.answer_now = True
        self._woken()

    def apply(self, sampling: Sampling) -> None:
        """Ask for the rest of the answer under other settings, where the endpoint can take it up."""
        self.sampling = sampling
        self._woken()

    def wakes(self, event: asyncio.Event) -> None:
        """Have `event` set when something is asked for."""
        self._wake.append(event)
        if self.reason is not None or self.answer_now or self.sampling is not None:
            event.set()

    def _woken(self) -> None:
        for event in self._wake:
            event.set()
