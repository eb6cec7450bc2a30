"""Servers that are to outlive the command that started them, and starts that are given so long and no longer."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from support.cli import clean_environ, run_here
from support.fault_server import unused_port
from support.processes import all_end, comes, runs
from support.serve_cli import Capture, beside, on_stage, play, start
from support.server_stage import STANDIN, ServerStage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[ServerStage]:
    stage = ServerStage(tmp_path)
    on_stage(monkeypatch, stage)
    yield stage
    stage.clear()


@pytest.mark.parametrize("part", ["serves", "hangs"])
def test_ctrl_c_leaves_one_that_is_kept(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture, part: str
) -> None:
    play(monkeypatch, part)

    def press() -> None:
        host = stage.host()
        wanted = part == "serves"
        assert comes(lambda: any((record.ready_s is not None) == wanted for record in host.running()))
        os.kill(os.getpid(), signal.SIGINT)

    with beside(press):
        said = run_here(capfd, "serve", "a/b", "--port", str(unused_port()), "--keep", "--json")
    (record,) = stage.host().running()
    assert said.code == 0
    assert record.kept
    found = json.loads(said.out)
    assert (found["id"], found["ready"], found["kept"]) == (record.id, part == "serves", True)
    assert f"dsr1-chat serve stop {record.id}" in said.err
    assert ("ctrl+c leaves it running" in said.err) == (part == "serves")
    (now,) = json.loads(run_here(capfd, "serve", "status", "--json").out)["servers"]
    assert now["state"] == ("ready" if part == "serves" else "starting")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGKILL])
def test_one_that_is_kept_outlives_its_command(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "config").mkdir()
    words = json.dumps([sys.executable, str(STANDIN), "serves"])
    (tmp_path / "config" / "config.toml").write_text(f"[server]\ncommand = {words}\n")
    environ = clean_environ(tmp_path, HF_HUB_OFFLINE="1")
    command = [sys.executable, "-m", "dsr1_tui", "serve", "a/b", "--port", str(unused_port()), "--keep", "--json"]
    stage = ServerStage(tmp_path / "state")
    try:
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            found = json.loads(process.stdout.readline())
            process.send_signal(number)
        assert all_end(process.pid)
        (record,) = stage.host().running()
        assert runs(found["pid"])
        assert record.server is not None
        assert record.server.pid == found["pid"]
    finally:
        stage.clear()


def test_one_that_does_not_answer_in_time_is_ended(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    play(monkeypatch, "hangs")
    said = run_here(capfd, "serve", "a/b", "--port", str(unused_port()), "--timeout", "1", "--json")
    assert said.code == 5
    found = json.loads(said.out)
    assert found["cause"] == "It did not answer within 1 s; it was at: starting."
    assert found["error"]["code"] == "server-start"
    assert "Give it longer with --timeout" in said.err
    assert stage.host().running() == ()


def test_one_that_is_kept_and_does_not_answer_in_time_comes_up_by_itself(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: Capture
) -> None:
    gate = tmp_path / "gate"
    play(monkeypatch, "waits", str(gate))
    said = run_here(capfd, "serve", "a/b", "--port", str(unused_port()), "--timeout", "1", "--keep")
    assert said.code == 5
    assert "serve status tells how far it is" in said.err
    assert "    starting, up " in run_here(capfd, "serve", "status").out
    gate.touch()
    assert comes(lambda: "    ready, up " in run_here(capfd, "serve", "status").out), "nobody wrote down that it is"


def test_one_that_answers_in_time_is_not_bothered(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    play(monkeypatch, "serves")
    assert start(capfd, "--timeout", "60")["ready"] is True


@pytest.mark.parametrize("value", ["0", "-1", "soon", "nan"])
def test_a_time_that_cannot_be_is_told(stage: ServerStage, capfd: Capture, value: str) -> None:
    said = run_here(capfd, "serve", "--timeout", value)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)


def test_a_server_of_another_run_is_shown_with_whose_it_is(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    play(monkeypatch, "serves")
    shown: list[str] = []

    def look() -> None:
        host = stage.host()
        assert comes(lambda: any(record.ready_s is not None for record in host.running()))
        command = [sys.executable, "-m", "dsr1_tui", "serve", "status"]
        environ = clean_environ(stage.path)
        environ["DSR1_STATE_DIR"] = str(stage.path)
        shown.append(subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout)
        os.kill(os.getpid(), signal.SIGINT)

    with beside(look):
        assert run_here(capfd, "serve", "a/b", "--port", str(unused_port())).code == 130
    assert f"ends with its dsr1-chat (process {os.getpid()})" in shown[0]
    assert "GiB of memory" in shown[0]
