"""Which processes run, as Linux and macOS tell it."""

import time
from collections.abc import Callable

from dsr1_tui.adapters.process_identity import identity_of


def runs(pid: int) -> bool:
    """Whether a process with this number runs; a zombie does not."""
    return bool(identity_of(pid).started)


def all_end(*pids: int, limit_s: float = 5.0) -> bool:
    """Whether none of them runs any more; one that was killed may take a moment to be gone."""
    until = time.monotonic() + limit_s
    while any(runs(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def comes(wanted: Callable[[], object], limit_s: float = 10.0) -> bool:
    """Whether something comes true within so many seconds."""
    until = time.monotonic() + limit_s
    while not wanted():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
