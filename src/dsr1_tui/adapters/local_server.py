"""The vLLM server that the chat starts on this machine and ends when it is left."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.vllm_process import CPU, HOST, OFFLINE, VllmLaunch, VllmProcess, port_is_free
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.target import Target
from dsr1_tui.render.safe import safe

PORT: Final = 8000
"""Tried first: where every vLLM client looks."""
LIMIT_S: Final = 3600.0
"""A first start may download gigabytes."""
MAX_LEN: Final = 32768
"""Context asked for on a GPU: what DeepSeek-R1 was evaluated with."""
CPU_LEN: Final = 4096
"""On a CPU, whose KV cache is 1 GiB."""
TAIL: Final = 4096


class ChatServer:
    """Satisfies `ports.LocalServer`."""

    def __init__(self, *, log: Path, environ: Mapping[str, str]) -> None:
        self._log = log
        self._environ = environ
        self._process: VllmProcess | None = None
        self._model = ""

    def start(self, python: Path, model: str, *, cpu: bool) -> None:
        """Start it on port 8000, or on a free one where that is taken."""
        folder = Path(model).expanduser()
        local = folder.is_dir()
        if not local and (model.startswith((".", "/", "~")) or model.count("/") > 1):
            raise fail(FaultCode.ENGINE_DIED, f"There is no model folder {model}.", "Give a folder or a hub name.")
        where = str(folder.resolve()) if local else model
        self._model = folder.resolve().name if local else model
        flags = ["--served-model-name", self._model, "--reasoning-parser", "deepseek_r1"]
        flags += ["--max-model-len", str(CPU_LEN if cpu else MAX_LEN)]
        if cpu:
            flags += ["--dtype", "bfloat16", "--enforce-eager"]
        environment = {**(CPU if cpu else {}), **(OFFLINE if local else {})}
        port = PORT if port_is_free(PORT) else _free_port()
        launch = VllmLaunch(
            python=python, model=where, port=port, log=self._log, flags=tuple(flags), environment=environment
        )
        self._process = VllmProcess(launch, self._environ)

    async def ready(self) -> Target:
        """Wait until it answers."""
        if self._process is None:
            raise fail(FaultCode.ENGINE_DIED, "No server was started.")
        await self._process.ready(LIMIT_S)
        return Target(base_url=self._process.base_url, model=self._model)

    def last_line(self) -> str:
        """The last line of the log that is not empty."""
        try:
            with self._log.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
                lines = file.read().decode("utf-8", "replace").replace("\r", "\n").split("\n")
        except OSError:
            return ""
        return safe(next((line.strip() for line in reversed(lines) if line.strip()), ""))

    async def stop(self) -> None:
        """End it."""
        if self._process is not None:
            process, self._process = self._process, None
            await process.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
