"""What any `ports.Extras` must do: one suite, run against the real adapter on a socket and against the fake."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from enum import Enum, auto
from typing import Final, Protocol

import pytest

from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, Failed, Finished, FinishReason, ReasoningDelta, Started
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import Continuation, PromptMessage
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.ports import FullEndpoint
from support.contract_endpoint import PATIENCE_S, text_of

OPENING: Final = "**Final Answer** \\boxed{"
ANSWER: Final = "5}"
MESSAGES: Final = (PromptMessage(MessageRole.USER, "What is 2 + 3?"),)


class Offer(Enum):
    """What the server of an endpoint under test has."""

    ALL = auto()
    """Every extra; a continuation gets `ANSWER`."""
    STALLS = auto()
    """As `ALL`, but after `ANSWER` nothing more comes."""
    NOTHING = auto()
    """Chat alone."""
    GONE = auto()
    """Nothing listens."""


class ExtrasStage(Protocol):
    """Gives an endpoint of one kind a server."""

    async def endpoint(self, offer: Offer) -> FullEndpoint:
        """An endpoint whose server has this."""
        ...

    async def freed(self) -> None:
        """Return once the server has noticed that the stream was closed."""
        ...


def half_thought() -> Continuation:
    """A thought that is to be closed."""
    return Continuation(
        model="tiny-r1", messages=MESSAGES, reasoning="2 plus 3", opening=OPENING, sampling=Sampling(max_tokens=64)
    )


async def continued(endpoint: FullEndpoint, request: Continuation | None = None) -> list[AnswerEvent]:
    """All events of one continuation."""
    async with asyncio.timeout(PATIENCE_S), aclosing(endpoint.continue_(request or half_thought())) as stream:
        return [event async for event in stream]


class ExtrasContract:
    """Inherit it as `Test…` and give it a `stage` fixture."""

    async def test_an_answer_follows_a_closed_thought(self, stage: ExtrasStage) -> None:
        endpoint = await stage.endpoint(Offer.ALL)
        assert await endpoint.can_continue()
        events = await continued(endpoint)
        assert isinstance(events[0], Started)
        assert (text_of(events, ReasoningDelta), text_of(events, AnswerDelta)) == ("", ANSWER)
        last = events[-1]
        assert isinstance(last, Finished)
        assert last.reason is FinishReason.STOP

    async def test_an_exact_count_and_the_prompt_itself(self, stage: ExtrasStage) -> None:
        endpoint = await stage.endpoint(Offer.ALL)
        one = await endpoint.count("tiny-r1", MESSAGES)
        longer = (*MESSAGES, PromptMessage(MessageRole.ASSISTANT, "It is 5."), *MESSAGES)
        two = await endpoint.count("tiny-r1", longer)
        assert one is not None
        assert two is not None
        assert 0 < one < two
        rendered = await endpoint.rendered("tiny-r1", longer)
        assert rendered is not None
        assert rendered.count("What is 2 + 3?") == 2

    async def test_a_server_without_them(self, stage: ExtrasStage) -> None:
        endpoint = await stage.endpoint(Offer.NOTHING)
        assert not await endpoint.can_continue()
        (last,) = await continued(endpoint)
        assert isinstance(last, Failed)
        assert "middle" in last.error.message

    async def test_a_server_that_is_gone(self, stage: ExtrasStage) -> None:
        endpoint = await stage.endpoint(Offer.GONE)
        assert not await endpoint.can_continue()
        assert await endpoint.count("tiny-r1", MESSAGES) is None
        assert await endpoint.rendered("tiny-r1", MESSAGES) is None
        assert endpoint.budget_supported() is None
        assert [type(event) for event in await continued(endpoint)] == [Failed]

    async def test_closing_a_continuation_frees_the_request(self, stage: ExtrasStage) -> None:
        endpoint = await stage.endpoint(Offer.STALLS)
        async with asyncio.timeout(PATIENCE_S), aclosing(endpoint.continue_(half_thought())) as stream:
            async for event in stream:
                if isinstance(event, AnswerDelta):
                    break
        async with asyncio.timeout(PATIENCE_S):
            await stage.freed()

    async def test_cancelling_a_continuation_frees_the_request(self, stage: ExtrasStage) -> None:
        endpoint = await stage.endpoint(Offer.STALLS)
        reading = asyncio.create_task(self._read_on(endpoint, flowing := asyncio.Event()))
        async with asyncio.timeout(PATIENCE_S):
            await flowing.wait()
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            await stage.freed()

    async def test_closing_the_endpoint_ends_a_waiting_continuation(self, stage: ExtrasStage) -> None:
        endpoint = await stage.endpoint(Offer.STALLS)
        reading = asyncio.create_task(self._read_on(endpoint, flowing := asyncio.Event()))
        async with asyncio.timeout(PATIENCE_S):
            await flowing.wait()
            await endpoint.aclose()
            events = await reading
        assert text_of(events, AnswerDelta) == ANSWER
        assert isinstance(events[-1], Failed)
        assert not await endpoint.can_continue()
        assert isinstance((await continued(endpoint, replace(half_thought(), opening="")))[-1], Failed)

    async def _read_on(self, endpoint: FullEndpoint, flowing: asyncio.Event) -> list[AnswerEvent]:
        events: list[AnswerEvent] = []
        async with aclosing(endpoint.continue_(half_thought())) as stream:
            async for event in stream:
                events.append(event)
                if isinstance(event, AnswerDelta):
                    flowing.set()
        return events
