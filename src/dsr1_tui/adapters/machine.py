"""Reads what this machine is: GPUs, memory, disk, and whether vLLM is installed."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.domain.discovery import Gpu, MachineFacts, VllmPlace

GPU_LIMIT_S: Final = 2.0
"""A driver in trouble can keep nvidia-smi for ever."""
_GPU_QUERY: Final = ("--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
MIB: Final = 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMachine:
    """Satisfies `ports.Machine`."""

    data_dir: Path
    """Where models and the engine would be put; need not exist."""
    engine_dir: Path
    """vLLM's own environment; need not exist."""
    search_path: str | None = None
    """Where commands are looked for; `None` is the PATH."""
    meminfo: Path = Path("/proc/meminfo")
    platform: str = sys.platform

    def facts(self) -> MachineFacts:
        """What this machine is; blocks for up to some 2 seconds, never raises."""
        return MachineFacts(
            gpus=self._gpus(),
            memory_bytes=self._memory(),
            disk_free_bytes=_disk_free(self.data_dir),
            vllm=self._vllm(),
        )

    def _gpus(self) -> tuple[Gpu, ...]:
        command = shutil.which("nvidia-smi", path=self.search_path)
        said = _output((command, *_GPU_QUERY), GPU_LIMIT_S) if command else None
        return parse_gpus(said or "")

    def _memory(self) -> int | None:
        if self.platform == "darwin":
            sysctl = shutil.which("sysctl", path=self.search_path) or "/usr/sbin/sysctl"
            said = _output((sysctl, "-n", "hw.memsize"), GPU_LIMIT_S)
            return int(said) if said and said.strip().isdigit() else None
        try:
            return parse_meminfo(self.meminfo.read_text(encoding="ascii", errors="replace"))
        except OSError:
            return None

    def _vllm(self) -> VllmPlace | None:
        if holds_vllm(self.engine_dir):
            return VllmPlace.ENGINE
        # A folder called vllm in the working directory is a namespace package: it has no origin, and is not vLLM.
        with suppress(ImportError, ValueError):
            spec = importlib.util.find_spec("vllm")
            if spec is not None and spec.origin is not None:
                return VllmPlace.HERE
        return VllmPlace.PATH if shutil.which("vllm", path=self.search_path) else None


def holds_vllm(environment: Path) -> bool:
    """Whether a virtual environment has a Python and vLLM's package in it; one broken off half-made may lack either."""
    try:
        packages = environment.glob("lib*/python3*/site-packages/vllm/__init__.py")
        return (environment / "bin" / "python").exists() and any(packages)
    except OSError:
        return False


def parse_gpus(said: str) -> tuple[Gpu, ...]:
    """The devices in nvidia-smi's `name, MiB` lines; lines of another form (its errors) are skipped."""
    found = (re.fullmatch(r"\s*(.+?),\s*(\d+|\[N/A\]|\[Not Supported\])\s*", line) for line in said.splitlines())
    return tuple(
        Gpu(
            "".join(char for char in match.group(1) if char.isprintable())[:80],
            int(match.group(2)) * MIB if match.group(2).isdecimal() else None,
        )
        for match in found
        if match is not None
    )


def parse_meminfo(text: str) -> int | None:
    """`MemTotal` of /proc/meminfo in bytes."""
    match = re.search(r"^MemTotal:\s+(\d+) kB$", text, re.MULTILINE)
    return int(match.group(1)) * 1024 if match else None


def _disk_free(folder: Path) -> int | None:
    """Bytes free on the disk that holds, or will hold, a folder."""
    for place in (folder, *folder.parents):
        with suppress(OSError):
            return shutil.disk_usage(place).free
    return None


def _output(command: Sequence[str], limit_s: float) -> str | None:
    """What a command prints; `None` if it cannot be run, fails, or takes too long."""
    try:
        process = subprocess.Popen(  # noqa: S603  the command is one of the two above, found on this machine
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_plain_environment(os.environ),
            text=True,
            errors="replace",
        )
    except OSError:
        return None
    try:
        said, _ = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        # A process stuck in the driver does not die: waiting for it would hang in its stead.
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=0.2)
        return None
    return said if process.returncode == 0 else None


def _plain_environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "LC_ALL": "C"}
