"""`--ssh` as a process of its own, through a real sshd on loopback."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dsr1_tui.adapters.sqlite_store import SqliteStore
from dsr1_tui.adapters.system_clock import SystemClock
from support.cli import Said, run_here
from support.fault_server import Act, FaultServer, Reply, capture, events_of, json_reply, unused_port
from support.sshd import Box, eventually, running_box

MODELS = json_reply(
    {"object": "list", "data": [{"id": "plain", "object": "model", "owned_by": "vllm", "max_model_len": 4096}]}
)
HALF = b'data: {"id": "c", "choices": [{"index": 0, "delta": {"content": "half an answer"}}]}\n\n'


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with running_box(tmp_path_factory.mktemp("box")) as box:
        yield box


@pytest.fixture
def box(sshd: Box) -> Iterator[Box]:
    yield sshd
    assert sshd.all_gone(), sshd.sockets


def serving(*replies: Reply) -> FaultServer:
    server = FaultServer(pages={"/v1/models": MODELS})
    server.answers["/tokenize"] = lambda _: json_reply({"detail": "Not Found"}, status=404)
    server.replies.extend(replies or (Reply(events_of(capture("rp_stream_usage.txt"))),))
    return server


@asynccontextmanager
async def started(*arguments: str, env: Mapping[str, str]) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    """The program in a session of its own, hence without a terminal in which ssh could ask."""
    command = (sys.executable, "-m", "dsr1_tui", *arguments)
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, env=dict(env), stdin=nothing, stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def ended(*arguments: str, env: Mapping[str, str]) -> Said:
    async with started(*arguments, env=env) as process:
        out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


async def endpoint_kept(box: Box) -> str | None:
    """What the last answer's endpoint is called in the store."""
    store = SqliteStore(box.folder / "data" / "conversations.db", SystemClock())
    try:
        return (await store.load(await store.find(""))).path[-1].endpoint
    finally:
        await store.aclose()


async def test_an_answer_comes_through_the_tunnel(box: Box) -> None:
    async with serving() as server:
        said = await ended("ask", "q", "--ssh", "box", "--remote-port", str(server.port), env=box.environ)
        assert (said.code, said.err) == (0, "")
        assert said.out.strip()
        assert len(server.posts_to("/v1/chat/completions")) == 1


async def test_the_flags_stand_before_the_command_too_and_the_file_names_a_box(box: Box) -> None:
    config = box.folder / "lab.toml"
    async with serving() as server:
        before = ("--ssh", "box", "--remote-port", str(server.port), "ask", "q", "--json")
        said = await ended(*before, env=box.environ)
        assert (said.code, await endpoint_kept(box)) == (0, "box")
        config.write_text(f'[endpoints.lab]\nssh = "box"\nremote_port = {server.port}\n')
        said = await ended("ask", "q", "--json", "--config", str(config), env=box.environ)
        assert (said.code, await endpoint_kept(box)) == (0, "lab")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("stranger", "The host key of stranger is not known yet."),
        ("intruder", "could not be asked for."),
        ("no-such-host.invalid", "The host no-such-host.invalid is not known."),
        ("127.0.0.1:{closed}", "refused the ssh connection."),
    ],
)
async def test_what_fails_is_one_line_and_code_3(box: Box, where: str, words: str) -> None:
    said = await ended("ask", "q", "--ssh", where.format(closed=unused_port()), env=box.environ)
    assert (said.code, said.out) == (3, "")
    assert words in said.err
    assert said.err.count("\n") == 1


async def test_no_ssh_is_one_line(box: Box) -> None:
    said = await ended("ask", "q", "--json", "--ssh", "box", env={**box.environ, "PATH": str(box.folder / "tmp")})
    assert said.code == 3
    assert json.loads(said.out)["error"]["code"] == "ssh"
    assert said.err == "dsr1-chat: There is no ssh command on the PATH. Install OpenSSH's client.\n"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--ssh", "box", "--base-url", "gpu:1"), "--base-url and --ssh name two addresses."),
        (("--ssh", "box", "--demo"), "--demo and an endpoint's address contradict each other."),
        (("--ssh", "-oProxyCommand=x"), "is not an ssh address."),
        (("--base-url", "gpu:1", "--remote-port", "8000"), "--remote-port needs --ssh."),
        (("--ssh", "box", "--remote-port", "70000"), "--remote-port"),
    ],
)
def test_wrong_use_is_one_line(
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    flags: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.setenv("DSR1_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("DSR1_DATA_DIR", str(tmp_path))
    said = run_here(capfd, "ask", "q", *flags)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert words in said.err


async def test_ctrl_c_keeps_the_answer_and_ends_the_tunnel(box: Box) -> None:
    async with (
        serving(Reply([HALF, Act.STALL])) as server,
        started("ask", "q", "--ssh", "box", "--remote-port", str(server.port), env=box.environ) as process,
    ):
        assert process.stdout is not None
        assert await process.stdout.read(14) == b"half an answer"
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to ssh as well
        _, err = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 130, err
        assert b"lost" not in err


async def test_killed_the_program_leaves_no_ssh(box: Box) -> None:
    async with (
        serving(Reply([HALF, Act.STALL])) as server,
        started("ask", "q", "--ssh", "box", "--remote-port", str(server.port), env=box.environ) as process,
    ):
        assert process.stdout is not None
        assert await process.stdout.read(14) == b"half an answer"
        assert len(box.masters()) == 2
        process.kill()
        assert await asyncio.to_thread(box.all_gone, 10.0)


async def unheard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A port that takes the connection and never says a word."""
    await reader.read()
    writer.close()


async def test_killed_while_it_connects_it_leaves_no_ssh(box: Box) -> None:
    async with (
        await asyncio.start_server(unheard, "127.0.0.1", 0) as mute,
        started("ask", "q", "--ssh", f"127.0.0.1:{mute.sockets[0].getsockname()[1]}", env=box.environ) as process,
    ):
        assert await asyncio.to_thread(eventually, lambda: len(box.masters()) == 2)
        process.kill()
        assert await asyncio.to_thread(box.all_gone, 10.0)


def test_what_the_file_names_is_shown(box: Box) -> None:
    shutil.rmtree(box.folder / "config", ignore_errors=True)
    command = [sys.executable, "-m", "dsr1_tui", "config", "show", "--ssh", "me@box:22", "--remote-port", "8001"]
    done = subprocess.run(command, env=box.environ, capture_output=True, text=True, check=True)
    assert "ssh://me@box:22/8001 (--ssh)" in done.stdout
