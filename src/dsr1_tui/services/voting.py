"""The streams of a vote: how the samples are asked for, what guards make of each, and when they are all ended."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from dsr1_tui.domain.events import AnswerEvent, Failed, Finished, FinishReason, ReasoningDelta, UsageTick
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.guards import Act, Guards, Order
from dsr1_tui.domain.message import Message
from dsr1_tui.domain.request import ChatRequest
from dsr1_tui.domain.steering import GuardRules
from dsr1_tui.domain.vote.ballot import ballot_of
from dsr1_tui.domain.vote.ways import AT_ONCE, Way, next_way, requests_of
from dsr1_tui.ports import Clock, Endpoint
from dsr1_tui.services.asking import TICK_S, Tick
from dsr1_tui.services.draft import Draft
from dsr1_tui.services.fan import Fan
from dsr1_tui.services.teller import Teller
from dsr1_tui.services.turn import StopSignal
from dsr1_tui.services.vote_turn import BallotCast

_HOPELESS: Final = frozenset(
    {
        FaultCode.UNREACHABLE,
        FaultCode.PROXY,
        FaultCode.NOT_AN_API,
        FaultCode.UNAUTHORIZED,
        FaultCode.MODEL_NOT_FOUND,
        FaultCode.CONTEXT_OVERFLOW,
        FaultCode.REFUSED,
    }
)
"""What befalls each request alike: those that were not sent yet are not sent."""


@dataclass(slots=True)
class Voting:
    """One vote; iterate over `events` once."""

    endpoint: Endpoint
    clock: Clock
    request: ChatRequest
    way: Way
    rules: GuardRules
    """What watches each sample (`ways.sample_guards`)."""
    drafts: list[Draft]
    signal: StopSignal
    teller: Teller
    begun: str = ""
    """The thought's first words, where they are sent with the prompt."""
    refusal: Fault | None = None
    """Why the request is not sent at all."""
    final: dict[int, Message] = field(default_factory=dict)
    """The samples that have ended, as they are to be kept."""
    prompt_tokens: int | None = None
    """Of the one request of all samples, once it is known: from vLLM with the first chunk, from others at the end."""
    _guards: list[Guards] = field(default_factory=list)
    _sent: set[int] = field(default_factory=set)
    _fan: Fan | None = None
    _next: Way | None = None

    async def events(self) -> AsyncGenerator[AnswerEvent | BallotCast | Tick, None]:
        """All events, each draft fed with its own; ends when every sample has ended and is counted."""
        for first in self._first():
            yield first
        while self._open:
            async with aclosing(self._round()) as events:
                async for event in events:
                    yield event
            self.way, self._next = self._next or self.way, None
        yield Tick.TICK  # all is kept before the last comparisons, which may take seconds
        await self.teller.settle()
        while (cast := self.teller.take()) is not None:
            yield cast

    async def _round(self) -> AsyncGenerator[AnswerEvent | BallotCast | Tick, None]:
        """The samples asked for in one way, until all have ended or another way is to be tried (`_next`)."""
        self._guards = [Guards(self.rules, may_retry=False) for _ in self.drafts]
        fan = self._fan = self._opened()
        self.signal.wakes(fan.wake)
        self.teller.wakes(fan.wake)
        due = self.clock.monotonic() + TICK_S
        try:
            while self._goes_on():
                await fan.wait(TICK_S)
                while self._goes_on() and (item := fan.take()) is not None:
                    for event in self._taken(*item):
                        yield event
                while (cast := self.teller.take()) is not None:
                    yield cast
                for event in self._over(fan):
                    yield event
                if self._open and self.clock.monotonic() >= due:
                    due = self.clock.monotonic() + TICK_S
                    yield Tick.TICK
        finally:
            await fan.close()

    def _goes_on(self) -> bool:
        return self._open and self._next is None

    @property
    def _open(self) -> bool:
        return len(self.final) < len(self.drafts)

    def _first(self) -> Iterator[AnswerEvent]:
        """What goes before anything is sent."""
        now = self.clock.monotonic()
        for sample in range(len(self.drafts)):
            if self.refusal is not None:
                yield self._fed(Failed(sample=sample, error=self.refusal, at=now))
            elif self.begun:
                yield self._fed(ReasoningDelta(sample=sample, text=self.begun, tokens=0, exact=True, at=now))

    def _opened(self) -> Fan:
        requests = requests_of(self.way, self.request, len(self.drafts))
        openers = [partial(self._stream, at, request) for at, request in enumerate(requests)]
        self._sent.clear()
        return Fan(openers, AT_ONCE)

    def _stream(self, at: int, request: ChatRequest) -> AsyncGenerator[AnswerEvent, None]:
        """Send a request: its samples' clocks begin now."""
        samples = [at] if self.way is Way.APART else range(len(self.drafts))
        now = self.clock.monotonic()
        for sample in samples:
            self._sent.add(sample)
            self.drafts[sample].meter.sent_at = now
        return self.endpoint.stream(request)

    def _taken(self, at: int, event: AnswerEvent) -> Iterator[AnswerEvent]:
        """An event of stream `at`, and what follows from it."""
        if self.way is Way.APART:
            event = replace(event, sample=at) if at else event
        elif isinstance(event, UsageTick):
            self.prompt_tokens = event.prompt_tokens
            yield event
            return
        draft = self.drafts[event.sample]
        if draft.ending is not None:
            return
        if isinstance(event, Failed) and not self._has_begun:
            self._next = next_way(self.way, event.error)
            if self._next is not None:
                return
        yield self._fed(event)
        order = self._guards[event.sample].feed(event)
        if order is not None:
            yield from self._obeyed(event.sample, order)
        if isinstance(event, Failed) and event.error.code in _HOPELESS:
            for sample in sorted(set(range(len(self.drafts))) - self._sent - self.final.keys()):
                yield self._fed(replace(event, sample=sample))

    @property
    def _has_begun(self) -> bool:
        """Whether a sample has said something or ended."""
        return bool(self.final) or any(draft.meter.first_at is not None for draft in self.drafts)

    def _fed(self, event: AnswerEvent) -> AnswerEvent:
        """Take an event into its draft; a last one closes it and casts its ballot."""
        draft = self.drafts[event.sample]
        draft.feed(event)
        if draft.ending is not None:
            if draft.meter.prompt_tokens is None:
                draft.meter.prompt_tokens = self.prompt_tokens
            message = self.final[event.sample] = draft.closed(self.clock)
            ballot = ballot_of(event.sample, message)
            assert ballot is not None, "a closed draft does not stream"
            self.teller.cast(ballot)
            if self._fan is not None and self.way is Way.APART:
                self._fan.drop(event.sample)
        return event

    def _obeyed(self, sample: int, order: Order) -> Iterator[AnswerEvent]:
        """Say what a guard noticed, and end the sample where it is not only told."""
        ends = order.act is not Act.TELL
        action = Act.STOP.name.lower() if ends else order.tripped.action
        yield self._fed(replace(order.tripped, sample=sample, action=action))
        if ends:
            yield self._fed(Finished(sample=sample, reason=order.reason, at=order.tripped.at))

    def _over(self, fan: Fan) -> Iterator[AnswerEvent]:
        """End what runs: the user stopped it, the leader cannot be caught, or the streams are gone."""
        tally = self.teller.tally
        if self._next is not None:
            return
        if self.signal.reason is not None:
            reason = self.signal.reason
        elif tally.decided(tally.asked - tally.counted):
            reason = FinishReason.CANCELLED
        elif fan.ended:
            reason = FinishReason.INTERRUPTED
        else:
            return
        now = self.clock.monotonic()
        for sample, draft in enumerate(self.drafts):
            if draft.ending is None:
                yield self._fed(Finished(sample=sample, reason=reason, at=now))
