"""The endpoint's adapter against a real vLLM."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, Finished, FinishReason, ReasoningDelta, Started, UsageTick
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import ChatRequest, PromptMessage
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.target import Target, normalise_base_url
from support.vllm_server import CONTEXT, MODEL, NAME, VllmServer

GREEDY = Sampling(temperature=0.0)
FREED_S = 1.0
"""How soon the server must be free after a stream was closed."""


@pytest.fixture
async def endpoint(vllm: VllmServer) -> AsyncGenerator[OpenAIEndpoint]:
    endpoint = OpenAIEndpoint(Target(base_url=normalise_base_url(vllm.base_url)))
    yield endpoint
    await endpoint.aclose()


def request(text: str, sampling: Sampling = GREEDY, samples: int = 1) -> ChatRequest:
    return ChatRequest(
        model=NAME, messages=(PromptMessage(MessageRole.USER, text),), sampling=sampling, samples=samples
    )


async def events_of(endpoint: OpenAIEndpoint, asked: ChatRequest) -> list[AnswerEvent]:
    async with aclosing(endpoint.stream(asked)) as stream:
        return [event async for event in stream]


def answer_of(events: list[AnswerEvent], sample: int = 0) -> str:
    return "".join(event.text for event in events if isinstance(event, AnswerDelta) and event.sample == sample)


async def test_the_model_is_found_with_its_context(endpoint: OpenAIEndpoint) -> None:
    (model,) = await endpoint.models()
    assert (model.id, model.root, model.max_model_len) == (NAME, str(MODEL), CONTEXT)
    assert model.is_vllm
    assert await endpoint.alive()


async def test_a_stream_has_thought_answer_usage_and_one_end(endpoint: OpenAIEndpoint) -> None:
    await endpoint.models()
    events = await events_of(endpoint, request("What is 2+2?"))
    assert isinstance(events[0], Started)
    assert events[0].model == NAME
    kinds = [type(event) for event in events]
    assert kinds.index(ReasoningDelta) < kinds.index(AnswerDelta)
    assert events[-1] == Finished(reason=FinishReason.STOP, at=events[-1].at)
    assert kinds.count(Finished) == 1
    deltas = [event for event in events if isinstance(event, ReasoningDelta | AnswerDelta)]
    assert all(delta.exact for delta in deltas)
    usage = [event for event in events if isinstance(event, UsageTick)][-1]
    assert 0 <= usage.completion_tokens - sum(delta.tokens for delta in deltas) <= 2, "the end mark is no text"
    assert "\\boxed{4}" in answer_of(events)
    times = [delta.at for delta in deltas]
    assert times == sorted(times)


async def test_closing_a_stream_frees_the_server(endpoint: OpenAIEndpoint, vllm: VllmServer) -> None:
    assert vllm.falls_idle(30)
    freed = False
    for _ in range(3):  # a machine that does other work may be late once
        async with aclosing(endpoint.stream(request("Loop forever."))) as stream:
            async for event in stream:
                if isinstance(event, ReasoningDelta):
                    break
            assert vllm.gets_busy(5)
        freed = vllm.falls_idle(FREED_S)
        if freed:
            break
        assert vllm.falls_idle(30)
    assert freed


async def test_several_samples_come_apart(endpoint: OpenAIEndpoint) -> None:
    sampling = Sampling(temperature=0.6, top_p=0.95, max_tokens=200)
    events = await events_of(endpoint, request("What is 2+2?", sampling, samples=3))
    ends = [event.sample for event in events if isinstance(event, Finished)]
    assert sorted(ends) == [0, 1, 2]
    assert all(answer_of(events, sample).strip() for sample in range(3))


async def test_the_same_seed_gives_the_same_text(endpoint: OpenAIEndpoint) -> None:
    sampling = Sampling(temperature=1.0, seed=11, max_tokens=60)
    asked = request("Pick a number.", sampling)
    first, second = [
        "".join(
            event.text for event in await events_of(endpoint, asked) if isinstance(event, ReasoningDelta | AnswerDelta)
        )
        for _ in range(2)
    ]
    assert first == second


async def test_a_stop_string_ends_it_and_is_named(endpoint: OpenAIEndpoint) -> None:
    events = await events_of(endpoint, request("Count to 100.", Sampling(temperature=0.0, stop=("7",))))
    assert events[-1] == Finished(reason=FinishReason.STOP, stop_reason="7", at=events[-1].at)
    assert "7" not in answer_of(events)


async def test_max_tokens_is_length(endpoint: OpenAIEndpoint) -> None:
    events = await events_of(endpoint, request("What is 2+2?", Sampling(temperature=0.0, max_tokens=3)))
    assert events[-1] == Finished(reason=FinishReason.LENGTH, at=events[-1].at)
