"""Which process is meant by a number, also after that number was given to another: pid, start time and boot."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_STATE, _STARTED = 0, 19
"""Places of the state and the start time among the fields of /proc/PID/stat behind the name (proc(5): 3 and 22)."""
_DEAD_STATES: Final = frozenset("ZXx")
_PLAIN_ENV: Final = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
"""`ps` writes local time in the user's language unless told otherwise."""


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process of one boot of one machine."""

    pid: int
    started: str
    """When it started, in the system's own form: clock ticks since boot (Linux), or a date (macOS)."""
    boot: str
    """Names the boot of the machine; empty where the system does not tell."""


def this_process() -> ProcessIdentity:
    """The running process."""
    return identity_of(os.getpid())


def identity_of(pid: int) -> ProcessIdentity:
    """The process that has this number now."""
    return ProcessIdentity(pid, _started(pid) or "", _boot())


def is_alive(process: ProcessIdentity) -> bool:
    """Whether that very process still runs; a zombie does not."""
    return process.boot == _boot() and _started(process.pid) == process.started


def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return _said_by("sysctl", "-n", "kern.bootsessionuuid") if sys.platform == "darwin" else ""


def _started(pid: int) -> str | None:
    """The start time of a running process; `None` if there is none with that number."""
    if (_PROC / "self/stat").exists():
        return started_by_proc(pid)
    return started_by_ps(pid)


def started_by_proc(pid: int, proc: Path = _PROC) -> str | None:
    """The start time as /proc tells it (Linux), in clock ticks since boot; `None` if no such process runs."""
    try:
        stat = (proc / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it is in parentheses and may hold blanks and parentheses
    return fields[_STARTED] if len(fields) > _STARTED and fields[_STATE] not in _DEAD_STATES else None


def started_by_ps(pid: int) -> str | None:
    """The start time as `ps` tells it (macOS, BSD), to the second; `None` if no such process runs."""
    said = _said_by("ps", "-o", "stat=,lstart=", "-p", str(pid))
    state, _, started = said.partition(" ")
    return started.strip() if started and state[0] not in _DEAD_STATES else None


def _said_by(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10, env=_PLAIN_ENV)  # noqa: S603  fixed programs, a number as argument
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
