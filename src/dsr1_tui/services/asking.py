"""The streams of one answer: the request, and what guards or the user make of it while it streams."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from dsr1_tui.domain.events import (
    AnswerDelta,
    AnswerEvent,
    Continued,
    Failed,
    Finished,
    GuardTripped,
    ReasoningDelta,
    Retrying,
)
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.guards import Act, Guards, Order
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.prompt import is_empty_thought
from dsr1_tui.domain.prompt_parts import Prompt
from dsr1_tui.domain.request import ChatRequest, PromptMessage
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.steering import GuardRules
from dsr1_tui.ports import Clock, Endpoint, Extras
from dsr1_tui.services.draft import Draft
from dsr1_tui.services.hurry import ANEW, Hurried, go_on, hurry
from dsr1_tui.services.inbox import Inbox
from dsr1_tui.services.turn import StopSignal, TakeUp

TICK_S: Final = 1.0
"""Seconds after which something is looked at even where nothing comes."""
RETRY_PENALTY: Final = 1.1
WARMER: Final = 0.1
WARMEST: Final = 0.7
"""The upper end of R1's band (its model card)."""


EMPTY_THOUGHT: Final = "empty-thought"


_Begun = tuple[AsyncGenerator[AnswerEvent, None], list[AnswerEvent]]
"""A stream, and the events that go before it; the draft was fed with those."""


class Tick(Enum):
    """Not an event of the model: time to journal."""

    TICK = auto()


