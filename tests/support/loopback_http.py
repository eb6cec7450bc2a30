"""The standard library's HTTP client in a thread, and captured files read, for tests against servers on loopback."""

import asyncio
import http.client
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CAPTURES = Path(__file__).parent.parent / "data" / "wire"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def events(self) -> list[str]:
        """The payloads of an event stream, `[DONE]` among them."""
        return payloads(self.body.decode())


async def request(base_url: str, method: str, path: str, payload: object = None) -> HttpAnswer:
    """Send one request to the server at the root of `base_url` and read all of its answer."""
    body = payload if isinstance(payload, bytes) else None if payload is None else json.dumps(payload).encode()
    return await asyncio.to_thread(_request, urlsplit(base_url).netloc, method, path, body)


def _request(netloc: str, method: str, path: str, body: bytes | None) -> HttpAnswer:
    connection = http.client.HTTPConnection(netloc, timeout=20)
    try:
        connection.request(method, path, body, {"content-type": "application/json"})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return HttpAnswer(answer.status, headers, answer.read())
    finally:
        connection.close()


def payloads(text: str) -> list[str]:
    """What stands behind each `data: ` of an event stream."""
    return [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]


def captured(name: str) -> str:
    """A file captured from a real vLLM server."""
    return (CAPTURES / name).read_text(encoding="utf-8")


def shape(value: Any) -> Any:
    """A JSON value with its keys in order and each leaf replaced by its type."""
    match value:
        case dict():
            return [(key, shape(item)) for key, item in value.items()]
        case list():
            return [shape(item) for item in value]
        case _:
            return type(value).__name__
