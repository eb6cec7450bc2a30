"""How much main memory a server takes, with all its processes."""

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.server_host.process_table import family, running_processes
from dsr1_tui.domain.server.record import ServerRecord

_PROC: Final = Path("/proc")
_SHARE: Final = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


def memory_of(record: ServerRecord) -> int | None:
    """Bytes that its processes hold; `None` where it does not run or it cannot be told.

    On Linux what several processes share is counted once (PSS, proc(5)); elsewhere by each.
    """
    if record.server is None:
        return None
    pids = [process.pid for process in family(record.server.pid, running_processes())]
    if not pids:
        return None
    if (_PROC / "self/smaps_rollup").exists():
        sizes = [_share_of(pid) for pid in pids]
        known = [size for size in sizes if size is not None]
        return sum(known) if known else None
    return _by_ps(pids)


def _share_of(pid: int) -> int | None:
    try:
        match = _SHARE.search((_PROC / str(pid) / "smaps_rollup").read_text("ascii", "replace"))
    except OSError:  # it ended, or is another user's
        return None
    return int(match[1]) * 1024 if match else None


def _by_ps(pids: Iterable[int]) -> int | None:
    command = ("ps", "-o", "rss=", "-p", ",".join(map(str, pids)))
    try:
        done = subprocess.run(  # noqa: S603  a fixed program
            command, capture_output=True, text=True, check=False, timeout=10, env={**os.environ, "LC_ALL": "C"}
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    sizes = [int(word) for word in done.stdout.split() if word.isdecimal()]
    return sum(sizes) * 1024 if sizes else None
