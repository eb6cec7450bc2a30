"""What ssh asks stands in the plain terminal: before the first frame, or with the app put away."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.cli import clean_environ
from support.fault_server import FaultServer, Reply, capture, events_of, json_reply
from support.sshd import Box, running_box
from support.terminal import Terminal

MODELS = json_reply(
    {"object": "list", "data": [{"id": "plain", "object": "model", "owned_by": "vllm", "max_model_len": 4096}]}
)
PASSPHRASE = "correct horse"
SCREEN = "\x1b[?1049h"
"""The sequence with which an app takes the whole screen."""
PROMPT = "Enter passphrase for key"


def serving() -> FaultServer:
    server = FaultServer(pages={"/v1/models": MODELS, "/health": Reply([b""])})
    server.answers["/tokenize"] = lambda _: json_reply({"detail": "Not Found"}, status=404)
    server.replies.append(Reply(events_of(capture("rp_stream_usage.txt"))))
    return server


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A box whose key is kept under a passphrase."""
    with running_box(tmp_path_factory.mktemp("box"), passphrase=PASSPHRASE) as box:
        yield box


@contextmanager
def chat(box: Box, *arguments: str) -> Iterator[Terminal]:
    with Terminal([sys.executable, "-m", "dsr1_tui", *arguments], box.environ, columns=100, lines=30) as terminal:
        yield terminal


async def in_thread(body: Callable[[], None]) -> None:
    """The terminal is waited for in a thread; the server at the tunnel's end runs in this loop."""
    await asyncio.to_thread(body)


async def test_a_passphrase_is_asked_for_before_the_screen_is_drawn(locked: Box) -> None:
    async with serving() as server:

        def body() -> None:
            with chat(locked, "--ssh", "box", "--remote-port", str(server.port)) as terminal:
                terminal.until(PROMPT)
                assert SCREEN not in terminal.raw
                terminal.type(f"{PASSPHRASE}\r")
                screen = terminal.until(lambda text: "● ready" in text)
                assert " box " in screen.splitlines()[0]
                assert "127.0.0.1" not in screen
                assert PASSPHRASE not in terminal.raw
                terminal.ask("What is 2+2?")
                terminal.until(" tok/s · first ")
                terminal.press("ctrl+q")
                assert terminal.end() == 0

        await in_thread(body)
    assert locked.all_gone()


async def test_ctrl_c_at_the_prompt_ends_all(locked: Box) -> None:
    def body() -> None:
        with chat(locked, "--ssh", "box") as terminal:
            terminal.until(PROMPT)
            terminal.press("ctrl+c")
            assert terminal.end() == 130
            assert SCREEN not in terminal.raw

    await in_thread(body)
    assert locked.all_gone()


async def test_a_new_host_key_is_asked_for(tmp_path: Path) -> None:
    with running_box(tmp_path) as box:
        async with serving() as server:

            def body() -> None:
                arguments = ("ask", "q", "--ssh", "stranger", "--remote-port", str(server.port))
                with chat(box, *arguments) as terminal:
                    terminal.until("continue connecting (yes/no")
                    terminal.type("yes\r")
                    assert terminal.end() == 0
                    assert "ED25519" in terminal.raw
                with chat(box, *arguments) as terminal:
                    assert terminal.end() == 0
                    assert "continue connecting" not in terminal.raw

            await in_thread(body)
        assert "stranger" in (box.folder / "known_hosts").read_text()
        assert box.all_gone()


async def test_a_refused_host_key_is_one_fault(tmp_path: Path) -> None:
    with running_box(tmp_path) as box:

        def body() -> None:
            with chat(box, "--ssh", "stranger") as terminal:
                terminal.until("continue connecting (yes/no")
                terminal.type("no\r")
                assert terminal.end() == 3
                assert "The host key of stranger was not accepted." in terminal.raw
                assert SCREEN not in terminal.raw

        await in_thread(body)
        assert box.all_gone()


async def test_after_a_drop_the_user_is_asked_with_the_app_put_away(locked: Box) -> None:
    async with serving() as server:

        def body() -> None:
            with chat(locked, "--ssh", "box", "--remote-port", str(server.port)) as terminal:
                terminal.until(PROMPT)
                terminal.type(f"{PASSPHRASE}\r")
                terminal.until("● ready")
                locked.drop()
                terminal.until("○ lost", lambda: terminal.ask("still there?"))
                assert "127.0.0.1" not in terminal.until("could not be asked for")
                before = terminal.raw.count(PROMPT)
                terminal.until("ssh://box/", lambda: terminal.type("\x1b[17~"))
                terminal.press("enter")
                terminal.until(lambda _: terminal.raw.count(PROMPT) > before)
                terminal.type(f"{PASSPHRASE}\r")
                terminal.until("● ready")
                terminal.press("ctrl+q")
                assert terminal.end() == 0

        await in_thread(body)
    assert locked.all_gone()


async def test_the_dialog_opens_a_tunnel(tmp_path: Path) -> None:
    with running_box(tmp_path) as box:
        async with serving() as server:

            def body() -> None:
                env = {**clean_environ(box.folder), **box.environ, "DSR1_BASE_URL": server.base_url}
                with Terminal([sys.executable, "-m", "dsr1_tui"], env, columns=100, lines=30) as terminal:
                    terminal.until("● ready")
                    terminal.until("Connect", lambda: terminal.type("\x1b[17~"))
                    terminal.press("ctrl+u")
                    terminal.until("by ssh to box", lambda: terminal.type(f"ssh://box/{server.port}"))
                    terminal.press("enter")
                    terminal.until(lambda text: "● ready" in text and " box " in text.splitlines()[0])
                    terminal.press("ctrl+q")
                    assert terminal.end() == 0

            await in_thread(body)
        assert box.all_gone()
