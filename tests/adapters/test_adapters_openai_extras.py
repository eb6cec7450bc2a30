"""Replies taken up in their middle, exact counts, the rendered prompt: the ids that go out, what is remembered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace

import pytest

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.domain.events import Failed, Finished
from dsr1_tui.domain.fault import FaultCode
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import Continuation, PromptMessage
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.target import Target
from support.contract_endpoint import PATIENCE_S
from support.contract_extras import MESSAGES, OPENING, continued, half_thought
from support.fake_tokens import MARKS, FakeTokens, text_of
from support.fault_server import Act, FaultServer, Reply, Seen, capture, events_of, json_reply
from support.replay import answer_of, reasoning_of

COMPLETIONS = "/v1/completions"
PROMPT = "<｜begin▁of▁sentence｜><｜User｜>What is 2 + 3?<｜Assistant｜>"
STREAM = capture("rp_completions.txt")
THINKS = half_thought()
VLLM = {"data": [{"id": "tiny-r1", "owned_by": "vllm", "max_model_len": 4096}]}


@pytest.fixture
def tokens() -> FakeTokens:
    return FakeTokens()


@pytest.fixture
async def server(tokens: FakeTokens) -> AsyncIterator[FaultServer]:
    async with FaultServer() as running:
        tokens.serve(running)
        running.replies.append(json_reply({"detail": "Not Found"}, status=404))
        running.answers[COMPLETIONS] = completing(Reply([STREAM]))
        running.pages["/v1/models"] = json_reply(VLLM)
        yield running


@pytest.fixture
async def endpoint(server: FaultServer) -> AsyncIterator[OpenAIEndpoint]:
    made = OpenAIEndpoint(Target(base_url=server.base_url, api_key="sk-mine"), retries=0)
    yield made
    await made.aclose()


def completing(reply: Reply) -> Callable[[Seen], Reply]:
    """Answers streams so, and the trial as vLLM would."""
    trial = json_reply({"object": "text_completion", "choices": [{"index": 0, "text": "x", "finish_reason": "length"}]})
    return lambda seen: reply if seen.json.get("stream") else trial


def saying(reply: Reply) -> Callable[[Seen], Reply]:
    """Answers everything so."""
    return lambda _: reply


async def sent_for(server: FaultServer, endpoint: OpenAIEndpoint, request: Continuation) -> str:
    """The text of the ids that were sent."""
    assert isinstance((await continued(endpoint, request))[-1], Finished)
    ids = server.posts_to(COMPLETIONS)[-1]["prompt"]
    assert ids.count(MARKS["<｜begin▁of▁sentence｜>"]) == 1
    return text_of(ids)


@pytest.mark.parametrize("opens", [True, False])
@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (THINKS, f"<think>\n2 plus 3\n</think>\n\n{OPENING}"),
        (replace(THINKS, reasoning="2 plus 3\n\n", opening=""), "<think>\n2 plus 3\n</think>\n\n"),
        (replace(THINKS, answer="It is", opening=" 5"), "<think>\n2 plus 3\n</think>\n\nIt is 5"),
        (replace(THINKS, closed=False, opening=""), "<think>\n2 plus 3"),
        (replace(THINKS, closed=False, opening="\nWait, "), "<think>\n2 plus 3\nWait, "),
        (replace(THINKS, closed=False, reasoning="", opening=""), "<think>\n"),
        (replace(THINKS, reasoning="", answer="It", opening=""), {True: "<think>\n\n</think>\n\nIt", False: "It"}),
        (replace(THINKS, reasoning="", opening=""), {True: "<think>\n\n</think>\n\n", False: ""}),
    ],
)
async def test_the_prompt_is_one_row_of_ids(
    server: FaultServer,
    endpoint: OpenAIEndpoint,
    tokens: FakeTokens,
    request_: Continuation,
    expected: str | dict[bool, str],
    *,
    opens: bool,
) -> None:
    tokens.opens = opens
    tail = expected if isinstance(expected, str) else expected[opens]
    assert await sent_for(server, endpoint, request_) == PROMPT + tail
    assert all(body["add_special_tokens"] is False for body in tokens.asked if "prompt" in body)
    assert all(seen.headers["authorization"] == "Bearer sk-mine" for seen in server.seen)


async def test_what_is_sent_beside_the_ids(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    await endpoint.models()
    sampling = Sampling(temperature=0.6, top_p=0.95, stop=("END",), seed=7)
    await continued(endpoint, replace(THINKS, sampling=sampling))
    sent = server.posts_to(COMPLETIONS)[-1]
    length = len(sent.pop("prompt"))
    assert sent == {
        "model": "tiny-r1",
        "stream": True,
        "temperature": 0.6,
        "top_p": 0.95,
        "stop": ["END"],
        "seed": 7,
        "max_tokens": 4096 - length,
        "stream_options": {"include_usage": True, "continuous_usage_stats": True},
    }


@pytest.mark.parametrize(("limit", "wanted", "sent"), [(4096, 64, 64), (100, 64, 45), (100, None, 45)])
async def test_the_reply_limit_is_never_larger_than_the_room(
    server: FaultServer, endpoint: OpenAIEndpoint, tokens: FakeTokens, *, limit: int, wanted: int | None, sent: int
) -> None:
    tokens.max_model_len = limit
    await continued(endpoint, replace(THINKS, sampling=Sampling(max_tokens=wanted)))
    body = server.posts_to(COMPLETIONS)[-1]
    assert body["max_tokens"] == sent
    assert sent <= limit - len(body["prompt"])


async def test_no_room_is_said_before_anything_is_asked(
    server: FaultServer, endpoint: OpenAIEndpoint, tokens: FakeTokens
) -> None:
    tokens.max_model_len = 55  # as long as the prompt and the closed thought
    (last,) = await continued(endpoint)
    assert isinstance(last, Failed)
    assert last.error.code is FaultCode.CONTEXT_OVERFLOW
    assert "55" in last.error.message
    assert server.posts_to(COMPLETIONS) == []


async def test_a_thought_that_goes_on_is_told_apart(endpoint: OpenAIEndpoint) -> None:
    events = await continued(endpoint, replace(THINKS, closed=False, opening=""))
    assert reasoning_of(events) == "2 plus 3 is 5.\n"
    assert answer_of(events).endswith("\\boxed{5}.")


async def test_newlines_between_old_and_new_are_kept(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    first = events_of(STREAM)[0]
    server.answers[COMPLETIONS] = completing(Reply([first.replace(b'"text":"2"', b'"text":"\\n\\n2"'), STREAM]))
    thought = await continued(endpoint, replace(THINKS, closed=False))
    assert reasoning_of(thought).startswith("\n\n22 plus")
    answer = await continued(endpoint, replace(THINKS, answer="Hm."))
    assert answer_of(answer).startswith("\n\n22 plus")
    fresh = await continued(endpoint, replace(THINKS, opening=""))
    assert answer_of(fresh).startswith("22 plus")


async def test_a_server_that_refuses_counts_is_asked_without(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    refusal = json_reply({"error": {"message": "Unknown field: stream_options"}}, status=400)
    server.answers[COMPLETIONS] = lambda seen: refusal if "stream_options" in seen.json else Reply([STREAM])
    assert isinstance((await continued(endpoint))[-1], Finished)


@pytest.mark.parametrize("page", ["/tokenize", "/detokenize", COMPLETIONS])
@pytest.mark.parametrize("status", [404, 405, 400])
async def test_what_is_missing_is_tried_once(
    server: FaultServer, endpoint: OpenAIEndpoint, page: str, status: int
) -> None:
    server.answers[page] = lambda _: json_reply({"detail": "no"}, status=status)
    assert not await endpoint.can_continue()
    asked = len(server.posts)
    assert not await endpoint.can_continue()
    assert len(server.posts) == asked


async def test_the_trial_takes_one_token_once(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    assert all(await asyncio.gather(endpoint.can_continue(), endpoint.can_continue()))
    (trial,) = server.posts_to(COMPLETIONS)
    assert trial["max_tokens"] == 1
    assert all(isinstance(one, int) for one in trial["prompt"])


async def test_a_fault_that_passes_is_not_remembered(
    server: FaultServer, endpoint: OpenAIEndpoint, tokens: FakeTokens
) -> None:
    await endpoint.models()
    for status in (500, 400):  # vLLM refuses single requests, an unknown model or an empty chat, with 400
        server.answers["/tokenize"] = saying(json_reply({"error": "no"}, status=status))
        assert not await endpoint.can_continue()
        assert await endpoint.count("tiny-r1", MESSAGES) is None
    tokens.serve(server)
    assert await endpoint.can_continue()
    assert await endpoint.count("tiny-r1", MESSAGES)


@pytest.mark.parametrize(
    "answer",
    [
        json_reply({"detail": "Not Found"}, status=404),
        json_reply({"error": "unprocessable"}, status=422),
        json_reply({"tokens": []}),  # llama.cpp, which knows no messages
        json_reply({"count": 2, "tokens": [1, "x"]}),
        Reply([b"<html>"], content_type="text/html"),
        json_reply({"error": "forbidden"}, status=403),
    ],
)
async def test_a_server_that_cannot_count_is_asked_once(
    server: FaultServer, endpoint: OpenAIEndpoint, answer: Reply
) -> None:
    server.answers["/tokenize"] = lambda _: answer
    for _ in range(2):
        assert await endpoint.count("tiny-r1", MESSAGES) is None
        assert await endpoint.rendered("tiny-r1", MESSAGES) is None
    assert len(server.posts) == 1


async def test_counts_and_prompts_are_those_of_the_request(
    server: FaultServer, endpoint: OpenAIEndpoint, tokens: FakeTokens
) -> None:
    begun = (*MESSAGES, PromptMessage(MessageRole.ASSISTANT, "<think>\nOkay, "))
    assert await endpoint.rendered("tiny-r1", MESSAGES) == f"{PROMPT}<think>\n"
    assert await endpoint.rendered("tiny-r1", begun) == f"{PROMPT}<think>\nOkay, "
    assert await endpoint.count("tiny-r1", begun) == await endpoint.count("tiny-r1", MESSAGES) + len("Okay, ")  # type: ignore[operator]  # counts, as the server counts
    assert await endpoint.count("tiny-r1", ()) is None
    assert {body["model"] for body in tokens.asked} == {"tiny-r1"}


async def test_no_detokenizer_leaves_the_counts(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    server.answers["/detokenize"] = lambda _: json_reply({"detail": "Not Found"}, status=404)
    for _ in range(2):
        assert await endpoint.rendered("tiny-r1", MESSAGES) is None
    assert len(server.posts) == 2
    assert await endpoint.count("tiny-r1", MESSAGES)


async def test_closing_while_the_prompt_is_counted_sends_nothing(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    server.answers["/tokenize"] = lambda _: Reply([b"{", Act.STALL], content_type="application/json")
    stream = endpoint.continue_(THINKS)
    async with asyncio.timeout(PATIENCE_S), aclosing(stream):
        waiting = asyncio.ensure_future(anext(stream))
        await server.started.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await server.gone.wait()
    assert server.posts_to(COMPLETIONS) == []


async def test_silence_ends_a_continuation(server: FaultServer) -> None:
    server.answers[COMPLETIONS] = lambda _: Reply([events_of(STREAM)[0], Act.STALL])
    quick = OpenAIEndpoint(Target(base_url=server.base_url), retries=0, inactivity_s=0.3)
    events = await continued(quick)
    await quick.aclose()
    last = events[-1]
    assert isinstance(last, Failed)
    assert last.error.code is FaultCode.SILENT
    assert answer_of(events) == "2"


async def test_neither_thought_nor_prompt_is_in_a_fault(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    secret = "a secret of the family"
    said = {"error": {"message": f"cannot do {secret}, really, What is 2 + 3?"}}
    server.answers[COMPLETIONS] = lambda _: json_reply(said, status=400)
    (last,) = await continued(endpoint, replace(THINKS, reasoning=secret))
    assert isinstance(last, Failed)
    assert last.error.code is FaultCode.REFUSED
    assert "really" in last.error.line
    assert secret not in last.error.line
    assert "2 + 3" not in last.error.line
