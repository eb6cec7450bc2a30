import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters.demo.asked import MODEL
from dsr1_tui.adapters.demo.library import load
from dsr1_tui.adapters.demo.pace import FlatOut
from dsr1_tui.adapters.demo.server import DemoServer
from dsr1_tui.adapters.port_probe import PortProbe, _judge
from dsr1_tui.domain.discovery import FoundServer, Speech

PATIENT = PortProbe(limit_s=20)
"""For servers that do answer: the limit must not be what decides the test."""
HASTY = PortProbe(limit_s=0.05)


@asynccontextmanager
async def saying(*parts: bytes, stay: bool = False) -> AsyncIterator[int]:
    """A server that reads a request, says its parts and closes, or stays silent with the connection open."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
        if stay:
            await reader.read()  # until the probe goes away
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def page(status: str, body: str, *, length: bool = True, kind: str = "application/json") -> bytes:
    size = f"Content-Length: {len(body.encode())}\r\n" if length else ""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{size}\r\n{body}".encode()


def listing(*names: str) -> str:
    return json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in names]})


def chunked(body: str, at: int) -> bytes:
    parts = (body[:at], body[at:], "")
    framed = "".join(f"{len(part.encode()):x}\r\n{part}\r\n" for part in parts)
    return f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{framed}".encode()


async def test_nothing_listens() -> None:
    with socket.socket() as taken:  # bound, but it does not listen: connections are refused
        taken.bind(("127.0.0.1", 0))
        assert await PATIENT.look("127.0.0.1", taken.getsockname()[1]) is None


async def test_a_host_that_does_not_exist_is_nothing() -> None:
    assert await PATIENT.look("no such host", 8000) is None


async def test_a_real_demo_server_is_an_api_with_its_model() -> None:
    async with DemoServer(load(), pace=FlatOut()) as server:
        port = urlsplit(server.base_url).port
        assert port is not None
        assert await PATIENT.look("localhost", port) == FoundServer(Speech.API, (MODEL,))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (page("200 OK", listing("a", "b")), FoundServer(Speech.API, ("a", "b"))),
        (page("200 OK", listing("a"), length=False), FoundServer(Speech.API, ("a",))),
        (chunked(listing("alpha"), 20), FoundServer(Speech.API, ("alpha",))),
        (page("200 OK", '{"object":"list","data":null}'), FoundServer(Speech.API)),  # Ollama without a model
        (page("401 Unauthorized", '{"error":"Unauthorized"}'), FoundServer(Speech.LOCKED)),
        (page("403 Forbidden", "<html>no</html>", kind="text/html"), FoundServer(Speech.OTHER)),
        (page("200 OK", "<html>hello</html>", length=False, kind="text/html"), FoundServer(Speech.OTHER)),
        (page("404 Not Found", '{"detail":"Not Found"}'), FoundServer(Speech.OTHER)),
        (page("200 OK", '{"data":[{"name":"x"}]}'), FoundServer(Speech.OTHER)),
        (page("200 OK", '{"data":[]}'), FoundServer(Speech.OTHER)),
        (b"SSH-2.0-OpenSSH_9.6\r\n", FoundServer(Speech.OTHER)),
        (b"\x00\xff" * 1000, FoundServer(Speech.OTHER)),
        (b"", FoundServer(Speech.SILENT)),
        (page("200 OK", listing("\x1b]0;owned\x07tiny\u202er1")), FoundServer(Speech.API, ("]0;ownedtinyr1",))),
    ],
)
async def test_what_answers_is_told_apart(said: bytes, found: FoundServer) -> None:
    async with saying(said) as port:
        assert await PATIENT.look("127.0.0.1", port) == found


async def test_an_answer_in_pieces_on_a_connection_that_stays_open_is_read_to_its_length() -> None:
    whole = page("200 OK", listing("slow-but-sure"))
    async with saying(whole[:30], whole[30:70], whole[70:], stay=True) as port:
        assert await PATIENT.look("127.0.0.1", port) == FoundServer(Speech.API, ("slow-but-sure",))


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\n", page("200 OK", listing("a"))[:-5]])
async def test_a_server_that_does_not_finish_in_time_is_silent(begun: bytes) -> None:
    async with saying(begun, stay=True) as port:
        assert await HASTY.look("127.0.0.1", port) == FoundServer(Speech.SILENT)


async def test_a_banner_on_a_connection_that_stays_open_is_something_else() -> None:
    async with saying(b"220 ready\r\n", stay=True) as port:
        assert await PortProbe(limit_s=0.5).look("127.0.0.1", port) == FoundServer(Speech.OTHER)


heads: Callable[[bytes], bytes] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".__add__


@settings(deadline=None)
@given(st.one_of(st.binary(), st.binary().map(heads), st.text().map(lambda text: page("200 OK", text))), st.booleans())
def test_any_answer_is_judged(answer: bytes, whole: bool) -> None:
    assert _judge(answer, whole=whole).speech in Speech
