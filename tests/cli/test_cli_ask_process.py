"""`ask` as a process of its own against a real socket, because signals, pipes and exit codes are the system's."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from dsr1_tui.adapters.sqlite_store import SqliteStore
from dsr1_tui.adapters.system_clock import SystemClock
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.message import Message, MessageRole, Status
from support.cli import Said, clean_environ, run_cli, running_cli
from support.fault_server import Act, FaultServer, Reply, capture, events_of, json_reply, unused_port

MODELS = json_reply(
    {"object": "list", "data": [{"id": "plain", "object": "model", "owned_by": "vllm", "max_model_len": 4096}]}
)
STREAM = events_of(capture("rp_stream_usage.txt"))


def serving(*replies: Reply) -> FaultServer:
    server = FaultServer(pages={"/v1/models": MODELS})
    server.replies.extend(replies or (Reply(STREAM),))
    return server


def asking(folder: Path, server: FaultServer) -> dict[str, str]:
    return clean_environ(folder, DSR1_BASE_URL=server.base_url)


def piece(text: str) -> bytes:
    chunk = {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def ended() -> list[bytes]:
    last = {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return [b"data: " + json.dumps(last).encode() + b"\n\n", b"data: [DONE]\n\n"]


async def kept(folder: Path) -> Message:
    """The last message in the store."""
    store = SqliteStore(folder / "data" / "conversations.db", SystemClock())
    try:
        tree = await store.load(await store.find(""))
    finally:
        await store.aclose()
    return tree.path[-1]


async def test_a_question_through_a_pipe(tmp_path: Path) -> None:
    async with serving() as server:
        env = clean_environ(tmp_path, DSR1_BASE_URL=server.base_url, DSR1_API_KEY="sk-of-mine")
        said = await run_cli("ask", "-", "--temperature", "0.1", env=env, feed="Löse x² = 4.\n".encode())
    (post,) = (one for one in server.posts if one.path.endswith("/chat/completions"))
    assert post.headers["authorization"] == "Bearer sk-of-mine"
    assert post.json["temperature"] == 0.1
    assert post.json["messages"][-1]["content"] == "Löse x² = 4."
    message = await kept(tmp_path)
    assert (said.code, said.err) == (0, "")
    assert said.out == message.content.strip("\n") + "\n"
    assert message.status is Status.COMPLETE
    assert message.reasoning
    assert b"sk-of-mine" not in (tmp_path / "data" / "conversations.db").read_bytes()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_a_signal_stops_gently(tmp_path: Path, number: signal.Signals, code: int) -> None:
    async with (
        serving(Reply([piece("half an answer"), Act.STALL])) as server,
        running_cli("ask", "q", env=asking(tmp_path, server)) as process,
    ):
        assert process.stdout is not None
        assert await process.stdout.read(14) == b"half an answer"
        process.send_signal(number)
        out, err = await process.communicate()
        await asyncio.wait_for(server.gone.wait(), 5)
    assert process.returncode == code
    assert (out, err) == (b"\n", b"dsr1-chat: Stopped; what had come is kept.\n")
    message = await kept(tmp_path)
    assert (message.content, message.status) == ("half an answer", Status.STOPPED)


async def test_a_signal_before_there_is_an_answer(tmp_path: Path) -> None:
    async with serving() as server:
        server.pages["/v1/models"] = Reply([Act.STALL])
        async with running_cli("ask", "--json", "q", env=asking(tmp_path, server)) as process:
            await asyncio.wait_for(server.started.wait(), 30)
            process.send_signal(signal.SIGINT)
            out, err = await process.communicate()
    assert (process.returncode, err) == (130, b"")
    assert json.loads(out)["error"]["code"] == "interrupted"


async def test_a_reader_that_leaves_stops_the_answer_quietly(tmp_path: Path) -> None:
    gate = asyncio.Event()
    read, write = os.pipe()
    async with (
        serving(Reply([piece("one\n"), gate, piece("two\n"), Act.STALL])) as server,
        running_cli("ask", "q", env=asking(tmp_path, server), stdout=write) as process,
    ):
        os.close(write)
        assert await asyncio.to_thread(os.read, read, 100) == b"one\n"
        os.close(read)
        gate.set()
        _, err = await asyncio.wait_for(process.communicate(), 30)
        await asyncio.wait_for(server.gone.wait(), 5)
    assert (process.returncode, err) == (5, b"")
    assert (await kept(tmp_path)).content == "one\ntwo\n"


async def test_a_stdout_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "readable").touch()
    with (tmp_path / "readable").open("rb") as file:
        async with (
            serving() as server,
            running_cli("ask", "q", env=asking(tmp_path, server), stdout=file.fileno()) as process,
        ):
            _, err = await process.communicate()
    assert process.returncode == 5
    assert err == b"dsr1-chat: The answer could not be written: Bad file descriptor. It is kept in the history.\n"


async def test_a_reader_that_sleeps_holds_up_neither_the_keeping_nor_ctrl_c(tmp_path: Path) -> None:
    read, write = os.pipe()
    async with (
        serving(Reply([*(piece("x" * 10_000) for _ in range(20)), *ended()])) as server,
        running_cli("ask", "q", "--loop-policy", "tell", env=asking(tmp_path, server), stdout=write) as process,
    ):
        os.close(write)
        deadline = asyncio.get_running_loop().time() + 30
        while (message := await shelved(tmp_path)) is None or message.status is not Status.COMPLETE:
            assert asyncio.get_running_loop().time() < deadline, "the answer was not kept"
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 10)
    os.close(read)
    assert process.returncode == 130
    assert len(message.content) == 200_000


async def shelved(folder: Path) -> Message | None:
    """The answer, once there is one: the question is kept a moment before it."""
    if not (folder / "data" / "conversations.db").exists():
        return None
    try:
        message = await kept(folder)
    except FaultError:
        return None
    return message if message.role is MessageRole.ASSISTANT else None


@pytest.mark.parametrize(
    ("reply", "code", "name"),
    [
        (json_reply({"error": "Unauthorized"}, status=401), 4, "unauthorized"),
        (Reply([b"<html>hello</html>"], content_type="text/html"), 3, "not-an-api"),
        (None, 3, "unreachable"),
    ],
)
async def test_what_the_server_says_decides_the_exit_code(
    tmp_path: Path, reply: Reply | None, code: int, name: str
) -> None:
    async with serving() as server:
        address = server.base_url if reply is not None else f"127.0.0.1:{unused_port()}"
        if reply is not None:
            server.pages["/v1/models"] = reply
        env = clean_environ(tmp_path, DSR1_API_KEY="sk-of-mine")
        said = await run_cli("--base-url", address, "ask", "q", "--json", env=env)
    found: dict[str, Any] = json.loads(said.out)
    assert (said.code, found["error"]["code"]) == (code, name)
    assert said.err.count("\n") == 1
    assert "sk-of-mine" not in said.out + said.err


async def test_the_demo_answers_without_a_server(tmp_path: Path) -> None:
    said = await run_cli("ask", "--demo", "What is the capital of Japan?", env=clean_environ(tmp_path))
    assert said.code == 0
    assert "Tokyo" in said.out
    assert said.err == "dsr1-chat: demo: a recorded answer; no model is running.\n"


async def test_closed_standard_streams_do_not_become_the_database(tmp_path: Path) -> None:
    async with serving() as server:
        shell = ["-c", 'exec "$0" -m dsr1_tui ask q <&- >&- 2>&-', sys.executable]
        process = await asyncio.create_subprocess_exec("sh", *shell, env=asking(tmp_path, server))
        assert await process.wait() == 0
    assert (await kept(tmp_path)).status is Status.COMPLETE


async def test_a_shell_can_complete(tmp_path: Path) -> None:
    env = clean_environ(tmp_path, _DSR1_CHAT_COMPLETE="bash_complete", COMP_WORDS="dsr1-chat as", COMP_CWORD="1")
    assert await run_cli(env=env) == Said(0, "plain,ask\n", "")