@dataclass(slots=True)
class Asking:
    """One answer; iterate over `events` once."""

    endpoint: Endpoint
    extras: Extras | None
    clock: Clock
    request: ChatRequest
    prompt: Prompt
    rules: GuardRules
    draft: Draft
    signal: StopSignal
    taken_up: TakeUp | None = None
    """How a kept answer is taken up, of which the draft holds what there is; `None`: it is a new one."""
    prefill: str = ""
    """What a reply that skipped its thinking is asked again with; empty where that is not done."""
    _order: Order | None = None
    _again: ChatRequest | None = None
    """What to send in place of the request whose reply was not taken."""
    _again_cause: str = ""
    _hurried: bool = False
    """Whether the answer was asked for at once already."""
    _retried: bool = False
    _prefilled: bool = False
    """Whether the request that runs was sent with a prefill of ours."""
    _refusal: Fault | None = None

    def refuse(self, fault: Fault) -> None:
        """Do not send the request: it ends with this fault."""
        self._refusal = fault

    async def events(self) -> AsyncGenerator[AnswerEvent | Tick, None]:
        """All events, the draft fed with each; ends when the draft is closed or the stream broke off without a word."""
        begun = self._refusal or await self._first()
        if isinstance(begun, Fault):
            failed = Failed(error=begun, at=self.clock.monotonic())
            self.draft.feed(failed)
            yield failed
            return
        following: _Begun | None = begun
        while following is not None:
            stream, opened = following
            for ready in opened:
                yield ready
            self._order = None
            async with aclosing(self._phase(stream)) as phase:
                async for event in phase:
                    yield event
            following = await self._following()

    async def _following(self) -> _Begun | None:
        """What follows a stream that ended, was left or was not taken; `None` where nothing does."""
        if (again := self._taken_again()) is not None:
            opened = [self._retrying(self._again_cause)]
            if again.prefill is not None:
                opened.append(self._begun(again.prefill.content))
            return self.endpoint.stream(again), opened
        order, change = self._ordered(), self.signal.sampling
        self.signal.sampling = None
        if not self.draft.is_open():
            return None
        if order is not None and order.act is Act.RETRY:
            self._retried = True
            opened = [self._retrying(order.tripped.guard)]
            self.request = replace(self.request, sampling=_varied(self.request.sampling))
            self.draft.drawn_anew(self.request.sampling, order.tripped.guard)
            return self.endpoint.stream(self.request), opened
        if order is not None or self._wants_answer():
            return await self._hurry(order)
        if change is None:
            return None
        self.request = replace(self.request, sampling=change)
        going = await self._go_on("settings")
        return None if isinstance(going, Fault) else going  # a fault only where the endpoint could until now

    def _retrying(self, cause: str) -> AnswerEvent:
        retry = Retrying(cause=cause, attempt=2, at=self.clock.monotonic())
        self.draft.feed(retry)
        return retry

    async def _first(self) -> _Begun | Fault:
        """The stream that it begins with, and what goes before its events."""
        if self.taken_up is None:
            begun = [self._begun(self.prompt.prefill)] if self.prompt.prefill else []
            return self.endpoint.stream(self.request), begun
        if self.taken_up is TakeUp.ANSWER:
            return await self._hurry(None)
        return await self._go_on("continue")

    async def _go_on(self, cause: str) -> _Begun | Fault:
        thought, said = "".join(self.draft.reasoning), "".join(self.draft.content)
        going = await go_on(self.extras, request=self.request, prompt=self.prompt, thought=thought, said=said)
        return going if isinstance(going, Fault) else (going.stream, self._continued(going, cause))

    async def _hurry(self, order: Order | None) -> _Begun:
        self._hurried = True
        hurried = await hurry(
            self.endpoint,
            self.extras,
            request=self.request,
            prompt=self.prompt,
            thought="".join(self.draft.reasoning),
            order=order,
            said="".join(self.draft.content),
        )
        return hurried.stream, self._continued(hurried, order.tripped.guard if order is not None else "asked")

    def _continued(self, how: Hurried, cause: str) -> list[AnswerEvent]:
        now, said = self.clock.monotonic(), sum(map(len, self.draft.content))
        sampling = replace(self.request.sampling, max_tokens=how.limit)
        cause = ANEW if how.anew else cause
        opened: list[AnswerEvent] = [Continued(cause=cause, sampling=sampling, char=said, at=now)]
        if how.opening:
            opened.append(AnswerDelta(text=how.opening, tokens=0, exact=True, at=now))
        for event in opened:
            self.draft.feed(event)
        return opened

    def _ordered(self) -> Order | None:
        return self._order

    def _taken_again(self) -> ChatRequest | None:
        again, self._again = self._again, None
        return again

    def _begun(self, prefill: str) -> AnswerEvent:
        """The thought's first words: they were sent, so that only what follows them comes back."""
        words = prefill.rpartition("<think>\n")[2]
        begun = ReasoningDelta(text=words, tokens=0, exact=True, at=self.clock.monotonic())
        self.draft.feed(begun)
        return begun

    def _turned_down(self, event: AnswerEvent) -> bool:
        """Whether a reply is not taken: it begins to answer without a thought, or the server refuses the prefill."""
        nothing_said = not "".join(self.draft.content).strip() and not self._hurried
        if isinstance(event, AnswerDelta) and event.text.strip() and self.prefill and nothing_said:
            prefill, self.prefill = self.prefill, ""
            if not is_empty_thought("".join(self.draft.reasoning)):
                return False
            begun = PromptMessage(MessageRole.ASSISTANT, prefill)
            self._again = replace(self.request, messages=(*self.prompt.messages, begun))
            self._again_cause, self._prefilled = EMPTY_THOUGHT, True
            return True
        if isinstance(event, Failed) and self._prefilled and event.error.code is FaultCode.REFUSED and nothing_said:
            self._again, self._again_cause, self._prefilled = self.request, "prefill-refused", False
            return True
        return False

    def _wants_answer(self) -> bool:
        return self.signal.answer_now and not self._hurried and not "".join(self.draft.content).strip()

    async def _wants_change(self) -> bool:
        """Whether the rest is to be drawn with other settings, and the endpoint can take the answer up."""
        wanted = self.signal.sampling
        if wanted is None:
            return False
        if wanted != self.request.sampling and self.extras is not None and await self.extras.can_continue():
            return True
        self.signal.sampling = None
        return False

    async def _phase(self, stream: AsyncGenerator[AnswerEvent, None]) -> AsyncGenerator[AnswerEvent | Tick, None]:
        """One stream, until it ends, is stopped, or something else is to be done (`_order`, or an answer wanted)."""
        guards = Guards(self.rules, may_retry=not self._retried)
        inbox = Inbox(stream)
        self.signal.wakes(inbox.wake)
        due = self.clock.monotonic() + TICK_S
        try:
            while self.draft.is_open() and not inbox.ended:
                await inbox.wait(TICK_S)
                while self.draft.is_open() and (event := inbox.take()) is not None:
                    if self._turned_down(event):
                        return
                    self.draft.feed(event)
                    yield event
                    order = self._possible(guards.feed(event))
                    if order is not None:
                        self.draft.feed(order.tripped)
                        yield order.tripped
                        if (ending := self._obeyed(order)) is not None:
                            self.draft.feed(ending)
                            yield ending
                        if self._ordered() is not None:
                            return
                if not self.draft.is_open():
                    return
                if self.signal.reason is not None:
                    ending = Finished(reason=self.signal.reason, at=self.clock.monotonic())
                    self.draft.feed(ending)
                    yield ending
                elif self._wants_answer():
                    tripped = GuardTripped(
                        guard="asked", level="loop", action="answer", detail="", at=self.clock.monotonic()
                    )
                    self.draft.feed(tripped)
                    yield tripped
                    return
                elif await self._wants_change():
                    return
                elif self.clock.monotonic() >= due:
                    due = self.clock.monotonic() + TICK_S
                    yield Tick.TICK
        finally:
            await inbox.close()

    def _possible(self, order: Order | None) -> Order | None:
        """An order, with what can still be done in place of what cannot: an answer is asked for at once only once."""
        if order is None or not self._hurried or order.act not in {Act.ANSWER, Act.RETRY}:
            return order
        return replace(order, act=Act.STOP, tripped=replace(order.tripped, action=Act.STOP.name.lower()))

    def _obeyed(self, order: Order) -> Finished | None:
        """Take an order: an ending where it is to stop, `_order` where something else follows."""
        match order.act:
            case Act.TELL:
                return None
            case Act.ANSWER | Act.RETRY:
                self._order = order
                return None
            case Act.STOP:
                return Finished(reason=order.reason, at=order.tripped.at)


def _varied(sampling: Sampling) -> Sampling:
    """Another seed, a little warmer within R1's band, and every token said made a little less likely."""
    temperature = None if sampling.temperature is None else min(sampling.temperature + WARMER, WARMEST)
    seed = None if sampling.seed is None else sampling.seed + 1
    return replace(
        sampling,
        temperature=max(temperature, sampling.temperature or 0.0) if temperature is not None else None,
        seed=seed,
        repetition_penalty=max(sampling.repetition_penalty or 1.0, RETRY_PENALTY),
    )
