"""Servers started, found again and ended, with real processes; the stand-in plays vLLM."""

import os
import signal
import socket
import stat
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.adapters.process_identity import identity_of
from dsr1_tui.adapters.server_host.folder import ServerFolder
from dsr1_tui.adapters.server_host.host import LocalServerHost
from dsr1_tui.adapters.server_host.port_owner import port_owner, why_not_free
from dsr1_tui.adapters.server_host.state_file import Kept, mark_of, read_state, state_path, write_state
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.server.record import ServerRecord
from support.processes import all_end, comes, runs
from support.server_stage import ServerStage, command_lines, kill, standin_plan

FAMILY = ("core", "own", "daemon")


@pytest.fixture
def stage(tmp_path: Path) -> Generator[ServerStage]:
    stage = ServerStage(tmp_path)
    yield stage
    stage.clear()


def ends(host: LocalServerHost, record: ServerRecord) -> bool:
    return comes(lambda: not host.look(record).runs)


def test_a_server_and_all_its_children_are_ended(stage: ServerStage) -> None:
    host = stage.host()
    record = host.launch(standin_plan("serves", "--family"), keep=False)
    assert record.server is not None
    family = stage.pids(record, *FAMILY)
    assert host.running() == (record,)
    assert os.getsid(record.server.pid) == record.server.pid, "a session of its own"
    assert os.getsid(record.supervisor.pid) == record.supervisor.pid, "and one for its supervisor"
    assert host.end(record, kill=False)
    assert ends(host, record)
    assert all_end(*family)
    assert host.look(record).record.exit_code == -signal.SIGTERM
    assert host.running() == ()
    assert not host.end(record, kill=False), "there is nothing left to end"
    assert why_not_free("127.0.0.1", record.port) is None


def test_one_that_does_not_listen_to_reason_is_killed(stage: ServerStage) -> None:
    host = stage.host()
    record = host.launch(standin_plan("stubborn", "--family"), keep=False)
    family = stage.pids(record, *FAMILY)
    host.end(record, kill=False)
    host.end(record, kill=False)  # a second window asks as gently as the first
    assert comes(lambda: (kept := read_state(state_path(record))) is not None and kept.ending)
    assert runs(family[1])
    host.end(record, kill=True)
    assert ends(host, record)
    assert all_end(*family)
    assert host.look(record).record.exit_code == -signal.SIGKILL


def test_a_second_sigterm_from_outside_kills(stage: ServerStage) -> None:
    host = stage.host()
    record = host.launch(standin_plan("stubborn"), keep=False)
    stage.pids(record, "core")
    os.kill(record.supervisor.pid, signal.SIGTERM)
    assert comes(lambda: (kept := read_state(state_path(record))) is not None and kept.ending)
    os.kill(record.supervisor.pid, signal.SIGTERM)
    assert ends(host, record)
    assert host.look(record).record.exit_code == -signal.SIGKILL


def test_what_a_dead_server_left_behind_is_cleared_away(stage: ServerStage) -> None:
    host = stage.host()
    record = host.launch(standin_plan("serves", "--family"), keep=True)
    family = stage.pids(record, *FAMILY)
    kill(family[1])
    assert ends(host, record)
    assert all_end(*family)
    assert host.look(record).record.exit_code == -signal.SIGKILL


@pytest.mark.parametrize("code", [1, 2])
def test_the_code_of_a_failed_start_is_kept_with_its_last_words(stage: ServerStage, tmp_path: Path, code: int) -> None:
    words = tmp_path / "words.log"
    words.write_text("x" * 200_000 + "\nValueError: the last words\n")
    host = stage.host()
    record = host.launch(standin_plan("replays", str(words), str(code)), keep=False)
    assert ends(host, record)
    assert host.look(record).record.exit_code == code
    assert record.log.read_text().endswith("ValueError: the last words\n")


def test_two_servers_at_once_are_told_apart(stage: ServerStage) -> None:
    host = stage.host()
    one = host.launch(standin_plan("serves"), keep=False)
    two = host.launch(standin_plan("serves", profile="other"), keep=False)
    assert {record.id for record in host.running()} == {one.id, two.id}
    first, second = stage.pids(one, "core"), stage.pids(two, "core")
    host.end(one, kill=False)
    assert ends(host, one)
    assert all_end(*first)
    assert all(map(runs, second))
    assert [record.id for record in host.running()] == [two.id]


