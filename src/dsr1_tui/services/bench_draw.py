"""Draws one sample of a benchmark through the core that `ask` uses, without the history."""

from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Final

from dsr1_tui.domain.bench.plan import SampleKey
from dsr1_tui.domain.bench.result import SampleResult
from dsr1_tui.domain.boxed import final_boxed
from dsr1_tui.domain.context import CannotFit, Fits
from dsr1_tui.domain.events import Failed, Finished, FinishReason
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Message, MessageRole, Segment, Status
from dsr1_tui.domain.meter import Meter
from dsr1_tui.domain.request import ChatRequest
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.steering import guard_rules
from dsr1_tui.ports import Clock, FullEndpoint, Judge
from dsr1_tui.services.asking import Asking
from dsr1_tui.services.bench_plan import Sitting
from dsr1_tui.services.draft import Draft
from dsr1_tui.services.fitting import fitted, too_long
from dsr1_tui.services.turn import StopSignal

WARM_UP_TOKENS: Final = 64
"""A warm-up request draws no more: what is slow at first is the first step, not the hundredth."""
_BROKE_OFF: Final = Fault(FaultCode.STREAM_BROKEN, "The answer broke off without an end.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPorts:
    """What a benchmark needs from the world beside its file."""

    endpoint: FullEndpoint
    """One that gives each token its own time (`pause_s=0`): the TTFT would be late by the pause."""
    clock: Clock
    judge: Judge
    """Not closed here."""


@dataclass(slots=True)
class Drawer:
    """Draws samples of a plan."""

    ports: BenchPorts
    sitting: Sitting
    _anchor: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        """From here on one clock counts, so that a clock that is set in between does not bend the figures."""
        self._anchor = self.ports.clock.now(), self.ports.clock.monotonic()

    async def draw(self, key: SampleKey) -> SampleResult:
        """One sample, not graded yet."""
        sampling = self.sitting.plan.sampling(key)
        draft = await self._drawn(key, sampling)
        return self._result(key, sampling, draft)

    async def warm_up(self, key: SampleKey) -> SampleResult:
        """A short request, which is not to be counted."""
        sampling = self.sitting.plan.sampling(key)
        short = replace(sampling, max_tokens=min(sampling.max_tokens or WARM_UP_TOKENS, WARM_UP_TOKENS))
        return self._result(key, short, await self._drawn(key, short))

    async def _drawn(self, key: SampleKey, sampling: Sampling) -> Draft:
        endpoint, clock = self.ports.endpoint, self.ports.clock
        model, prompt = self.sitting.model, self.sitting.prompts[key.question]
        guards = replace(guard_rules(self.sitting.plan.steering), want_thought=False)
        room = await fitted(endpoint, model, prompt.messages, sampling.max_tokens)
        limit = room.max_tokens if isinstance(room, Fits) else sampling.max_tokens
        request = ChatRequest(
            model=model.id,
            messages=prompt.sent,
            sampling=replace(sampling, max_tokens=limit),
            thinking_budget=guards.budget_tokens,
        )
        draft = Draft(_answer(request), Meter(sent_at=clock.monotonic()))
        asking = Asking(endpoint, endpoint, clock, request, prompt, guards, draft, StopSignal())
        if isinstance(room, CannotFit):
            asking.refuse(too_long(room, model))
        async with aclosing(asking.events()) as events:
            async for _ in events:
                pass
        return draft

    def _result(self, key: SampleKey, sampling: Sampling, draft: Draft) -> SampleResult:
        meter, ending = draft.meter, draft.ending
        answer = "".join(draft.content)
        if not isinstance(ending, Finished) or ending.reason is FinishReason.INTERRUPTED:
            fault, reason = ending.error if isinstance(ending, Failed) else _BROKE_OFF, None
        else:
            fault, reason = None, ending.reason
        ended_at = self.ports.clock.monotonic() if ending is None else ending.at
        times = meter.timings(ended_at)
        now, monotonic = self._anchor
        return SampleResult(
            key=key,
            seed=sampling.seed,
            began=now + (meter.sent_at - monotonic),
            finish_reason=reason,
            error=fault,
            answer=answer,
            boxed=final_boxed(answer),
            ttft_s=times.ttft_s,
            latency_s=max(0.0, times.total_s),
            tpot_s=None if times.tokens_per_s is None else 1 / times.tokens_per_s,
            output_tokens=meter.tokens,
            reasoning_tokens=meter.reasoning_tokens,
            prompt_tokens=meter.prompt_tokens,
            exact=meter.exact,
        )


def _answer(request: ChatRequest) -> Message:
    """What the draft grows in: it is never kept."""
    return Message(
        id=MessageId(""),
        conversation_id=ConversationId(""),
        parent_id=None,
        role=MessageRole.ASSISTANT,
        content="",
        status=Status.STREAMING,
        created=0.0,
        updated=0.0,
        model=request.model,
        segments=(Segment(from_char=0, sampling=request.sampling),),
    )
