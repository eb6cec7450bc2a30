"""Runs one vLLM server on this machine: started in its own session, watched until it is ready, ended as a group."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.engine_env import clean_environment
from dsr1_tui.adapters.paths import make_private
from dsr1_tui.domain.fault import FaultCode, FaultError, fail
from dsr1_tui.domain.server_log import last_words

HOST: Final = "127.0.0.1"
"""The only address a server of ours listens on: vLLM's key guards `/v1` alone."""
LOOK_S: Final = 0.25
"""Seconds between two looks at a server that starts or ends."""
HEALTH_S: Final = 5.0
GRACE_S: Final = 15.0
"""Wait for a server to end by itself; it may wait for a client that streams, for minutes."""
KILLED_S: Final = 5.0
LOG_TAIL: Final = 256 * 1024
"""Bytes of the log in which the cause of a failed start is looked for."""

QUIET: Final[Mapping[str, str]] = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_LOGGING_COLOR": "0"}
"""No statistics to vLLM's makers, no colours in the log."""
CPU: Final[Mapping[str, str]] = {
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "OMP_NUM_THREADS": "1",
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
}
"""A small model on a few cores: 1 GiB of KV cache, one thread, bound to no core."""
OFFLINE: Final[Mapping[str, str]] = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
"""For a model in a local folder: nothing is looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmLaunch:
    """One server to start."""

    python: Path
    """The interpreter of the environment that holds vLLM."""
    model: str
    """A folder, or a name on the hub."""
    port: int
    log: Path
    """Where its output goes; replaced."""
    flags: tuple[str, ...] = ()
    """Further flags, under vLLM's own names."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Laid over the user's own."""

    @property
    def command(self) -> tuple[str, ...]:
        """The command line. `-m`, because a script's first line cannot hold a long path."""
        where = ("--host", HOST, "--port", str(self.port))
        return (str(self.python), "-m", "vllm.entrypoints.cli.main", "serve", self.model, *where, *self.flags)


class VllmProcess:
    """A server that was started; `stop` must be called in the end."""

    def __init__(self, launch: VllmLaunch, environ: Mapping[str, str]) -> None:
        """Start it.

        Raises:
            FaultError: (engine-died) the port is taken, or it cannot be started or logged.
        """
        self.launch = launch
        if not port_is_free(launch.port):
            hint = "Stop what listens there, or take another port."
            raise fail(FaultCode.ENGINE_DIED, f"Port {launch.port} is taken.", hint)
        make_private(launch.log.parent, code=FaultCode.ENGINE_DIED)
        try:
            with open(launch.log, "wb", opener=_private) as log:
                self._process = subprocess.Popen(  # noqa: S603  the engine's own interpreter
                    launch.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**clean_environment(environ), **QUIET, **launch.environment},
                    start_new_session=True,
                )
        except OSError as error:
            message = f"vLLM cannot be started: {error.filename}: {error.strerror or type(error).__name__}."
            raise fail(FaultCode.ENGINE_DIED, message, "Install it: dsr1-chat engine install.") from None

    @property
    def pid(self) -> int:
        """The server's process, and its group's and session's number."""
        return self._process.pid

    @property
    def base_url(self) -> str:
        """Where it will answer."""
        return f"http://{HOST}:{self.launch.port}/v1"

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    async def ready(self, limit_s: float) -> float:
        """Wait until it answers; the seconds that took.

        Raises:
            FaultError: (engine-died) it ended, with its last words, or was not ready in time and still runs.
        """
        began = time.monotonic()
        while self.running:
            if await is_healthy(self.launch.port):
                return time.monotonic() - began
            if time.monotonic() - began > limit_s:
                raise self._fault(f"vLLM was not ready within {limit_s:.0f} s.")
            await asyncio.sleep(LOOK_S)
        why = last_words(_tail(self.launch.log))
        ended = f"vLLM ended while it started (code {self._process.returncode})"
        raise self._fault(f"{ended}: {why}" if why else f"{ended}.")

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """End it and all that it started; safe to call twice. Afterwards no process of its group is left."""
        for number, limit_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, KILLED_S)):
            if not self._signal(number):
                return
            until = time.monotonic() + limit_s
            while time.monotonic() < until:
                if not self.running and not self._signal(0):
                    return
                await asyncio.sleep(LOOK_S / 5)

    def _signal(self, number: int) -> bool:
        """Send a signal to the group; whether there is one. The leader's number is ours until it is waited for."""
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
            self._process.poll()
            return False
        return True

    def _fault(self, message: str) -> FaultError:
        return fail(FaultCode.ENGINE_DIED, message, f"Its log is {self.launch.log}.")


async def is_healthy(port: int) -> bool:
    """Whether a server on this machine says that it is ready to answer."""
    try:
        async with asyncio.timeout(HEALTH_S):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                writer.write(f"GET /health HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError):
        return False


def port_is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        # As the server itself does: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_TAIL))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
