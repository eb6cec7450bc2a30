"""What `ask` tells its front end beside the model's own events, and how a front end stops it."""

import asyncio
from dataclasses import dataclass, field

from dsr1_tui.domain.events import AnswerEvent, FinishReason
from dsr1_tui.domain.fault import Fault
from dsr1_tui.domain.message import Conversation, Message


@dataclass(frozen=True, slots=True)
class TurnOpened:
    """First event: the question is kept and the request goes out."""

    conversation: Conversation
    user: Message
    answer: Message
    """The empty answer that now streams."""


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


AskEvent = TurnOpened | AnswerEvent | StoreTroubled | TurnClosed


@dataclass(slots=True)
class StopSignal:
    """Ends a turn gently: what has come is kept, and the server is told by closing the stream."""

    reason: FinishReason | None = None
    _wake: list[asyncio.Event] = field(default_factory=list)

    def stop(self, reason: FinishReason = FinishReason.STOPPED) -> None:
        """Ask for the end; safe to call twice, the first reason stands."""
        if self.reason is None:
            self.reason = reason
            for event in self._wake:
                event.set()

    def wakes(self, event: asyncio.Event) -> None:
        """Have `event` set when the end is asked for."""
        self._wake.append(event)
        if self.reason is not None:
            event.set()
