"""What `serve` says and does where its port is taken."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from dsr1_tui.adapters.server_host.door import LocalDoor
from dsr1_tui.cli import serve
from support.cli import run_here
from support.fault_server import unused_port
from support.processes import all_end, comes, runs
from support.serve_cli import Capture, on_stage, play, start
from support.server_stage import STANDIN, ServerStage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[ServerStage]:
    stage = ServerStage(tmp_path)
    on_stage(monkeypatch, stage)
    play(monkeypatch, "serves")
    yield stage
    stage.clear()


@pytest.fixture
def stranger() -> Generator[tuple[int, int]]:
    """A server of OpenAI's API that somebody else has started: its port and its process."""
    port = unused_port()
    command = [sys.executable, str(STANDIN), "serves", "--port", str(port), "--served-model-name", "their-r1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            assert comes(lambda: LocalDoor().owner(port))
            yield port, process.pid
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_one_of_ours_is_told_by_its_id_with_the_three_ways_on(stage: ServerStage, capfd: Capture) -> None:
    ours = start(capfd)
    port = str(ours["port"])
    said = run_here(capfd, "serve", "c/d", "--port", port)
    assert (said.code, said.out, said.err.count("\n")) == (5, "", 1)
    assert f"Port {port} is taken by a server of ours, a/b ({ours['id']})." in said.err
    assert f"Chat with it: dsr1-chat --base-url http://127.0.0.1:{port}; " in said.err
    assert f"end it: dsr1-chat serve stop {ours['id']}; start beside it: dsr1-chat serve c/d --port " in said.err
    found = json.loads(run_here(capfd, "serve", "c/d", "--port", port, "--json").out)
    assert (found["code"], found["adoptable"], found["server"]) == ("port-in-use", True, ours["id"])
    assert found["error"]["code"] == "server-start"
    beside = run_here(capfd, *found["command"].split()[1:], "--detach")
    assert beside.code == 0, "the suggested command works"
    assert beside.out == f"http://127.0.0.1:{found['flags']['--port']}/v1\n"


def test_one_of_ours_is_adopted_and_left_as_it_is(stage: ServerStage, capfd: Capture) -> None:
    ours = start(capfd)
    said = run_here(capfd, "serve", "c/d", "--port", str(ours["port"]), "--adopt")
    assert (said.code, said.out) == (0, f"{ours['base_url']}\n")
    assert f"serve stop {ours['id']}" in said.err
    found = json.loads(run_here(capfd, "serve", "--port", str(ours["port"]), "--adopt", "--json").out)
    assert (found["adopted"], found["server"], found["model"]) == (True, ours["id"], "a/b")
    assert runs(int(str(ours["pid"])))


def test_one_of_ours_that_starts_is_waited_for(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: Capture
) -> None:
    gate = tmp_path / "gate"
    play(monkeypatch, "waits", str(gate))
    port = str(unused_port())
    late = run_here(capfd, "serve", "a/b", "--port", port, "--keep", "--timeout", "1")
    assert late.code == 5
    gate.touch()
    said = run_here(capfd, "serve", "--port", port, "--adopt")
    assert (said.code, said.out) == (0, f"http://127.0.0.1:{port}/v1\n")


def test_a_stranger_that_speaks_the_api_is_offered(
    stage: ServerStage, stranger: tuple[int, int], capfd: Capture
) -> None:
    port, pid = stranger
    said = run_here(capfd, "serve", "--port", str(port))
    assert (said.code, said.out, said.err.count("\n")) == (5, "", 1)
    assert f"Port {port} is taken by a server that speaks OpenAI's API with their-r1 (" in said.err
    assert f"process {pid})" in said.err
    assert f"dsr1-chat --base-url http://127.0.0.1:{port}, or take it as it is: dsr1-chat serve --adopt" in said.err


def test_a_stranger_is_adopted_and_never_stopped(stage: ServerStage, stranger: tuple[int, int], capfd: Capture) -> None:
    port, pid = stranger
    said = run_here(capfd, "serve", "--port", str(port), "--adopt")
    assert (said.code, said.out) == (0, f"http://127.0.0.1:{port}/v1\n")
    assert "It is not ours: nothing here will stop it." in said.err
    assert run_here(capfd, "serve", "stop").code == 2, "it is none of ours"
    assert run_here(capfd, "serve", "stop", "--all").code == 0
    assert runs(pid)


def test_who_does_not_speak_the_api_is_told_and_another_port_is_named(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.setattr(serve, "PROBE_S", 0.1)  # it never answers
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port: int = holder.getsockname()[1]
        for more in ((), ("--adopt",)):
            said = run_here(capfd, "serve", "a/b", "--port", str(port), *more)
            assert (said.code, said.out, said.err.count("\n")) == (5, "", 1)
            assert f"Port {port} is taken by " in said.err
            assert f"(process {os.getpid()})" in said.err
            assert "Take another: dsr1-chat serve a/b --port " in said.err


def test_where_nothing_listens_adopt_starts_one(stage: ServerStage, capfd: Capture) -> None:
    assert start(capfd, "--adopt")["ready"] is True


def test_a_port_that_is_taken_while_it_starts_is_told_with_one_that_is_free(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    log = Path(__file__).parents[1] / "data" / "server_logs" / "port_in_use.log"
    play(monkeypatch, "replays", str(log), "1")
    port = unused_port()
    said = run_here(capfd, "serve", "a/b", "--port", str(port), "--json")
    found = json.loads(said.out)
    assert (found["code"], found["flags"]) == ("port-in-use", {})
    assert "free again" in found["remedy"], "nobody has it any more"
    assert all_end(*(record.supervisor.pid for record in stage.host().running()))
