"""What any `ports.Endpoint` must do: one suite, run against the real adapter on a socket and against the fake."""

import asyncio
from contextlib import aclosing
from enum import Enum, auto
from typing import Final, Protocol

import pytest

from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, Failed, Finished, FinishReason, ReasoningDelta, Started
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import ChatRequest, PromptMessage
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.ports import Endpoint

REASONING: Final = "Two and three"
ANSWER: Final = "make five"
PATIENCE_S: Final = 10.0
"""A limit that only a hanging endpoint reaches."""


class Situation(Enum):
    """What the server of an endpoint under test is up to."""

    ANSWERS = auto()
    """Every request gets `REASONING` and `ANSWER` for each sample."""
    STALLS = auto()
    """The reasoning comes, then nothing."""
    BREAKS = auto()
    """The reasoning comes, then the connection ends."""
    GONE = auto()
    """Nothing listens."""


class Stage(Protocol):
    """Puts an endpoint of one kind into a situation."""

    async def endpoint(self, situation: Situation, samples: int = 1) -> Endpoint:
        """An endpoint whose server is in `situation`."""
        ...

    async def freed(self) -> None:
        """Return once the server has noticed that the stream was closed."""
        ...


def question(samples: int = 1) -> ChatRequest:
    """A request that says little."""
    return ChatRequest(
        model="tiny-r1",
        messages=(PromptMessage(MessageRole.USER, "What is 2 + 3?"),),
        sampling=Sampling(temperature=0.6),
        samples=samples,
    )


async def collect(endpoint: Endpoint, request: ChatRequest | None = None) -> list[AnswerEvent]:
    """All events of one stream."""
    async with asyncio.timeout(PATIENCE_S), aclosing(endpoint.stream(request or question())) as stream:
        return [event async for event in stream]


def text_of(events: list[AnswerEvent], kind: type[ReasoningDelta | AnswerDelta], sample: int = 0) -> str:
    """The joined text of one kind of delta of one sample."""
    found = (e for e in events if isinstance(e, ReasoningDelta | AnswerDelta) and e.sample == sample)
    return "".join(event.text for event in found if isinstance(event, kind))


class EndpointContract:
    """Inherit it as `Test…` and give it a `stage` fixture."""

    async def test_a_stream_begins_flows_and_ends_once(self, stage: Stage) -> None:
        events = await collect(await stage.endpoint(Situation.ANSWERS))
        assert isinstance(events[0], Started)
        assert events[0].model == "tiny-r1"
        assert text_of(events, ReasoningDelta) == REASONING
        assert text_of(events, AnswerDelta) == ANSWER
        assert [type(e) for e in events if isinstance(e, Finished | Failed)] == [Finished]
        last = events[-1]
        assert isinstance(last, Finished)
        assert last.reason is FinishReason.STOP
        assert [e.at for e in events] == sorted(e.at for e in events)

    async def test_each_sample_begins_and_ends_once(self, stage: Stage) -> None:
        events = await collect(await stage.endpoint(Situation.ANSWERS, samples=3), question(samples=3))
        for sample in range(3):
            own = [e for e in events if e.sample == sample and isinstance(e, Started | Finished | Failed)]
            assert [type(e).__name__ for e in own] == ["Started", "Finished"]
            assert text_of(events, AnswerDelta, sample) == ANSWER

    async def test_a_broken_stream_keeps_what_came_and_fails(self, stage: Stage) -> None:
        events = await collect(await stage.endpoint(Situation.BREAKS))
        assert text_of(events, ReasoningDelta) == REASONING
        last = events[-1]
        assert isinstance(last, Failed)
        assert last.error.message.endswith(".")

    async def test_a_server_that_is_gone_is_an_event_for_each_sample(self, stage: Stage) -> None:
        endpoint = await stage.endpoint(Situation.GONE, samples=2)
        events = await collect(endpoint, question(samples=2))
        assert [(type(e), e.sample) for e in events] == [(Failed, 0), (Failed, 1)]
        assert not await endpoint.alive()
        with pytest.raises(FaultError):
            await endpoint.models()

    async def test_closing_the_stream_frees_the_request(self, stage: Stage) -> None:
        endpoint = await stage.endpoint(Situation.STALLS)
        async with asyncio.timeout(PATIENCE_S), aclosing(endpoint.stream(question())) as stream:
            async for event in stream:
                if isinstance(event, ReasoningDelta):
                    break
        async with asyncio.timeout(PATIENCE_S):
            await stage.freed()

    async def test_cancelling_a_waiting_reader_frees_the_request(self, stage: Stage) -> None:
        reading = asyncio.create_task(self._read_on(await stage.endpoint(Situation.STALLS), flowing := asyncio.Event()))
        async with asyncio.timeout(PATIENCE_S):
            await flowing.wait()
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            await stage.freed()

    async def test_closing_the_endpoint_ends_a_waiting_stream(self, stage: Stage) -> None:
        endpoint = await stage.endpoint(Situation.STALLS)
        reading = asyncio.create_task(self._read_on(endpoint, flowing := asyncio.Event()))
        async with asyncio.timeout(PATIENCE_S):
            await flowing.wait()
            await endpoint.aclose()
            events = await reading
        assert isinstance(events[-1], Failed)
        assert text_of(events, ReasoningDelta) == REASONING
        assert not await endpoint.alive()
        assert isinstance((await collect(endpoint))[-1], Failed)

    async def test_it_lists_its_models_and_is_alive(self, stage: Stage) -> None:
        endpoint = await stage.endpoint(Situation.ANSWERS)
        (model,) = await endpoint.models()
        assert (model.id, model.max_model_len, model.is_vllm) == ("tiny-r1", 4096, True)
        assert await endpoint.alive()
        assert endpoint.target.bypasses_proxy

    async def _read_on(self, endpoint: Endpoint, flowing: asyncio.Event) -> list[AnswerEvent]:
        events: list[AnswerEvent] = []
        async with aclosing(endpoint.stream(question())) as stream:
            async for event in stream:
                events.append(event)
                if text_of(events, ReasoningDelta) == REASONING:
                    flowing.set()
        return events
