"""Every way a connection can fail ends as the one fault that it is, within its limit, and never as an exception."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.domain.events import AnswerEvent, Failed, Finished
from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.target import Target
from support.contract_endpoint import collect, question
from support.fault_server import Act, FaultServer, Reply, Step, capture, events_of, json_reply, unused_port
from support.replay import answer_of, reasoning_of

PIECES = events_of(capture("rp_stream_usage.txt"))
WHOLE = b"".join(PIECES)
UNTIL_FINISH = b"".join(PIECES[:-2])


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as running:
        yield running


def endpoint_at(url: str, *, retries: int = 0, inactivity_s: float = 5.0) -> OpenAIEndpoint:
    return OpenAIEndpoint(Target(base_url=url), retries=retries, inactivity_s=inactivity_s, connect_s=2.0)


async def ask(
    server: FaultServer, steps: Sequence[Step] | Reply, *, inactivity_s: float = 5.0, retries: int = 0
) -> list[AnswerEvent]:
    server.replies.append(steps if isinstance(steps, Reply) else Reply(steps))
    endpoint = endpoint_at(server.base_url, retries=retries, inactivity_s=inactivity_s)
    events = await collect(endpoint)
    await endpoint.aclose()
    return events


def fault_of(events: list[AnswerEvent]) -> Fault:
    last = events[-1]
    assert isinstance(last, Failed)
    assert sum(isinstance(e, Failed | Finished) for e in events) == 1
    return last.error


async def fault_at(url: str) -> Fault:
    """The fault of a stream there; `models` raises the same."""
    endpoint = endpoint_at(url)
    fault = fault_of(await collect(endpoint))
    with pytest.raises(FaultError) as caught:
        await endpoint.models()
    assert caught.value.fault == fault
    await endpoint.aclose()
    return fault


async def test_nobody_listens() -> None:
    port = unused_port()
    fault = await fault_at(f"http://127.0.0.1:{port}/v1")
    assert fault.code is FaultCode.UNREACHABLE
    assert fault.message == f"Nothing answers at 127.0.0.1:{port}."
    assert "--base-url" in fault.hint


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No host name is known, and nobody waits for a name server to say so."""
    known = socket.getaddrinfo

    def look_up(host: str | bytes | None, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host or ""
        if name == "again.invalid":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if name.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.usefixtures("no_names")
async def test_no_such_host() -> None:
    fault = await fault_at("http://no-such-host.invalid:8000/v1")
    assert (fault.code, fault.message) == (FaultCode.UNREACHABLE, "There is no host called no-such-host.invalid.")
    fault = await fault_at("http://again.invalid:8000/v1")
    assert (fault.code, fault.hint) == (FaultCode.UNREACHABLE, "Is the network up?")


@pytest.mark.usefixtures("no_names")
async def test_a_proxy_that_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    port = unused_port()
    monkeypatch.setenv("http_proxy", f"http://user:hush@127.0.0.1:{port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    fault = await fault_at("http://gpu-box.invalid:8000/v1")
    assert fault.code is FaultCode.PROXY
    assert f"127.0.0.1:{port}" in fault.message
    assert "hush" not in fault.line
    monkeypatch.setenv("no_proxy", "gpu-box.invalid")
    assert (await fault_at("http://gpu-box.invalid:8000/v1")).code is FaultCode.UNREACHABLE


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "gopher://127.0.0.1:1"])
async def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("all_proxy", proxy)
    assert (await fault_at("http://gpu-box.invalid:8000/v1")).code is FaultCode.PROXY


