import json
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from dsr1_tui.adapters.demo.asked import CONTEXT, MODEL
from dsr1_tui.adapters.demo.library import load
from dsr1_tui.adapters.demo.pace import FlatOut
from dsr1_tui.adapters.demo.server import DemoServer
from support.loopback_http import captured, payloads, request, shape

CHAT = "/v1/chat/completions"
QUADRATIC = {"model": MODEL, "messages": [{"role": "user", "content": "Solve x^2 - 5x + 6 = 0."}], "stream": True}
VOTE = [{"role": "user", "content": next(item.question for item in load() if len(item.samples) > 1)}]


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with DemoServer(load(), pace=FlatOut()) as server:
        yield server.base_url


def kinds(events: list[str]) -> dict[str, object]:
    """The shape of each kind of chunk in a stream; all chunks of a kind must have the same."""
    found: dict[str, object] = {}
    for event in events:
        if event == "[DONE]":
            continue
        chunk = json.loads(event)
        choice = chunk["choices"][0] if chunk["choices"] else None
        if choice is None:
            kind = "usage"
        elif choice["finish_reason"]:
            kind = "last"
            if "system_fingerprint" in chunk:
                kind += " signed"
        else:
            kind = next(iter(choice["delta"]))
        if choice and kind.startswith("last"):  # a sample may end in either channel
            choice["delta"] = {"content": ""}
        assert found.setdefault(kind, shape(chunk)) == shape(chunk)
    return found


@pytest.mark.parametrize(
    ("capture", "extra"),
    [
        ("demo_stream_basic.txt", {}),
        ("demo_stream_usage.txt", {"stream_options": {"include_usage": True}}),
        (
            "demo_stream_continuous_usage.txt",
            {"stream_options": {"include_usage": True, "continuous_usage_stats": True}},
        ),
        ("demo_stream_n3.txt", {"n": 3, "stream_options": {"include_usage": True}, "messages": VOTE}),
    ],
)
async def test_chunks_have_the_captured_keys_in_the_captured_order(
    url: str, capture: str, extra: dict[str, object]
) -> None:
    theirs = payloads(captured(capture))
    answer = await request(url, "POST", CHAT, QUADRATIC | extra)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert kinds(answer.events) == kinds(theirs)
    assert answer.events[-1] == theirs[-1] == "[DONE]"


async def test_a_stream_begins_with_the_role_and_then_the_captured_texts_follow_one_another(url: str) -> None:
    events = (await request(url, "POST", CHAT, QUADRATIC)).events
    deltas = [json.loads(event)["choices"][0]["delta"] for event in events[:-1]]
    assert deltas[0] == {"role": "assistant", "content": ""}
    fields = [next(iter(delta)) for delta in deltas[1:]]
    assert fields == sorted(fields, reverse=True)  # all of the reasoning before any content
    first_content = fields.index("content") + 1
    assert deltas[first_content - 1]["reasoning"].endswith("\n")
    assert deltas[first_content] == {"content": "\n\n"}
    assert deltas[-1] == {"content": ""}


async def test_a_cut_off_puts_the_reason_on_the_last_token_as_vllm_does(url: str) -> None:
    theirs = payloads(captured("demo_stream_length.txt"))
    options = {"max_tokens": 12, "stream_options": {"include_usage": True}}
    events = (await request(url, "POST", CHAT, QUADRATIC | options)).events
    assert [shape(json.loads(event)) for event in events[:-1]] == [shape(json.loads(event)) for event in theirs[:-1]]
    last, usage = json.loads(events[-3]), json.loads(events[-2])
    assert last["choices"][0]["finish_reason"] == "length"
    assert last["choices"][0]["delta"]["reasoning"] != ""
    assert usage["usage"]["completion_tokens"] == 12


async def test_running_usage_counts_the_hidden_end_of_the_thought(url: str) -> None:
    options = {"stream_options": {"include_usage": True, "continuous_usage_stats": True}}
    events = [json.loads(e) for e in (await request(url, "POST", CHAT, QUADRATIC | options)).events[:-1]]
    counts = [event["usage"]["completion_tokens"] for event in events]
    steps = [after - before for before, after in pairwise(counts)]
    seam = next(i for i, e in enumerate(events) if e["choices"] and e["choices"][0]["delta"].get("content") == "\n\n")
    assert steps.pop(seam - 1) == 2  # </think> and the line breaks, as captured
    assert steps.pop() == 0  # the chunk of the whole usage repeats the last count
    assert set(steps) == {1}


@pytest.mark.parametrize(("capture", "n"), [("demo_whole.txt", 1), ("demo_whole_n3.txt", 3)])
async def test_a_whole_answer_has_the_captured_keys(url: str, capture: str, n: int) -> None:
    theirs = json.loads(captured(capture).splitlines()[-1])
    answer = await request(url, "POST", CHAT, QUADRATIC | {"stream": False, "n": n, "messages": VOTE})
    assert shape(answer.json) == shape(theirs)
    assert answer.json["choices"][0]["message"]["content"].startswith("\n\n")


def exchanges() -> list[tuple[str, str, object, int, dict[str, dict[str, str]]]]:
    """The captured requests and answers, with this server's model and context put in."""
    here = captured("demo_endpoints.txt").replace("tiny-r1", MODEL).replace("4096", str(CONTEXT))
    found = []
    for block in here.replace("5000", "50000").strip().split("\n\n"):
        asked, status, body = block.split("\n")
        method, path, *rest = asked.split(" ", 2)
        payload = json.loads(rest[0]) if rest and rest[0] else None
        found.append((method, path, payload, int(status.split()[1]), json.loads(body)))
    return found


@pytest.mark.parametrize("exchange", exchanges())
async def test_endpoints_and_refusals_are_the_captured_ones(
    url: str, exchange: tuple[str, str, object, int, dict[str, dict[str, str]]]
) -> None:
    method, path, payload, status, body = exchange
    answer = await request(url, method, path, payload)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    assert shape(answer.json) == shape(body)
    message = body.get("error", {}).get("message", "")
    if message and "validation error" not in message:  # pydantic's own wording is not imitated
        assert answer.json == body
