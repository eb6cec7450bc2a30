"""An endpoint that answers from a script, so that services and screens are tested without a socket."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, Failed, Finished, FinishReason, ReasoningDelta, Started
from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.request import ChatRequest, Continuation, ModelInfo, PromptMessage
from dsr1_tui.domain.target import Target

FAKE_TARGET: Final = Target(base_url="http://127.0.0.1:8000/v1")
FAKE_MODEL: Final = ModelInfo(id="tiny-r1", root="/models/tiny-r1", owned_by="vllm", max_model_len=4096)

THOUGHT: Final = "Hm."
"""What is thought where a script does not say it: an R1 that skipped it would be asked again."""

Script = Sequence[AnswerEvent | asyncio.Event]
"""What one request is answered with, in order; an `asyncio.Event` is a gate the stream waits at until it is set."""


class FakeEndpoint:
    """Satisfies `ports.FullEndpoint`; the n-th `stream` plays the n-th script, `continue_` has a row of its own.

    A script is played as it stands: it should begin with `Started` and end with `Finished` or `Failed`. Where it ends
    without either, the stream ends as a broken one, as the real endpoint's would.
    """

    def __init__(
        self,
        target: Target = FAKE_TARGET,
        *,
        models: Iterable[ModelInfo] = (FAKE_MODEL,),
        scripts: Iterable[Script] = (),
        continue_scripts: Iterable[Script] = (),
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._target = target
        self._clock = clock
        self.listed: tuple[ModelInfo, ...] = tuple(models)
        self.fault: Fault | None = None
        """While set, `models` raises it, `stream` ends with it and `alive` is false: a server that is gone."""
        self.scripts: list[Script] = list(scripts)
        self.requests: list[ChatRequest] = []
        """Every request, in order."""
        self.continuable = True
        """Whether it has what `continue_` needs; without it, that ends as refused."""
        self.continue_scripts: list[Script] = list(continue_scripts)
        self.continuations: list[Continuation] = []
        """Every continuation asked for, in order."""
        self.counter: Callable[[tuple[PromptMessage, ...]], int | None] = words_in
        """What `count` says; where it says None, nothing is rendered either."""
        self.template = ""
        """What `rendered` says, whatever is asked; empty: the messages with their roles."""
        self.budgets: bool | None = None
        """What `budget_supported` says."""
        self.open_streams = 0
        """Streams that run now: falls to 0 when the consumer closes, cancels or reads to the end."""
        self.abandoned = 0
        """Streams that were closed before their last event."""
        self.closed = False
        self._closing = asyncio.Event()

    @property
    def target(self) -> Target:
        return self._target

    async def models(self) -> tuple[ModelInfo, ...]:
        await asyncio.sleep(0)
        if self.fault is not None:
            raise FaultError(self.fault)
        return self.listed

    async def alive(self) -> bool:
        await asyncio.sleep(0)
        return self.fault is None and not self.closed

    async def aclose(self) -> None:
        await asyncio.sleep(0)
        self.closed = True
        self._closing.set()

    def stream(self, request: ChatRequest) -> AsyncGenerator[AnswerEvent, None]:
        self.requests.append(request)
        return self._play(self.scripts, request.samples, None)

    def continue_(self, request: Continuation) -> AsyncGenerator[AnswerEvent, None]:
        self.continuations.append(request)
        return self._play(self.continue_scripts, 1, None if self.continuable else CANNOT)

    async def can_continue(self) -> bool:
        await asyncio.sleep(0)
        return self.continuable and self.fault is None and not self.closed

    async def count(self, model: str, messages: tuple[PromptMessage, ...]) -> int | None:
        del model
        await asyncio.sleep(0)
        return None if self.fault is not None or self.closed else self.counter(messages)

    async def rendered(self, model: str, messages: tuple[PromptMessage, ...]) -> str | None:
        if await self.count(model, messages) is None:
            return None
        return self.template or "".join(f"<{message.role}>{message.content}" for message in messages)

    def budget_supported(self) -> bool | None:
        return self.budgets

    async def _play(
        self, scripts: list[Script], samples: int, refusal: Fault | None
    ) -> AsyncGenerator[AnswerEvent, None]:
        fault = BROKEN if self.closed else self.fault or refusal
        if fault is not None:
            for sample in range(samples):
                yield self._stamped(Failed(sample=sample, error=fault))
            return
        assert scripts, "the fake endpoint was asked more often than it has scripts"
        script = scripts.pop(0)
        left = set(range(samples))
        self.open_streams += 1
        try:
            for step in script:
                if isinstance(step, asyncio.Event):
                    if not await self._passed(step):
                        break
                    continue
                await asyncio.sleep(0)  # as a socket would: the consumer's loop gets its turn between events
                if isinstance(step, Finished | Failed):
                    left.discard(step.sample)
                yield self._stamped(step)
            for sample in sorted(left):
                left.discard(sample)
                yield self._stamped(Failed(sample=sample, error=BROKEN))
        finally:
            self.open_streams -= 1
            self.abandoned += bool(left)

    async def _passed(self, gate: asyncio.Event) -> bool:
        """Wait for the gate, or for `aclose`; false if the latter came first."""
        waits = [asyncio.ensure_future(event.wait()) for event in (gate, self._closing)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return not self._closing.is_set()

    def _stamped(self, event: AnswerEvent) -> AnswerEvent:
        return event if self._clock is None or event.at else replace(event, at=self._clock())


BROKEN: Final = Fault(FaultCode.STREAM_BROKEN, "The connection to 127.0.0.1:8000 broke before the answer was whole.")

CANNOT: Final = Fault(FaultCode.REFUSED, "127.0.0.1:8000 cannot take up a reply in its middle.")


def answer_script(
    answer: str,
    reasoning: str = THOUGHT,
    *,
    sample: int = 0,
    model: str = FAKE_MODEL.id,
    reason: FinishReason = FinishReason.STOP,
) -> list[AnswerEvent | asyncio.Event]:
    """A whole stream, a word a token: `Started`, the reasoning, the answer, `Finished`."""
    script: list[AnswerEvent | asyncio.Event] = [Started(sample=sample, model=model, request_id="chatcmpl-fake")]
    script += [ReasoningDelta(sample=sample, text=word, tokens=1, exact=True) for word in words_of(reasoning)]
    script += [AnswerDelta(sample=sample, text=word, tokens=1, exact=True) for word in words_of(answer)]
    script.append(Finished(sample=sample, reason=reason))
    return script


def words_of(text: str) -> list[str]:
    """`text` cut before each space, so that the pieces joined are the text."""
    words = text.split(" ")
    return [word if at == 0 else f" {word}" for at, word in enumerate(words) if word or at]


def words_in(messages: tuple[PromptMessage, ...]) -> int:
    """A prompt's length where a word is a token and a message takes three more."""
    return sum(3 + len(message.content.split()) for message in messages)