def test_a_taken_port_is_told_with_who_has_it(stage: ServerStage) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        owner = port_owner(port)
        assert owner is not None
        assert owner.pid == os.getpid()
        with pytest.raises(FaultError, match=f"Port {port} is taken by .*process {os.getpid()}") as caught:
            stage.host().launch(standin_plan("serves", port=port), keep=False)
    assert caught.value.fault.code is FaultCode.SERVER_START
    assert stage.folder.records() == ()


def test_an_address_that_is_not_ours_is_told(stage: ServerStage) -> None:
    plan = replace(standin_plan("serves"), host="192.0.2.1")
    with pytest.raises(FaultError, match=r"cannot listen on 192\.0\.2\.1"):
        stage.host().launch(plan, keep=False)


def test_a_program_that_is_not_there_is_told_and_leaves_nothing(stage: ServerStage) -> None:
    plan = replace(standin_plan("serves"), command=("/nowhere/vllm", "serve"))
    with pytest.raises(FaultError, match="/nowhere/vllm: No such file") as caught:
        stage.host().launch(plan, keep=False)
    assert caught.value.fault.code is FaultCode.SERVER_START
    assert list(stage.folder.path.iterdir()) == []


def test_a_log_folder_that_cannot_be_made_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    host = LocalServerHost(ServerFolder(tmp_path / "file" / "servers"), os.environ)
    with pytest.raises(FaultError, match="cannot be made: ") as caught:
        host.launch(standin_plan("serves"), keep=False)
    assert "\n" not in caught.value.fault.line


def test_files_are_private_and_the_key_is_nowhere(stage: ServerStage) -> None:
    secret = "sk-" + "very-secret-7"
    host = stage.host()
    record = host.launch(standin_plan("serves", key=secret), keep=False)
    stage.pids(record, "core")
    assert stat.S_IMODE(stage.folder.path.stat().st_mode) == 0o700
    for file in (record.log, state_path(record)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert secret not in file.read_text()
    assert not any(secret in line for line in command_lines())
    assert secret not in repr(record)
    environment = Path(f"/proc/{record.supervisor.pid}/environ")
    if environment.exists():
        assert secret not in environment.read_text()
        assert record.server is not None
        assert f"VLLM_API_KEY={secret}" in Path(f"/proc/{record.server.pid}/environ").read_text()


def test_a_stranger_with_a_number_of_ours_is_never_signalled(stage: ServerStage) -> None:
    host = stage.host()
    stranger = host.launch(standin_plan("serves"), keep=False)
    assert stranger.server is not None
    host.keep(stranger)
    pids = stage.pids(stranger, "core")
    wrong = replace(mark_of(identity_of(pids[1])), started="1")
    other_boot = replace(mark_of(identity_of(pids[1])), boot="another")
    for number, mark in enumerate((wrong, other_boot)):
        known = f"old-{number}"
        log = stage.folder.path / f"{known}.log"
        old = replace(stranger, id=known, log=log, supervisor=mark, server=mark)
        write_state(Kept(old))
        assert old not in host.running()
        assert not host.look(old).runs
        assert not host.end(old, kill=False)
        assert not host.end(old, kill=True)
        with pytest.raises(FaultError, match="runs no more"):
            host.keep(old)
    assert all(map(runs, pids))
    assert host.running() == (host.look(stranger).record,)


def test_the_last_five_logs_of_a_profile_are_kept(stage: ServerStage) -> None:
    host = stage.host()
    alive = host.launch(standin_plan("serves"), keep=False)
    dead = replace(alive.supervisor, started="1")
    for number in range(7):
        known, profile = f"old-{number}", "other" if number == 0 else "r1"
        log = stage.folder.path / f"{known}.log"
        for path in (log, log.with_name(f"{known}.log.0")):
            path.write_text("words")
        old = replace(alive, id=known, profile=profile, log=log, supervisor=dead, server=dead)
        write_state(Kept(replace(old, started=alive.started - 10 + number)))
    new = host.launch(standin_plan("serves"), keep=False)
    left = {record.id for record in stage.folder.records()}
    assert left == {new.id, alive.id, "old-6", "old-5", "old-4", "old-0"}
    assert {file.name.split(".")[0] for file in stage.folder.path.iterdir()} == left
