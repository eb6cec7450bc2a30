"""Asks a port whether it speaks OpenAI's API, with a plain socket and within a fraction of a second."""

import asyncio
import json
import re
import socket
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from dsr1_tui.domain.discovery import FoundServer, Speech

LIMIT_S: Final = 0.3
MAX_BYTES: Final = 1024 * 1024
MAX_NAME: Final = 120
"""Characters of a model's name that are kept."""
_REQUEST: Final = (
    "GET /v1/models HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class PortProbe:
    """Satisfies `ports.ServerProbe`."""

    limit_s: float = LIMIT_S
    """For connecting and answering together."""

    async def look(self, host: str, port: int) -> FoundServer | None:
        """What listens at a port; `None` if nothing does. Never raises.

        It blocks in a thread rather than waiting in the event loop: a loop that is busy drawing the first screen would
        take a server that answered in time for one that did not.
        """
        return await asyncio.to_thread(_look, host, port, self.limit_s)


def _look(host: str, port: int, limit_s: float) -> FoundServer | None:
    deadline = time.monotonic() + limit_s
    try:
        connection = socket.create_connection((host, port), timeout=limit_s)
    except (OSError, UnicodeError):
        return None
    with connection:
        try:
            connection.sendall(_REQUEST.format(host=host, port=port).encode("ascii", "replace"))
            answer, whole = _read(connection, deadline)
        except OSError:
            return FoundServer(Speech.SILENT)
    return _judge(answer, whole=whole)


def _read(connection: socket.socket, deadline: float) -> tuple[bytes, bool]:
    """All that comes until the time is up, and whether it ended before."""
    answer = b""
    while len(answer) < MAX_BYTES:
        # What has arrived is read even when this thread was late itself, hence never quite nothing.
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            more = connection.recv(65536)
        except TimeoutError:
            return answer, False
        answer += more
        if not more or _complete(answer):
            return answer, True
    return answer, True


def _complete(answer: bytes) -> bool:
    """Whether a body is whole by its own account: some servers keep the connection open against `Connection: close`."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return value.strip().isdigit() and len(body) >= int(value)
        if name == b"transfer-encoding":
            return body.endswith(b"0\r\n\r\n")
    return False


def _judge(answer: bytes, *, whole: bool) -> FoundServer:
    """Tell what spoke from all that it said in time."""
    if not answer:
        return FoundServer(Speech.SILENT)
    head, _, body = answer.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    if status is None:
        return FoundServer(Speech.OTHER)
    if re.search(rb"(?im)^transfer-encoding:\s*chunked", head):
        body = _joined(body)
    try:
        told: object = json.loads(body)
    except ValueError:
        # Half an answer is a slow server's; a whole one that is not JSON is a web page.
        return FoundServer(Speech.OTHER if whole else Speech.SILENT)
    code = int(status.group(1))
    if code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return FoundServer(Speech.LOCKED)
    names = _names(told) if code == HTTPStatus.OK else None
    return FoundServer(Speech.OTHER) if names is None else FoundServer(Speech.API, names)


def _joined(body: bytes) -> bytes:
    """A chunked body without its frames, as far as it came."""
    whole = b""
    while match := re.match(rb"([0-9A-Fa-f]{1,8})[^\r\n]*\r\n", body):
        size = int(match.group(1), 16)
        if not size:
            break
        whole += body[match.end() : match.end() + size]
        body = body[match.end() + size + 2 :]
    return whole


def _names(told: object) -> tuple[str, ...] | None:
    """The models' names in a list of models; `None` if it is no such list. Ollama says `null` for an empty one."""
    if not isinstance(told, dict) or not isinstance(listed := told.get("data", ()) or [], list):
        return None
    names = [item.get("id") for item in listed if isinstance(item, dict)]
    if len(names) != len(listed) or not all(isinstance(name, str) for name in names):
        return None
    if not names and told.get("object") != "list":
        return None
    return tuple(shown for name in names if (shown := _shown(str(name))))


def _shown(name: str) -> str:
    """A name from a stranger without anything a terminal might obey."""
    return "".join(char for char in name if char.isprintable())[:MAX_NAME]