@asynccontextmanager
async def port_that_says(words: bytes) -> AsyncIterator[int]:
    """A port on which something answers whatever it is told with the same words."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(words)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as listener:
        yield listener.sockets[0].getsockname()[1]


async def test_plain_http_where_tls_is_asked_for() -> None:
    async with port_that_says(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        fault = await fault_at(f"https://127.0.0.1:{port}/v1")
    assert fault.code is FaultCode.UNREACHABLE
    assert "TLS" in fault.message


async def test_what_is_not_http() -> None:
    async with port_that_says(b"220 mail.example ESMTP\r\n\r\n") as port:
        fault = await fault_at(f"http://127.0.0.1:{port}/v1")
    assert fault.code is FaultCode.NOT_AN_API


async def test_a_server_that_hangs_up_before_it_answers(server: FaultServer) -> None:
    fault = fault_of(await ask(server, Reply([Act.CUT], raw=True)))
    assert fault.code is FaultCode.STREAM_BROKEN


async def test_a_silent_server_is_given_up_before_and_within_the_answer(server: FaultServer) -> None:
    before = fault_of(await ask(server, Reply([Act.STALL], raw=True), inactivity_s=0.1, retries=2))
    assert before.code is FaultCode.SILENT
    assert "0.1 seconds" in before.message
    assert len(server.posts) == 1  # a request is not sent anew because its answer takes long
    server.replies.clear()
    events = await ask(server, [PIECES[0], PIECES[1], Act.STALL], inactivity_s=0.1)
    assert fault_of(events).code is FaultCode.SILENT
    assert reasoning_of(events) == "2"


async def test_silence_after_the_answers_end_costs_no_answer(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsr1_tui.adapters.openai_api.endpoint.GRACE_S", 0.05)
    events = await ask(server, [UNTIL_FINISH, Act.STALL])
    assert isinstance(events[-1], Finished)
    assert answer_of(events) == "The answer is \\boxed{5}."


@pytest.mark.parametrize("act", [Act.CUT, Act.RESET])
async def test_a_connection_lost_after_the_answers_end_costs_no_answer(server: FaultServer, act: Act) -> None:
    gate = asyncio.Event()
    server.replies.append(Reply([UNTIL_FINISH, gate, act]))
    endpoint = endpoint_at(server.base_url)
    events: list[AnswerEvent] = []
    async with aclosing(endpoint.stream(question())) as stream:
        async for event in stream:
            events.append(event)
            if answer_of(events).endswith("}."):
                gate.set()
    await endpoint.aclose()
    assert isinstance(events[-1], Finished)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (json_reply({"error": "Unauthorized"}, status=401), FaultCode.UNAUTHORIZED),
        (
            json_reply({"error": {"message": "The model `x` does not exist."}}, status=404),
            FaultCode.MODEL_NOT_FOUND,
        ),
        (json_reply({"detail": "Not Found"}, status=404), FaultCode.NOT_AN_API),
        (json_reply({"error": {"message": "maximum context length is 4096"}}, status=400), FaultCode.CONTEXT_OVERFLOW),
        (json_reply({"error": {"message": "n must be 1"}}, status=400), FaultCode.REFUSED),
        (json_reply({"error": {"message": "busy"}}, status=429), FaultCode.SERVER_ERROR),
        (json_reply({"error": {"message": "EngineCore encountered an issue."}}, status=500), FaultCode.ENGINE_DIED),
        (Reply([b"<html>hi</html>"], content_type="text/html; charset=utf-8"), FaultCode.NOT_AN_API),
        (json_reply({"object": "chat.completion", "choices": []}), FaultCode.NOT_AN_API),
        (json_reply({"error": {"message": "boom"}}), FaultCode.SERVER_ERROR),
        (Reply([b"hello there"], content_type="text/plain"), FaultCode.NOT_AN_API),
        (Reply([]), FaultCode.NOT_AN_API),
        (Reply([b'data: {"error": {"message": "EngineCore encountered"}}\n\ndata: [DONE]\n\n']), FaultCode.ENGINE_DIED),
    ],
)
async def test_a_refusal_is_told_apart(server: FaultServer, reply: Reply, code: FaultCode) -> None:
    assert fault_of(await ask(server, reply)).code is code


async def test_a_busy_server_is_asked_again_twice(server: FaultServer) -> None:
    busy = json_reply({"error": {"message": "busy"}}, status=503, headers=(("retry-after-ms", "1"),))
    server.replies.extend([busy, busy])
    events = await ask(server, [WHOLE], retries=2)
    assert isinstance(events[-1], Finished)
    assert len(server.posts) == 3


async def test_cancelling_before_the_first_byte_frees_the_request(server: FaultServer) -> None:
    server.replies.append(Reply([Act.STALL], raw=True))
    reading = asyncio.create_task(collect(endpoint_at(server.base_url)))
    async with asyncio.timeout(5):
        await server.started.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await server.gone.wait()


async def test_an_untrusted_certificate_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"

    async def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("anyio.connect_tcp", refuse)
    fault = await fault_at("https://gpu-box.invalid:8443/v1")
    assert fault.code is FaultCode.UNREACHABLE
    assert "self-signed certificate" in fault.message


async def test_a_model_seen_to_be_parsed_keeps_its_tags_as_text(server: FaultServer) -> None:
    literal = b'data: {"choices":[{"delta":{"content":"Write <think>"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    server.replies.extend([Reply([WHOLE]), Reply([literal])])
    endpoint = endpoint_at(server.base_url)
    assert reasoning_of(await collect(endpoint)) == "2 plus 3 is 5.\n"
    events = await collect(endpoint)
    assert (reasoning_of(events), answer_of(events)) == ("", "Write <think>")
    await endpoint.aclose()
