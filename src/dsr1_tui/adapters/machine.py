"""Reads what this machine is: GPUs, memory, disk, and whether vLLM is installed."""

import importlib.util
import os
import re
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.doctor.tool import said_by
from dsr1_tui.domain.discovery import Gpu, MachineFacts, VllmPlace

LIMIT_S: Final = 2.0


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
        from dsr1_tui.adapters.doctor.gpu_smi import read_by_smi  # noqa: PLC0415  a chat with a server asks for none

        # By the tool, not the library: a driver in trouble keeps a process, which can be left alone, not a thread.
        reading = read_by_smi(self.search_path)
        return tuple(
            Gpu(gpu.name, gpu.total_bytes, gpu.free_bytes, gpu.holders) for gpu in (reading.gpus if reading else ())
        )

    def _memory(self) -> int | None:
        if self.platform == "darwin":
            sysctl = shutil.which("sysctl", path=self.search_path) or "/usr/sbin/sysctl"
            said = said_by((sysctl, "-n", "hw.memsize"), LIMIT_S, os.environ)
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
