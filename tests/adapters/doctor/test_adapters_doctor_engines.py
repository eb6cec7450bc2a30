"""Which processes are ours and which are orphaned, by real processes and real state files."""

import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.adapters.doctor.our_engines import LocalEngineWatch
from dsr1_tui.adapters.doctor.process_name import program_name, short_name, words_of
from dsr1_tui.adapters.process_identity import identity_of
from dsr1_tui.adapters.server_host.folder import ServerFolder
from dsr1_tui.adapters.server_host.process_table import Process, running_processes
from dsr1_tui.adapters.server_host.state_file import Kept, mark_of, write_state
from dsr1_tui.domain.server.record import ProcessMark, ServerRecord
from support.processes import all_end, comes

SLEEP = "import time; time.sleep(600)"
GONE = ProcessMark(pid=2**22 - 7, started="1", boot="")


@contextmanager
def leader(*arguments: str) -> Generator[int]:
    """A process that leads a group of its own."""
    with subprocess.Popen([sys.executable, "-c", SLEEP, *arguments], start_new_session=True) as process:
        try:
            yield process.pid
        finally:
            process.kill()


def record_in(folder: Path, name: str, server: int, supervisor: int | None = None) -> ServerRecord:
    mark = mark_of(identity_of(server))
    record = ServerRecord(
        id=name,
        profile="p",
        model="m",
        served_name="m",
        host="127.0.0.1",
        port=8000,
        supervisor=replace(GONE, boot=mark.boot) if supervisor is None else mark_of(identity_of(supervisor)),
        server=mark,
        log=folder / f"{name}.log",
        started=1.0,
        kept=False,
    )
    write_state(Kept(record))
    return record


def test_a_server_that_is_watched_over_is_ours_and_one_without_is_an_orphan(tmp_path: Path) -> None:
    with ExitStack() as stack:
        watched, alone = stack.enter_context(leader()), stack.enter_context(leader())
        record_in(tmp_path, "watched", watched, os.getpid())
        record_in(tmp_path, "alone", alone)
        found = LocalEngineWatch(ServerFolder(tmp_path)).engines()
        assert found.ours[watched] == "watched"
        assert found.ours[alone] == "alone"
        (orphan,) = [orphan for orphan in found.orphans if orphan.server]
        assert (orphan.pids, orphan.server, orphan.stoppable) == ((alone,), "alone", True)
        assert not all_end(alone, limit_s=0), "nothing was signalled"


def test_a_dead_pid_that_another_program_has_now_is_a_strangers(tmp_path: Path) -> None:
    with leader() as stranger:
        record = record_in(tmp_path, "old", stranger)
        assert record.server is not None
        write_state(Kept(replace(record, server=replace(record.server, started="1"))))
        found = LocalEngineWatch(ServerFolder(tmp_path)).engines()
        assert stranger not in found.ours
        assert all(stranger not in orphan.pids for orphan in found.orphans)


def test_what_a_dead_leader_left_in_its_group_is_an_orphan_that_serve_stop_cannot_reach(tmp_path: Path) -> None:
    with leader() as pid:
        record = record_in(tmp_path, "left", pid)
        assert record.server is not None
        write_state(Kept(replace(record, server=replace(record.server, started="1"))))  # the leader itself is gone
        table = {500: Process(500, 1, pid, "9"), 501: Process(501, 1, pid, "9")}
        words = {500: ("VLLM::EngineCore",), 501: ("nginx",)}
        watch = LocalEngineWatch(ServerFolder(tmp_path), lambda: table, lambda one: words.get(one, ()))
        (orphan,) = watch.engines().orphans
    assert (orphan.pids, orphan.server, orphan.stoppable) == ((500,), "left", False)


@pytest.mark.parametrize(
    ("parent", "orphaned"),
    [
        ({}, True),
        ({7: ("/usr/lib/systemd/systemd", "--user")}, True),
        ({7: ("python3", "-m", "vllm.entrypoints.cli.main", "serve")}, False),
        ({7: ("python3", "-c", "from multiprocessing.forkserver import main")}, False),
    ],
)
def test_an_engine_that_is_not_ours_is_told_where_its_server_is_gone(
    tmp_path: Path, parent: Mapping[int, tuple[str, ...]], orphaned: bool
) -> None:
    table = {90: Process(90, 7 if parent else 1, 90, "1"), 7: Process(7, 1, 7, "1")}
    words = {90: ("VLLM::EngineCore",), **parent}
    found = LocalEngineWatch(ServerFolder(tmp_path), lambda: table, lambda pid: words.get(pid, ())).engines()
    assert bool(found.orphans) is orphaned
    assert all(orphan.server == "" for orphan in found.orphans)


def test_a_real_engines_title_is_seen(tmp_path: Path) -> None:
    with subprocess.Popen(["VLLM::EngineCore", "-c", SLEEP], executable=sys.executable) as process:
        try:
            table = {process.pid: replace(running_processes()[process.pid], parent=1)}
            (orphan,) = LocalEngineWatch(ServerFolder(tmp_path), lambda: table).engines().orphans
            assert (orphan.pids, orphan.name) == ((process.pid,), "VLLM::EngineCore")
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("/usr/sbin/nginx", "-g", "secret"), "nginx"),
        (("python3.11", "-m", "vllm.api_server", "serve", "--api-key", "sk-x"), "python3.11 -m vllm.api_server"),
        (("/opt/venv/bin/python", "/home/u/train.py", "--token", "x"), "python train.py"),
        (("python", "-u", "/opt/bin/vllm", "serve"), "python vllm"),
        (("python", "-c", "key='sk-x'"), "python"),
        (("python",), "python"),
        (("postgres: user secret",), "postgres:"),
        (("a\x1b[31mb",), "a[31mb"),
        ((" ",), ""),
        ((), ""),
    ],
)  # fmt: skip
def test_a_process_is_named_without_its_arguments(words: tuple[str, ...], name: str) -> None:
    assert short_name(words) == name


def test_a_real_process_is_named() -> None:
    with leader("sk-secret") as pid:
        assert comes(lambda: "sk-secret" in words_of(pid)), "it has begun"
        name = program_name(pid)
    assert name.startswith("python")
    assert "secret" not in name
    assert program_name(2**22 - 7) == ""
