import os
import subprocess
import sys
from pathlib import Path

from dsr1_tui.adapters.process_identity import identity_of
from dsr1_tui.adapters.server_host.process_table import Process, by_proc, by_ps, descendants, family, running_processes
from support.processes import comes


def test_this_process_and_its_child_are_in_it() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    assert child.stdin is not None
    assert comes(lambda: running_processes()[child.pid].group == child.pid)
    table = running_processes()
    assert table[child.pid].parent == os.getpid()
    assert table[child.pid].started == identity_of(child.pid).started
    assert child.pid in descendants([os.getpid()], table)
    assert table[child.pid] in family(child.pid, table)
    child.kill()
    assert comes(lambda: child.pid not in running_processes()), "a zombie is none"
    child.stdin.close()
    child.wait()


def test_ps_tells_the_same_of_them_as_proc() -> None:
    """Where there is /proc the other way can be held against it."""
    pid = os.getpid()
    told = by_ps()[pid]
    assert (told.parent, told.group) == (os.getppid(), os.getpgrp())
    assert told.started
    if Path("/proc/self/stat").exists():
        fields = by_proc()[pid]
        assert (fields.parent, fields.group) == (told.parent, told.group)


def test_a_family_is_a_group_and_all_that_descends_from_it() -> None:
    rows = [(10, 1, 10), (11, 10, 10), (12, 11, 12), (13, 12, 13), (14, 1, 10), (15, 14, 15), (20, 1, 20), (21, 20, 20)]
    table = {pid: Process(pid, parent, group, "1") for pid, parent, group in rows}
    assert {process.pid for process in family(10, table)} == {10, 11, 12, 13, 14, 15}
    del table[10]
    assert {process.pid for process in family(10, table)} == {11, 12, 13, 14, 15}
    assert descendants([20], table) == {21}
    assert family(99, table) == set()
