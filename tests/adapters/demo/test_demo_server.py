import asyncio
import json
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from openai import AsyncOpenAI

from dsr1_tui.adapters.demo.asked import CONTEXT, MODEL
from dsr1_tui.adapters.demo.library import load
from dsr1_tui.adapters.demo.pace import FlatOut
from dsr1_tui.adapters.demo.server import DemoServer
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.rules import is_r1
from support.loopback_http import HttpAnswer, request

CHAT = "/v1/chat/completions"
LOOP = "Is there an odd perfect number?"
VOTE = next(item for item in load() if len(item.samples) > 1)


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with DemoServer(load(), pace=FlatOut()) as running:
        yield running


async def chat(server: DemoServer, question: str, **extra: object) -> HttpAnswer:
    payload = {"model": MODEL, "messages": [{"role": "user", "content": question}], **extra}
    return await request(server.base_url, "POST", CHAT, payload)


async def test_the_model_says_that_it_is_recorded_and_is_taken_for_r1(server: DemoServer) -> None:
    listed = (await request(server.base_url, "GET", "/v1/models")).json["data"][0]
    assert "recorded" in listed["id"]
    assert listed["owned_by"] == "vllm"
    assert listed["max_model_len"] == CONTEXT
    assert is_r1(ModelInfo(id=listed["id"], root=listed["root"]))


async def test_health_is_empty_and_there_is_no_tokenizer(server: DemoServer) -> None:
    health = await request(server.base_url, "GET", "/health")
    assert (health.status, health.body) == (200, b"")
    assert (await request(server.base_url, "POST", "/tokenize", {"prompt": "x"})).status == 404
    assert (await request(server.base_url, "POST", "/v1/models", {})).status == 405


async def test_openai_s_own_client_reads_a_stream(server: DemoServer) -> None:
    async with AsyncOpenAI(base_url=server.base_url, api_key="none", max_retries=0) as client:
        assert [model.id async for model in client.models.list()] == [MODEL]
        stream = await client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "Solve x² − 5x + 6 = 0."}], stream=True
        )
        text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])
    assert text == f"\n\n{load()[0].samples[0].answer}"


async def test_a_question_that_was_not_recorded_is_told_so_and_given_the_list(server: DemoServer) -> None:
    message = (await chat(server, "What is the meaning of life?")).json["choices"][0]["message"]
    assert "recording" in message["content"]
    assert all(item.question in message["content"] for item in load())


async def test_a_loop_runs_to_its_limit_and_a_smaller_max_tokens_holds(server: DemoServer) -> None:
    for limit, tokens in ((None, 6000), (100, 100)):
        answer = (await chat(server, LOOP, max_tokens=limit)).json
        assert answer["usage"]["completion_tokens"] == tokens
        assert answer["choices"][0]["finish_reason"] == "length"
        assert answer["choices"][0]["message"]["content"] is None


async def test_max_completion_tokens_beats_max_tokens(server: DemoServer) -> None:
    answer = (await chat(server, LOOP, max_tokens=50, max_completion_tokens=7)).json
    assert answer["usage"]["completion_tokens"] == 7


async def test_samples_are_mixed_by_index_and_all_of_the_recording_s(server: DemoServer) -> None:
    events = (await chat(server, VOTE.question, n=8, stream=True)).events
    choices = [json.loads(event)["choices"][0] for event in events[:-1]]
    assert [choice["index"] for choice in choices[:16]] == [*range(8), *range(8)]
    texts = [""] * 8
    for choice in choices:
        texts[choice["index"]] += choice["delta"].get("content", "")
    assert [text.removeprefix("\n\n") for text in texts] == [sample.answer for sample in VOTE.samples]
    assert [choice["index"] for choice in choices if choice["finish_reason"] == "length"] == [5]


async def test_asking_again_gives_the_next_sample_and_a_seed_always_the_same(server: DemoServer) -> None:
    async def told(**extra: object) -> str:
        content: str = (await chat(server, VOTE.question, **extra)).json["choices"][0]["message"]["content"]
        return content.removeprefix("\n\n")

    answers = [sample.answer for sample in VOTE.samples]
    assert [await told(), await told(), await told()] == answers[:3]
    assert await told(seed=10) == await told(seed=10) == answers[2]


