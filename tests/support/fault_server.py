"""An HTTP server on a raw socket that answers as told: well, in pieces, too late, half, or not at all."""

import asyncio
import contextlib
import json
import socket
import struct
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

WIRE: Final = Path(__file__).resolve().parents[1] / "data" / "wire"


class Act(Enum):
    """What the server does in mid-answer beside sending bytes."""

    STALL = auto()
    """Keep the connection and send nothing more."""
    CUT = auto()
    """Close the connection without ending the answer."""
    RESET = auto()
    """Close it with a TCP reset."""


Step = bytes | asyncio.Event | Act
"""Bytes are sent at once; an `asyncio.Event` is waited for."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to one request."""

    steps: Sequence[Step] = ()
    status: int = 200
    content_type: str = "text/event-stream; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    chunked: bool = True
    """False sends the steps bare, ended by closing the connection."""
    raw: bool = False
    """True sends the steps with no head at all."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


@dataclass(slots=True)
class FaultServer:
    """Answers POSTs by what they ask where `answers` has their path, else from `replies` in order (the last one for
    ever), and GETs from `pages`."""

    replies: deque[Reply] = field(default_factory=deque)
    pages: dict[str, Reply] = field(default_factory=dict)
    answers: dict[str, Callable[[Seen], Reply]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client closed the connection before its answer's end."""
    started: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when all bytes before the first stop of an answer are sent."""
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def posts(self) -> list[Seen]:
        return [request for request in self.seen if request.method == "POST"]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone.set()
        except asyncio.CancelledError:
            pass  # the test is over; asyncio's own callback would complain of a cancelled handler
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read one request and answer it; false once the connection is not to be used again."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        except asyncio.IncompleteReadError:
            return False
        method, path, _ = head[0].split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.seen.append(seen := Seen(method, path, headers, body))
        reply = self._reply(seen)
        answering = asyncio.create_task(self._answer(reply, writer))
        watching = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait((answering, watching), return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                self.gone.set()
                return False
            return await answering
        finally:
            for task in (answering, watching):
                task.cancel()
            await asyncio.gather(answering, watching, return_exceptions=True)

    def posts_to(self, path: str) -> list[dict[str, Any]]:
        """The bodies that were posted to `path`."""
        return [request.json for request in self.posts if request.path == path]

    def _reply(self, seen: Seen) -> Reply:
        if seen.method == "POST":
            if seen.path in self.answers:
                return self.answers[seen.path](seen)
            return self.replies.popleft() if len(self.replies) > 1 else self.replies[0]
        return self.pages.get(seen.path) or json_reply({"detail": "Not Found"}, status=404)

    async def _answer(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        if not reply.raw:
            framing = "transfer-encoding: chunked" if reply.chunked else "connection: close"
            extra = "".join(f"{name}: {value}\r\n" for name, value in reply.headers)
            writer.write(
                f"HTTP/1.1 {reply.status} X\r\ncontent-type: {reply.content_type}\r\n{extra}{framing}\r\n\r\n".encode()
            )
        framed = reply.chunked and not reply.raw
        for step in reply.steps:
            if isinstance(step, bytes):
                if step:
                    writer.write(b"%x\r\n%b\r\n" % (len(step), step) if framed else step)
                    await writer.drain()
                continue
            self.started.set()
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif step is Act.STALL:
                await asyncio.Event().wait()
            else:
                if step is Act.RESET:
                    raw: socket.socket = writer.get_extra_info("socket")
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    writer.transport.abort()
                return False
        if framed:
            writer.write(b"0\r\n\r\n")
        await writer.drain()
        self.started.set()
        return framed


def json_reply(body: object, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """A JSON answer."""
    return Reply([json.dumps(body).encode()], status=status, content_type="application/json", headers=headers)


def capture(name: str) -> bytes:
    """The raw body of a captured answer in `tests/data/wire`, without the four lines that describe it."""
    return (WIRE / name).read_bytes().split(b"\n", 4)[4]


def events_of(body: bytes) -> list[bytes]:
    """A stream's body cut after each event's empty line."""
    return [event + b"\n\n" for event in body.split(b"\n\n") if event.strip()]


def unused_port() -> int:
    """A loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
