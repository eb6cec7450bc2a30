"""Prefills and thinking budgets: what is sent for them, what comes back, and servers that do not take them."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.domain.events import AnswerEvent, Failed, Finished
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import ChatRequest, PromptMessage
from dsr1_tui.domain.target import Target
from support.contract_endpoint import collect, question
from support.fault_server import FaultServer, Reply, capture, json_reply
from support.replay import answer_of, reasoning_of

VLLM = {"data": [{"id": "tiny-r1", "owned_by": "vllm", "max_model_len": 4096}]}
OTHER = {"data": [{"id": "tiny-r1", "owned_by": "library"}]}
NO_PARSER = "thinking_token_budget is set but reasoning_config is not configured. Please set --reasoning-parser"
FLAGS = ("continue_final_message", "add_generation_prompt")


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as running:
        running.pages["/v1/models"] = json_reply(VLLM)
        running.replies.append(Reply([capture("rp_thinking_budget_10.txt")]))
        yield running


@pytest.fixture
async def endpoint(server: FaultServer) -> AsyncIterator[OpenAIEndpoint]:
    made = OpenAIEndpoint(Target(base_url=server.base_url), retries=0)
    yield made
    await made.aclose()


def refusal(message: str) -> Reply:
    return json_reply({"error": {"message": message, "type": "BadRequestError", "code": 400}}, status=400)


def begun(words: str) -> ChatRequest:
    return replace(question(), messages=(*question().messages, PromptMessage(MessageRole.ASSISTANT, words)))


def inline(*texts: str) -> Reply:
    """A stream without a reasoning parser."""
    chunks = [f'data: {{"choices":[{{"index":0,"delta":{{"content":"{text}"}}}}]}}\n\n' for text in texts]
    end = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    return Reply([("".join(chunks) + end).encode()])


def whole(events: list[AnswerEvent]) -> tuple[str, str]:
    assert isinstance(events[-1], Finished)
    return reasoning_of(events), answer_of(events)


async def test_a_prefill_is_continued(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    server.replies[0] = Reply([capture("rp_prefill_think.txt")])
    reasoning, answer = whole(await collect(endpoint, begun("<think>\nI need two numbers whose")))
    (sent,) = server.posts_to("/v1/chat/completions")
    assert sent["messages"][-1] == {"role": "assistant", "content": "<think>\nI need two numbers whose"}
    assert [sent[flag] for flag in FLAGS] == [True, False]
    assert reasoning.startswith(" product is 6")
    assert "\\boxed{" in answer


async def test_without_a_prefill_nothing_is_said_of_it(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    whole(await collect(endpoint))
    (sent,) = server.posts_to("/v1/chat/completions")
    assert not [flag for flag in FLAGS if flag in sent]
    assert "thinking_token_budget" not in sent


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("<think>\nOkay, ", ("so five.", "It is 5.")),
        ("It ", ("", "so five.It is 5.")),
    ],
)
async def test_without_a_parser_an_open_thought_decides(
    server: FaultServer, endpoint: OpenAIEndpoint, words: str, expected: tuple[str, str]
) -> None:
    server.replies[0] = inline("so five.", "</think>", "It is 5.")
    events = await collect(endpoint, replace(begun(words), model="any-model"))
    assert whole(events) == expected


async def test_a_system_message_goes_as_one(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    messages = (PromptMessage(MessageRole.SYSTEM, "Be brief."), *question().messages)
    whole(await collect(endpoint, replace(question(), messages=messages)))
    assert server.posts[-1].json["messages"][0] == {"role": "system", "content": "Be brief."}


async def test_a_budget_goes_to_vllm(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    asked = replace(question(), thinking_budget=10)
    whole(await collect(endpoint, asked))
    assert "thinking_token_budget" not in server.posts[-1].json, "nobody knows yet that it is vLLM"
    assert endpoint.budget_supported() is None
    await endpoint.models()
    reasoning, answer = whole(await collect(endpoint, asked))
    assert server.posts[-1].json["thinking_token_budget"] == 10
    assert reasoning.startswith("I need two numbers")
    assert answer
    assert endpoint.budget_supported() is True


async def test_a_budget_of_nothing_is_a_budget(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    server.replies[0] = Reply([capture("rp_thinking_budget_0.txt")])
    await endpoint.models()
    reasoning, answer = whole(await collect(endpoint, replace(question(), thinking_budget=0)))
    assert server.posts[-1].json["thinking_token_budget"] == 0
    assert reasoning == ""
    assert answer.startswith("The answer")


async def test_other_servers_get_no_budget(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    server.pages["/v1/models"] = json_reply(OTHER)
    await endpoint.models()
    whole(await collect(endpoint, replace(question(), thinking_budget=10)))
    assert "thinking_token_budget" not in server.posts[-1].json
    assert endpoint.budget_supported() is False


async def test_a_refused_budget_is_left_out_from_then_on(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    await endpoint.models()
    server.replies.appendleft(refusal(NO_PARSER))
    for _ in range(2):
        whole(await collect(endpoint, replace(question(), thinking_budget=10)))
    assert ["thinking_token_budget" in request.json for request in server.posts] == [True, False, False]
    assert endpoint.budget_supported() is False


async def test_a_server_that_takes_neither_counts_nor_budgets(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    await endpoint.models()
    server.replies.extendleft([refusal(NO_PARSER), refusal("Extra inputs are not permitted: stream_options")])
    whole(await collect(endpoint, replace(question(), thinking_budget=10)))
    assert len(server.posts) == 3
    assert not {"stream_options", "thinking_token_budget"} & server.posts[-1].json.keys()


async def test_a_refusal_of_something_else_stands(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    await endpoint.models()
    server.replies.appendleft(refusal("top_k must be 0 (disable), or at least 1, got -5."))
    events = await collect(endpoint, replace(question(), thinking_budget=10))
    assert isinstance(events[-1], Failed)
    assert len(server.posts) == 1
    assert endpoint.budget_supported() is None
