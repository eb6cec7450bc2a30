"""The verbs as processes of their own, wired as they are for a user; only vLLM is played."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from support.cli import Said, clean_environ, run_cli, running_cli
from support.fault_server import unused_port
from support.processes import all_end, comes
from support.server_stage import STANDIN, ServerStage
from support.terminal import Terminal


@pytest.fixture
def environ(tmp_path: Path) -> Generator[dict[str, str]]:
    """A home whose config has the stand-in for vLLM."""
    (tmp_path / "config").mkdir()
    command = json.dumps([sys.executable, str(STANDIN), "serves"])
    (tmp_path / "config" / "config.toml").write_text(f"[server]\ncommand = {command}\n")
    # No test asks the hub, whatever network there is.
    yield clean_environ(tmp_path, HF_HUB_OFFLINE="1")
    ServerStage(tmp_path / "state").clear()


def shown(key: str) -> bool:
    """Whether a process list shows it."""
    return key in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


async def serve(environ: dict[str, str], *arguments: str) -> Said:
    return await run_cli("serve", *arguments, env=environ)


async def test_a_detached_server_outlives_its_starter_and_is_found_by_another_run(environ: dict[str, str]) -> None:
    port = unused_port()
    started = await serve(environ, "a/b", "--port", str(port), "--detach")
    assert (started.code, started.out) == (0, f"http://127.0.0.1:{port}/v1\n"), started.err
    (found,) = json.loads((await serve(environ, "status", "--json")).out)["servers"]
    assert (found["base_url"], found["kept"]) == (f"http://127.0.0.1:{port}/v1", True)
    again = await serve(environ, "a/b", "--port", str(port))
    assert again.code == 5
    assert again.err.count("\n") == 1
    assert f"taken by a server of ours, a/b ({found['id']})" in again.err
    assert f"dsr1-chat serve stop {found['id']}" in again.err
    stopped = await serve(environ, "stop")
    assert stopped.code == 0, stopped.err
    assert all_end(found["pid"])
    assert json.loads((await serve(environ, "status", "--json")).out) == {"servers": []}


async def test_an_exposed_server_asks_for_a_key_that_no_process_list_shows(
    environ: dict[str, str], tmp_path: Path
) -> None:
    said = await serve(environ, "a/b", "--host", "0.0.0.0", "--expose", "--port", str(unused_port()), "--detach")
    assert said.code == 0, said.err
    (file,) = (tmp_path / "state" / "keys").iterdir()
    key = file.read_text().strip()
    assert str(file) in said.err
    assert "/tokenize" in said.err
    assert key not in said.out + said.err
    assert not await asyncio.to_thread(shown, key)
    assert (await serve(environ, "stop")).code == 0


async def test_a_log_is_followed_until_its_server_ends(environ: dict[str, str]) -> None:
    assert (await serve(environ, "a/b", "--port", str(unused_port()), "--detach")).code == 0
    async with running_cli("serve", "logs", "-f", env=environ) as following:
        assert following.stdout is not None
        assert (await following.stdout.readline()).startswith(b"flags serve a/b")
        assert (await serve(environ, "stop")).code == 0
        async with asyncio.timeout(20):
            await following.communicate()
        assert following.returncode == 0


def test_on_a_terminal_one_line_lives_and_ctrl_c_ends_the_server(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "config" / "config.toml").write_text(
        f"[server]\ncommand = {json.dumps([sys.executable, str(STANDIN), 'hangs'])}\n"
    )
    command = [sys.executable, "-m", "dsr1_tui", "serve", "a/b", "--port", str(unused_port())]
    with Terminal(command, environ, columns=70) as terminal:
        terminal.until("starting · ")
        terminal.press("ctrl+c")
        assert terminal.end() == 130
        assert "a/b has ended" in terminal.text
        assert "starting · " not in terminal.text
        assert "Traceback" not in terminal.text


def test_when_the_command_is_killed_its_server_ends_too(environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "dsr1_tui", "serve", "a/b", "--port", str(unused_port()), "--json"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        found = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
    assert comes(lambda: all_end(found["pid"], limit_s=0.1))