async def test_stream_interval_joins_tokens_without_losing_any(server: DemoServer) -> None:
    plain = (await chat(server, "Solve x² − 5x + 6 = 0.", stream=True)).events
    joined = (await chat(server, "Solve x² − 5x + 6 = 0.", stream=True, stream_interval=10)).events

    def text(events: list[str], field: str) -> str:
        return "".join(json.loads(event)["choices"][0]["delta"].get(field, "") for event in events[:-1])

    assert len(joined) < len(plain) / 8
    assert text(joined, "reasoning") == text(plain, "reasoning")
    assert text(joined, "content") == text(plain, "content")


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"n": 9}, "at most 8"),
        ({"n": "two"}, "valid integer"),
        ({"continue_final_message": True}, "cannot continue"),
        ({"messages": [{"role": "user", "content": "1 " * CONTEXT}]}, f"maximum context length is {CONTEXT} tokens"),
    ],
)
async def test_what_a_recording_cannot_do_is_refused_in_words(
    server: DemoServer, extra: dict[str, object], said: str
) -> None:
    answer = await chat(server, LOOP, **extra)
    assert answer.status == 400
    assert said in answer.json["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"model":"\\ud800","messages":[]}'])
async def test_a_body_that_is_no_request_is_refused(server: DemoServer, body: bytes) -> None:
    answer = await request(server.base_url, "POST", CHAT, body)
    assert answer.status in {400, 404}
    assert answer.json["error"]["message"]


@pytest.mark.parametrize(
    "raw", [b"\x16\x03\x01\r\n\r\n", b"GET / SPDY/3\r\n\r\n", b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n"]
)
async def test_what_is_not_http_is_refused(server: DemoServer, raw: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(server.base_url).port)
    writer.write(raw)
    assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
    writer.close()
    await writer.wait_closed()


async def test_a_chunked_request_is_read(server: DemoServer) -> None:
    payload = json.dumps({"messages": [{"role": "user", "content": LOOP}], "max_tokens": 3}).encode()
    parts = (payload[:10], payload[10:], b"")
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(server.base_url).port)
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n" + body)
    assert b'"completion_tokens":3,' in await reader.read()
    writer.close()
    await writer.wait_closed()


class Gate:
    """A pace that lets some tokens pass and then waits for ever; tells when that is, and when it is broken off."""

    def __init__(self, tokens: int) -> None:
        self.left = tokens
        self.reached = asyncio.Event()
        self.broken = asyncio.Event()

    def begin(self, seed: int) -> "Gate":
        del seed
        return self

    async def before(self, text: str) -> None:
        del text
        self.left -= 1
        if self.left < 0:
            self.reached.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.broken.set()


async def _half_read(server: DemoServer, gate: Gate) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    body = json.dumps({"messages": [{"role": "user", "content": LOOP}], "stream": True}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(server.base_url).port)
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
    async with asyncio.timeout(10):
        await gate.reached.wait()
    assert server.running == 1
    return reader, writer


@pytest.mark.parametrize("rude", [False, True])
async def test_a_client_that_goes_away_ends_its_reply(*, rude: bool) -> None:
    gate = Gate(5)
    async with DemoServer(load(), pace=gate) as server:
        _, writer = await _half_read(server, gate)
        if rude:  # a reset rather than an orderly end
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort() if rude else writer.close()
        async with asyncio.timeout(10):
            await gate.broken.wait()
        await asyncio.sleep(0)
        assert server.running == 0


async def test_closing_the_server_breaks_off_what_streams() -> None:
    gate = Gate(5)
    async with DemoServer(load(), pace=gate) as server:
        reader, writer = await _half_read(server, gate)
        url = server.base_url
    assert gate.broken.is_set()
    assert b"[DONE]" not in await reader.read()
    writer.close()
    await writer.wait_closed()
    with pytest.raises(ConnectionError):
        await request(url, "GET", "/health")
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.base_url
