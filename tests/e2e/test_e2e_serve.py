"""vLLM started by the chat itself, from the start screen."""

import os
import shutil
import signal
import socket
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


def fill(terminal: Terminal, **texts: str) -> None:
    """From the start screen into the form, and fill in its fields, in their order."""
    terminal.until("start vLLM here")
    terminal.until("It will listen on this machine only", lambda: terminal.type("s"))
    for name in ("model", "max_model_len", "gpu_memory_utilization", "quantization", "gpus", "port", "more"):
        if name in texts:
            terminal.press("ctrl+u")
            terminal.until(texts[name][-40:], lambda text=texts[name]: terminal.type(text))  # type: ignore[misc]  # mypy cannot infer a default
        terminal.press("down")


def test_two_failed_starts_are_repaired_by_a_key_each_and_the_server_answers(
    engine: Path, tmp_path: Path, model: Path
) -> None:
    env = clean_environ(tmp_path, DSR1_ENGINE_DIR=str(engine_folder(os.environ)))
    with socket.socket() as holder, Terminal([sys.executable, "-m", "dsr1_tui", "--temperature", "0"], env) as terminal:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port: int = holder.getsockname()[1]
        small = "--kv-cache-memory-bytes 1000000"
        fill(terminal, model=str(model), max_model_len="4096", port=str(port), more=small)
        terminal.press("enter")
        screen = terminal.until("start again with --port")
        assert f"port {port} is taken by" in screen
        terminal.press("enter")
        screen = terminal.until("start again with --max-model-len 768", limit_s=START_S)
        assert "KV cache" in screen
        terminal.until("w level", lambda: terminal.type("l"))
        terminal.until("start again with --max-model-len 768", lambda: terminal.press("escape"))
        terminal.press("enter")
        terminal.until("● ready", limit_s=START_S)
        servers = serving(model)
        assert servers
        terminal.ask("What is 2+2?")
        terminal.until("┃ 4")
        terminal.until("Your server still runs", lambda: terminal.press("ctrl+q"))
        terminal.type("s")
        assert terminal.end() == 0
    assert all_end(*servers), "it left the server behind"


def test_nothing_is_left_when_the_chat_is_killed_in_mid_answer(engine: Path, tmp_path: Path, model: Path) -> None:
    folder = str(engine_folder(os.environ))
    env = clean_environ(tmp_path, DSR1_ENGINE_DIR=folder, VLLM_ENABLE_V1_MULTIPROCESSING="1")
    with Terminal([sys.executable, "-m", "dsr1_tui", "--temperature", "0"], env) as terminal:
        fill(terminal, model=str(model))
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
