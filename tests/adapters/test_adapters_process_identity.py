"""A process is known by more than its number."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.adapters.process_identity import (
    ProcessIdentity,
    identity_of,
    is_alive,
    started_by_proc,
    started_by_ps,
    this_process,
)


def test_this_process_is_alive() -> None:
    here = this_process()
    assert here == this_process() == identity_of(os.getpid())
    assert here.pid == os.getpid()
    assert here.started
    assert here.boot
    assert is_alive(here)


def test_a_number_given_to_another_is_not_the_same_process() -> None:
    here = this_process()
    assert not is_alive(replace(here, started="long ago"))
    assert not is_alive(replace(here, boot="before the last restart"))
    assert not is_alive(replace(here, started=""))


def test_child_while_it_lives() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        identity = identity_of(child.pid)
        assert is_alive(identity)
        child.kill()
        child.wait()
        assert not is_alive(identity)
    assert identity_of(child.pid).started == ""


def has_a_real_ps() -> bool:
    """A small container may have none, or one that cannot tell the start of a process."""
    if shutil.which("ps") is None:
        return False
    return subprocess.run(["ps", "-o", "lstart=", "-p", "1"], capture_output=True, check=False).returncode == 0


def test_ps_tells_the_same_of_the_living_and_nothing_of_the_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        started = started_by_ps(child.pid)
        assert started == started_by_ps(child.pid)
        assert bool(started) == has_a_real_ps()
        child.kill()
        child.wait()
        assert started_by_ps(child.pid) is None


@pytest.mark.parametrize(
    ("name", "state", "expected"),
    [("python", "R", "4711"), ("a) R (b 1 2 3)", "S", "4711"), ("tmux: server", "Z", None), ("x", "X", None)],
)
def test_stat_line(tmp_path: Path, name: str, state: str, expected: str | None) -> None:
    fields = [state, *(str(number) for number in range(4, 22)), "4711", "23", "24"]
    (tmp_path / "17").mkdir()
    (tmp_path / "17" / "stat").write_text(f"17 ({name}) {' '.join(fields)}\n")
    assert started_by_proc(17, tmp_path) == expected
    assert started_by_proc(18, tmp_path) is None


def test_cut_stat_line(tmp_path: Path) -> None:
    (tmp_path / "17").mkdir()
    (tmp_path / "17" / "stat").write_text("17 (x) R 1")
    assert started_by_proc(17, tmp_path) is None


def test_nobody() -> None:
    assert not is_alive(ProcessIdentity(2**22 + 1, "0", this_process().boot))
