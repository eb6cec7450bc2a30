import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.cli import engine
from dsr1_tui.domain.engine import GB
from support.cli import run_here
from support.fake_engine import LINUX, Answer, FakeHome, FakeHost, engine_ports, failed, succeed, worked
from support.processes import all_end
from support.terminal import Terminal

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real engine's folder of these tests."""
    monkeypatch.setenv("DSR1_ENGINE_DIR", str(tmp_path / "engine"))
    return tmp_path / "engine"


def in_memory(monkeypatch: pytest.MonkeyPatch, host: FakeHost, home: FakeHome) -> None:
    monkeypatch.setattr(engine, "find_engine", lambda _: engine_ports(host, home))


def test_a_dry_run_prints_commands_a_shell_would_take(folder: Path, capfd: Capture) -> None:
    said = run_here(capfd, "engine", "install", "--cpu", "--dry-run")
    assert said.code == 0
    commands = [line for line in said.out.splitlines() if not line.startswith("#")]
    assert len(commands) == 8
    assert shlex.split(commands[0])[1:] == ["-m", "venv", str(folder)]
    python = str(folder / "bin" / "python")
    assert all(shlex.split(line)[0] == python for line in commands[1:])
    assert not folder.exists(), "nothing was done"


def test_a_dry_run_says_what_would_be_refused(monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    in_memory(monkeypatch, FakeHost(facts=replace(LINUX, free_bytes=GB)), FakeHome())
    said = run_here(capfd, "engine", "install", "--dry-run")
    assert said.code == 0
    assert "-m venv /data/engine" in said.out
    assert "It would be refused" in said.err
    assert "1.0 GB are free" in said.err


def test_an_installation_is_told_step_by_step_on_stderr(monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    def answer(argv: Sequence[str]) -> Answer:
        return worked("\x1b[31mCollecting torch") if argv[-1].startswith("torch") else succeed(argv)

    home = FakeHome(used=3_600_000_000)
    in_memory(monkeypatch, FakeHost(answer=answer), home)
    said = run_here(capfd, "engine", "install")
    assert (said.code, said.out) == (0, "")
    assert "[3/8] PyTorch for the CPU …" in said.err
    assert "vLLM 0.32.0+cpu is installed: 3.6 GB" in said.err
    assert "\x1b" not in said.err
    again = run_here(capfd, "engine", "install")
    assert again.err.count("done before") == 8
    status = run_here(capfd, "engine", "status")
    assert status.out == "vLLM 0.32.0+cpu (CPU build) in /data/engine, 3.6 GB.\n"
    found = json.loads(run_here(capfd, "engine", "status", "--json").out)
    assert found["installed"] is True
    assert found["python"] == "/data/engine/bin/python"
    assert run_here(capfd, "engine", "remove", "--yes").code == 0
    assert home.kept is None


def test_a_failure_is_one_line_and_the_status_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    def answer(argv: Sequence[str]) -> Answer:
        if argv[-1].startswith("torch"):
            return failed(1, "OSError: [Errno 28] No space left on device: '/secret'", "Traceback (most recent call")
        return succeed(argv)

    in_memory(monkeypatch, FakeHost(answer=answer), FakeHome())
    said = run_here(capfd, "engine", "install")
    assert said.code == 2
    assert said.err.splitlines()[-1].startswith("dsr1-chat: The disk is full. ")
    assert "Traceback" not in said.err.splitlines()[-1]
    status = run_here(capfd, "engine", "status")
    assert "was not finished (2 steps done" in status.out
    assert json.loads(run_here(capfd, "engine", "status", "--json").out)["installed"] is False


def test_nothing_is_removed_where_nothing_is(folder: Path, capfd: Capture) -> None:
    said = run_here(capfd, "engine", "remove")
    assert (said.code, said.out) == (0, "")
    assert str(folder) in said.err
    assert "No engine is installed" in run_here(capfd, "engine", "status").out


def test_nothing_is_removed_unasked(monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    home = FakeHome()
    in_memory(monkeypatch, FakeHost(), home)
    run_here(capfd, "engine", "install")
    said = run_here(capfd, "engine", "remove")
    assert said.code == 2
    assert "--yes" in said.err
    assert home.kept is not None


def test_a_strangers_folder_is_left_alone(folder: Path, capfd: Capture) -> None:
    folder.mkdir()
    (folder / "thesis.tex").touch()
    for arguments in (("install", "--cpu"), ("remove", "--yes"), ("status",)):
        said = run_here(capfd, "engine", *arguments)
        assert said.code == 2
        assert "holds other things" in said.err
    assert (folder / "thesis.tex").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_command_and_leaves_it_resumable(folder: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "dsr1_tui", "engine", "install", "--cpu"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        while "virtual environment …" not in process.stderr.readline():
            assert process.poll() is None, "it ended before its first step"
        while sys.platform == "linux" and not _children(process.pid):
            assert process.poll() is None, "it ended before its first command ran"
        children = _children(process.pid)
        process.send_signal(number)
        rest = process.stderr.read()
        assert process.wait() == 128 + number
    assert "The same command goes on from here." in rest
    assert "Traceback" not in rest
    assert all_end(*children)
    done = subprocess.run(
        [sys.executable, "-m", "dsr1_tui", "engine", "status", "--json"], capture_output=True, check=True
    )
    assert json.loads(done.stdout)["installed"] is False
    assert (folder / "dsr1-engine.json").exists()


def _children(pid: int) -> list[int]:
    """What a process has started, where the system tells it so simply."""
    task = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in task.read_text().split()] if task.exists() else []


def test_on_a_terminal_one_line_lives_and_ctrl_c_leaves_the_screen_clean(folder: Path) -> None:
    environ = dict(os.environ)
    with Terminal([sys.executable, "-m", "dsr1_tui", "engine", "install", "--cpu"], environ, columns=60) as terminal:
        terminal.until("[1/8] virtual environment · ")
        terminal.press("ctrl+c")
        assert terminal.end() == 130
        assert "Stopped. The same command goes on from here." in terminal.text
        assert "virtual environment ·" not in terminal.text
        assert all(len(row) < 60 for row in terminal.text.splitlines() if row.startswith("["))
