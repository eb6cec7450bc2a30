"""vLLM started by the chat itself, from the start screen."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dsr1_tui.adapters.server_host.folder import ServerFolder
from dsr1_tui.adapters.server_host.process_table import family, running_processes
from support.cli import clean_environ
from support.processes import all_end
from support.terminal import Terminal
from support.vllm_server import MODEL, START_S, VllmServer, engine_folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The tiny model in a folder that only this test knows, by which its server is told from the shared one."""
    return Path(shutil.copytree(MODEL, tmp_path / "tiny")).resolve()


def serving(folder: Path) -> list[int]:
    """Processes that have a model's folder in their command line."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if f"serve {folder}" in line]


def test_a_server_of_ones_own_answers_and_ends_with_the_chat(engine: Path, tmp_path: Path, model: Path) -> None:
    env = clean_environ(tmp_path, DSR1_ENGINE_DIR=str(engine_folder(os.environ)))
    with Terminal([sys.executable, "-m", "dsr1_tui", "--temperature", "0"], env) as terminal:
        terminal.until("start vLLM here")
        terminal.until("It will listen on this machine only", lambda: terminal.type("s"))
        terminal.press("ctrl+u")
        terminal.until(str(model)[-40:], lambda: terminal.type(str(model)))
        terminal.press("enter")
        terminal.until("● ready", limit_s=START_S)
        servers = serving(model)
        assert servers
        terminal.ask("What is 2+2?")
        terminal.until("┃ 4")
        terminal.press("ctrl+q")
        assert terminal.end() == 0
    assert all_end(*servers), "it left the server behind"


def test_nothing_is_left_when_the_chat_is_killed_in_mid_answer(engine: Path, tmp_path: Path, model: Path) -> None:
    folder = str(engine_folder(os.environ))
    env = clean_environ(tmp_path, DSR1_ENGINE_DIR=folder, VLLM_ENABLE_V1_MULTIPROCESSING="1")
    with Terminal([sys.executable, "-m", "dsr1_tui", "--temperature", "0"], env) as terminal:
        terminal.until("start vLLM here")
        terminal.until("It will listen on this machine only", lambda: terminal.type("s"))
        terminal.press("ctrl+u")
        terminal.until(str(model)[-40:], lambda: terminal.type(str(model)))
        terminal.press("enter")
        terminal.until("● ready", limit_s=START_S)
        (record,) = ServerFolder(tmp_path / "state" / "servers").records()
        assert record.server is not None
        processes = [process.pid for process in family(record.server.pid, running_processes())]
        assert len(processes) > 2, "the engine's core and its worker are processes of their own"
        terminal.ask("Loop forever.")
        assert VllmServer(record.port, record.log).gets_busy(20)
        os.kill(terminal.pid, signal.SIGKILL)
        assert all_end(record.supervisor.pid, *processes, limit_s=10.0), "it left processes behind"
