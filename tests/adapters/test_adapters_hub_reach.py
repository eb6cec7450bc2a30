import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dsr1_tui.adapters.hub_reach import why_out_of_reach
from support.fault_server import unused_port


@contextmanager
def answering(status: int, seen: list[str] | None = None) -> Generator[str]:
    """A web server that gives this status to all: its address. What it is asked goes into `seen`."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            if seen is not None:
                seen.append(f"{self.command} {self.path}")
            self.send_response(status)
            self.send_header("location", "http://127.0.0.1:9/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        do_HEAD = do_CONNECT = answer  # noqa: N815  the names that the library asks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own name for it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        running.join()
        server.server_close()


@pytest.mark.parametrize("status", [200, 302, 401, 404, 405, 500])
def test_whatever_it_answers_it_is_there(status: int) -> None:
    seen: list[str] = []
    with answering(status, seen) as hub:
        assert why_out_of_reach(hub, {}) == ""
    assert len(seen) == 1, "where it sends one is not gone to"


def test_a_port_where_nothing_listens() -> None:
    port = unused_port()
    assert why_out_of_reach(f"http://127.0.0.1:{port}", {}) == f"127.0.0.1:{port}: Connection refused."


def test_a_name_that_does_not_exist() -> None:
    why = why_out_of_reach("http://nowhere.invalid", {})
    assert why.startswith("nowhere.invalid")
    assert why.endswith(".")


def test_one_that_never_answers_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        where = f"127.0.0.1:{silent.getsockname()[1]}"
        assert why_out_of_reach(f"http://{where}", {}, 0.1) == f"{where} did not answer within 0.1 s."


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_it_goes_through_the_users_proxy(name: str) -> None:
    seen: list[str] = []
    with answering(200, seen) as proxy:
        assert why_out_of_reach("http://hub.invalid", {name: proxy}) == ""
    assert [line.rstrip("/") for line in seen] == ["HEAD http://hub.invalid"]


@pytest.mark.parametrize(("scheme", "status"), [("http", 502), ("http", 407), ("https", 403)])
def test_a_proxy_that_lets_nobody_out(scheme: str, status: int) -> None:
    with answering(status) as proxy:
        secret = proxy.replace("http://", "http://user:secret@")
        why = why_out_of_reach(f"{scheme}://hub.invalid", {f"{scheme}_proxy": secret})
    assert why.startswith("hub.invalid (through the proxy 127.0.0.1:")
    assert str(status) in why
    assert "secret" not in why


def test_a_proxy_that_is_dead() -> None:
    proxy = f"http://127.0.0.1:{unused_port()}"
    assert "Connection refused" in why_out_of_reach("https://hub.invalid", {"https_proxy": proxy})


def test_hosts_that_go_without_the_proxy_do() -> None:
    dead = {"http_proxy": f"http://127.0.0.1:{unused_port()}"}
    with answering(200) as hub:
        assert why_out_of_reach(hub, {**dead, "no_proxy": "127.0.0.1"}) == ""
        assert why_out_of_reach(hub, {**dead, "NO_PROXY": "*"}) == ""
        assert why_out_of_reach(hub, dead) != ""


def test_a_proxy_of_another_kind_is_not_judged() -> None:
    assert why_out_of_reach("http://nowhere.invalid", {"all_proxy": "socks5://127.0.0.1:9"}) == ""


@pytest.mark.parametrize("endpoint", ["mirror", "ftp://mirror.invalid", "http://", "http://[", "file:///etc/passwd"])
def test_what_is_no_address_is_told(endpoint: str) -> None:
    assert why_out_of_reach(endpoint, {}) != ""
