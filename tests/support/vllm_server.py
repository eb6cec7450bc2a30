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
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from dsr1_tui.adapters.server_host.door import LocalDoor
from dsr1_tui.adapters.server_host.folder import ServerFolder
from dsr1_tui.adapters.server_host.host import LocalServerHost
from dsr1_tui.adapters.server_host.logs import LocalServerLogs
from dsr1_tui.adapters.server_host.process_table import family, running_processes
from dsr1_tui.adapters.system_clock import SystemClock
from dsr1_tui.domain.server.command import CPU, MODULE, OFFLINE, QUIET
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.services.serve import ServePorts, end_own, start_server
from dsr1_tui.services.serving import Answers, StartFailed
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
    command = (*MODULE, "serve", str(MODEL), "--host", "127.0.0.1", "--port", str(port), *FLAGS)
    plan = ServerPlan(
        profile=NAME,
        model=str(MODEL),
        served_name=NAME,
        host="127.0.0.1",
        port=port,
        command=(str(python), *command, "--max-model-len", str(CONTEXT)),
        environment={**QUIET, **CPU, **OFFLINE},
    )
    servers = ServerFolder(folder)
    host = LocalServerHost(servers, os.environ)
    ports = ServePorts(host=host, own=host, logs=LocalServerLogs(servers, host), door=LocalDoor(), clock=SystemClock())
    say("vLLM starts")
    record, took = asyncio.run(_up(ports, plan))
    say(f"vLLM is ready after {took:.0f} s on port {port}")
    group: list[int] = []
    try:
        yield VllmServer(port, record.log)
        assert record.server is not None
        group = [process.pid for process in family(record.server.pid, running_processes())]
    finally:
        asyncio.run(end_own(ports))
    assert all_end(*group), "vLLM left processes behind"


async def _up(ports: ServePorts, plan: ServerPlan) -> tuple[ServerRecord, float]:
    """Start it, and wait until it answers; fails the test with the reason it tells."""
    async with asyncio.timeout(START_S), aclosing(start_server(ports, plan)) as events:
        async for event in events:
            if isinstance(event, Answers):
                return event.record, event.took_s
            if isinstance(event, StartFailed):
                pytest.fail(f"{event.diagnosis.cause} {event.diagnosis.line}", pytrace=False)
    raise AssertionError("a start ends with one of the two")
