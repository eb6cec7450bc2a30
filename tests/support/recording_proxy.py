"""A proxy between the program and a real server that keeps what was asked and hands streams through as they come."""

import json
import select
import socket
import socketserver
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

_NOT_FOUND = (
    b'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n{"detail":"Not Found"}'
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request."""

    method: str
    path: str
    body: Any
    """Parsed JSON; `None` where there was no body."""


class RecordingProxy:
    """Listens on a free port of loopback while its context is open, in threads of its own.

    When the client goes, the connection to the server is closed at once, as without the proxy.
    """

    stall_after: int | None = None
    """Bytes of an answer after which nothing more is handed through, as if the server hung; `None`: no such end."""

    lacks: frozenset[str] = frozenset()
    """Paths that are not there, as on a server that is not vLLM."""
    ignores: frozenset[str] = frozenset()
    """Fields that never reach the server: what an older one would not know, and pass over in silence."""

    def __init__(self, port: int) -> None:
        """`port`: the server's, on loopback."""
        self.requests: list[Recorded] = []
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                proxy.pass_on(self.request, port)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def chats(self) -> list[dict[str, Any]]:
        """The bodies of the chat requests, oldest first."""
        return [request.body for request in self.requests if request.path == "/v1/chat/completions"]

    def pass_on(self, client: socket.socket, port: int) -> None:
        """Serve one connection: one request, then it is closed."""
        head, body = _read_request(client)
        if not head:
            return
        first, *fields = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        self.requests.append(Recorded(method, path, json.loads(body) if body else None))
        if path in self.lacks:
            client.sendall(_NOT_FOUND)
            return
        if self.ignores and body:
            body = json.dumps({k: v for k, v in json.loads(body).items() if k not in self.ignores}).encode()
        kept = [field for field in fields if not field.lower().startswith(("connection:", "content-length:"))]
        kept += [f"Content-Length: {len(body)}"] if body else []
        with socket.create_connection(("127.0.0.1", port)) as server:
            server.sendall("\r\n".join([first, *kept, "Connection: close", "", ""]).encode("latin-1") + body)
            passed = 0
            while True:
                stalled = self.stall_after is not None and passed >= self.stall_after
                ready, _, _ = select.select([client] if stalled else [server, client], [], [])
                source = server if server in ready else client
                try:
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is server:
                        client.sendall(data)
                        passed += len(data)
                except OSError:
                    return


def _read_request(client: socket.socket) -> tuple[bytes, bytes]:
    """Head (without its blank line) and body; empty where the client only opened the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(65536)
        if not more:
            return b"", b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += client.recv(65536)
    return head, body
