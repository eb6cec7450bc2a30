"""One real vLLM for the tests that need it: installed once into a cache, started on the tiny model, ended with them."""

import asyncio
import fcntl
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from dsr1_tui.adapters.vllm_process import CPU, OFFLINE, VllmLaunch, VllmProcess
from dsr1_tui.domain.fault import FaultError
from support.processes import all_end

MODEL = Path(__file__).parent.parent / "tiny_r1" / "model"
NAME = "tiny-r1"
CONTEXT = 4096
START_S = 400.0
"""Longest wait for the server: some 30 s on a quiet machine, minutes on a busy one."""
FLAGS = ("--served-model-name", NAME, "--dtype", "bfloat16", "--enforce-eager", "--reasoning-parser", "deepseek_r1")
_RUNNING = re.compile(r"^vllm:num_requests_running\{[^}]*\} ([\d.]+)", re.MULTILINE)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class VllmServer:
    """A server that answers."""

    port: int
    log: Path

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def running(self) -> int:
        """Requests that it works on now."""
        with urllib.request.urlopen(f"{self.base_url}/metrics", timeout=20) as answer:
            text: str = answer.read().decode()
        return sum(int(float(number)) for number in _RUNNING.findall(text))

    def falls_idle(self, limit_s: float) -> bool:
        """Whether it works on nothing any more within so many seconds."""
        return self._comes(lambda number: number == 0, limit_s)

    def gets_busy(self, limit_s: float) -> bool:
        """Whether it works on something within so many seconds; it tells so a little late."""
        return self._comes(lambda number: number > 0, limit_s)

    def _comes(self, wanted: Callable[[int], bool], limit_s: float) -> bool:
        until = time.monotonic() + limit_s
        while not wanted(self.running()):
            if time.monotonic() > until:
                return False
        return True


def engine_folder(environ: Mapping[str, str]) -> Path:
    """Where the engine of the tests is."""
    told = environ.get("DSR1_ENGINE_DIR", "").strip()
    return Path(told).expanduser() if told else Path.home() / ".cache" / "dsr1-chat" / "engine-tests"


def provide_engine(folder: Path, say: Say) -> Path:
    """The interpreter of an engine in `folder`, installed by the real command if it is not there.

    Fails the test with the command's own sentence.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run of the tests may be installing: it is waited for
        environ = {**os.environ, "DSR1_ENGINE_DIR": str(folder)}
        python = _installed(environ)
        if python is None:
            say(f"vLLM is installed into {folder} (once, some minutes)")
            _install(environ, say)
            python = _installed(environ)
    if python is None:
        pytest.fail(f"The engine in {folder} is not usable.", pytrace=False)
    return python


def _installed(environ: Mapping[str, str]) -> Path | None:
    command = [sys.executable, "-m", "dsr1_tui", "engine", "status", "--json"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stderr.strip(), pytrace=False)
    python: str | None = json.loads(done.stdout)["python"]
    return Path(python) if python else None


def _install(environ: Mapping[str, str], say: Say) -> None:
    command = [sys.executable, "-m", "dsr1_tui", "engine", "install", "--cpu"]
    last = ""
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            last = line.strip() or last
            say(last)
    if process.returncode:
        pytest.fail(f"The engine could not be installed. {last}", pytrace=False)


@contextmanager
def serving(python: Path, folder: Path, say: Say) -> Generator[VllmServer]:
    """The server, while the context is open; afterwards none of its processes is left."""
    if not (MODEL / "config.json").exists():
        pytest.fail(f"The tiny model is not in {MODEL}; tests/tiny_r1/train.py makes it.", pytrace=False)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    launch = VllmLaunch(
        python=python,
        model=str(MODEL),
        port=port,
        log=folder / "vllm.log",
        flags=(*FLAGS, "--max-model-len", str(CONTEXT)),
        environment={**CPU, **OFFLINE},
    )
    say("vLLM starts")
    process = VllmProcess(launch, os.environ)
    group: list[int] = []
    try:
        try:
            took = asyncio.run(process.ready(START_S))
        except FaultError as error:
            pytest.fail(error.fault.line, pytrace=False)
        say(f"vLLM is ready after {took:.0f} s on port {port}")
        yield VllmServer(port, launch.log)
        group = _group(process.pid)
    finally:
        asyncio.run(process.stop())
    assert all_end(*group), "vLLM left processes behind"


def _group(leader: int) -> list[int]:
    """The processes of a group."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,pgid="], capture_output=True, text=True, check=True).stdout
    return [int(pid) for pid, group in (line.split() for line in listed.splitlines()) if int(group) == leader]
