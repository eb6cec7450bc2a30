"""Which processes descend from which, so that a server is ended with all that it started, in whatever group."""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_DEAD_STATES: Final = frozenset("ZXx")
_STATE, _PARENT, _GROUP, _STARTED = 0, 1, 2, 19
"""Places among the fields of /proc/PID/stat behind the name (proc(5): 3, 4, 5, 22)."""
_PS_LINE: Final = re.compile(r"\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*\S)")


@dataclass(frozen=True, slots=True)
class Process:
    """One running process."""

    pid: int
    parent: int
    group: int
    started: str
    """Its start time in the system's own form, as in `process_identity`."""


def running_processes() -> dict[int, Process]:
    """All processes by their numbers; zombies are none."""
    return by_proc() if (_PROC / "self/stat").exists() else by_ps()


def by_proc(proc: Path = _PROC) -> dict[int, Process]:
    """As /proc tells it (Linux)."""
    found = {}
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if len(fields) > _STARTED and fields[_STATE] not in _DEAD_STATES:
            pid = int(folder.name)
            found[pid] = Process(pid, int(fields[_PARENT]), int(fields[_GROUP]), fields[_STARTED])
    return found


def by_ps() -> dict[int, Process]:
    """As `ps` tells it (macOS, BSD); empty where it cannot be run."""
    command = ("ps", "-A", "-o", "pid=,ppid=,pgid=,stat=,lstart=")
    environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10, env=environment)  # noqa: S603  a fixed program
    except (OSError, subprocess.TimeoutExpired):
        return {}
    found = {}
    for match in filter(None, map(_PS_LINE.match, done.stdout.splitlines())):
        if match[4][0] not in _DEAD_STATES:
            pid = int(match[1])
            found[pid] = Process(pid, int(match[2]), int(match[3]), match[5])
    return found


def family(leader: int, table: Mapping[int, Process]) -> set[Process]:
    """The processes of a leader's group, and all that descend from them or from it; itself too where it runs."""
    roots = {leader} | {process.pid for process in table.values() if process.group == leader}
    return {table[pid] for pid in roots | descendants(roots, table) if pid in table}


def descendants(roots: Iterable[int], table: Mapping[int, Process]) -> set[int]:
    """The numbers of all that descend from these, without them."""
    children: dict[int, list[int]] = {}
    for process in table.values():
        children.setdefault(process.parent, []).append(process.pid)
    first = set(roots)
    found: set[int] = set()
    waiting = list(first)
    while waiting:
        new = [pid for pid in children.get(waiting.pop(), ()) if pid not in found]
        found.update(new)
        waiting += new
    return found - first


def send(pids: Iterable[int], number: int) -> None:
    """Send a signal to each that is still there."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def send_group(leader: int, number: int) -> None:
    """Send a signal to a group, if there is one."""
    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        os.killpg(leader, number)
