"""As much of HTTP/1.1 as a demo endpoint on loopback needs: one request a connection, bodies whole or in chunks."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import Final

MAX_BODY: Final = 16 * 1024 * 1024
"""Bytes; a prompt of a whole context is under 1 MB."""

EVENT_STREAM: Final = "text/event-stream; charset=utf-8"
JSON: Final = "application/json"


class BadRequestError(Exception):
    """What came is no request that can be read."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request."""

    method: str
    path: str
    """Without the query."""
    body: bytes


async def read_request(reader: asyncio.StreamReader) -> Request:
    """The request on a fresh connection.

    Raises:
        BadRequestError: it is not HTTP, or too long.
        asyncio.IncompleteReadError, ConnectionError: the client went away.
    """
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, target, version = first.split(" ")
        if not version.startswith("HTTP/1."):
            raise BadRequestError(f"cannot speak {version}")
        named = (line.partition(":") for line in lines if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in named}
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = await _chunked(reader)
        else:
            body = await reader.readexactly(_checked(int(headers.get("content-length", "0"))))
    except (ValueError, asyncio.LimitOverrunError) as error:
        raise BadRequestError("not a request") from error
    return Request(method, target.partition("?")[0], body)


async def _chunked(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        _checked(size + len(body))
        body += (await reader.readexactly(size + 2))[:-2]
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass
    return body


def _checked(size: int) -> int:
    if not 0 <= size <= MAX_BODY:
        raise BadRequestError("body too long")
    return size


def _head(status: HTTPStatus, *fields: str) -> bytes:
    date = f"date: {formatdate(usegmt=True)}"
    lines = (f"HTTP/1.1 {status.value} {status.phrase}", date, "server: dsr1-chat demo", *fields, "connection: close")
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


async def send(writer: asyncio.StreamWriter, status: HTTPStatus, body: bytes, kind: str = JSON) -> None:
    """Answer with a whole body; an empty one has no type, as vLLM's `/health`."""
    fields = [f"content-length: {len(body)}"] + ([f"content-type: {kind}"] if body else [])
    writer.write(_head(status, *fields) + body)
    await writer.drain()


async def send_events(writer: asyncio.StreamWriter, events: AsyncGenerator[bytes, None]) -> None:
    """Answer with an event stream, a chunk an event, none held back."""
    writer.write(_head(HTTPStatus.OK, f"content-type: {EVENT_STREAM}", "transfer-encoding: chunked"))
    async for event in events:
        writer.write(b"%x\r\n%s\r\n" % (len(event), event))
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
