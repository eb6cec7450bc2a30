"""What becomes of a server when the program that started it, or its supervisor, is killed with SIGKILL."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.adapters.server_host.door import LocalDoor, is_healthy
from dsr1_tui.adapters.server_host.process_table import running_processes
from dsr1_tui.adapters.server_host.state_file import Kept, write_state
from dsr1_tui.domain.server.record import ServerRecord
from support.fault_server import unused_port
from support.processes import all_end, comes, runs
from support.server_stage import ServerStage, kill, standin_plan

LIMIT_S = 10.0
"""What the program promises."""
FAMILY = ("core", "own", "daemon")
TESTS = Path(__file__).parent.parent


@pytest.fixture
def stage(tmp_path: Path) -> Generator[ServerStage]:
    stage = ServerStage(tmp_path)
    yield stage
    stage.clear()


def launcher(stage: ServerStage, fate: str, *arguments: str) -> tuple["subprocess.Popen[str]", ServerRecord]:
    """A program that has started a server, and that server."""
    command = [sys.executable, "-m", "support.server_launcher", str(stage.path), str(unused_port()), fate, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TESTS)
    assert process.stdout is not None
    with process.stdout as said:
        known = said.readline().strip()
    (record,) = (record for record in stage.folder.records() if record.id == known)
    return process, record


def end(process: "subprocess.Popen[str]", number: int = signal.SIGKILL) -> None:
    process.send_signal(number)
    process.wait()


@pytest.mark.parametrize("part", ["serves", "stubborn", "hangs"])
def test_a_server_ends_with_the_program_that_is_killed(stage: ServerStage, part: str) -> None:
    process, record = launcher(stage, "end", part, "--family")
    family = stage.pids(record, *FAMILY)
    end(process)
    assert all_end(*family, limit_s=LIMIT_S)
    state = stage.host().look(record)
    assert not state.runs
    assert state.record.exit_code is not None
    assert stage.host().running() == ()


def test_a_killed_program_that_nobody_waits_for_is_gone_all_the_same(stage: ServerStage) -> None:
    process, record = launcher(stage, "end", "serves")
    family = stage.pids(record, "core")
    process.kill()  # not waited for: it stays a zombie
    assert all_end(*family, limit_s=LIMIT_S)
    process.wait()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the end of the pipe is all there is")
def test_a_fork_of_the_program_that_holds_the_pipe_does_not_hold_the_server(stage: ServerStage) -> None:
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from support.server_stage import ServerStage, standin_plan\n"
        "host = ServerStage(Path(sys.argv[1])).host()\n"
        "record = host.launch(standin_plan('serves'), keep=False)\n"
        "fork = os.fork()\n"
        "if fork: print(fork, flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code, str(stage.path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TESTS)
    assert process.stdout is not None
    with process.stdout as said:
        fork = int(said.readline())
    (record,) = stage.folder.records()
    family = stage.pids(record, "core")
    end(process)
    try:
        assert all_end(*family, limit_s=LIMIT_S)
    finally:
        kill(fork)


@pytest.mark.parametrize("fate", ["keep", "keep-later"])
async def test_one_that_is_kept_outlives_it_and_is_found_again(stage: ServerStage, fate: str) -> None:
    process, record = launcher(stage, fate, "serves", "--family")
    family = stage.pids(record, *FAMILY)
    end(process)
    host = stage.host()
    assert comes(lambda: host.look(record).record.kept)
    assert all(map(runs, family))
    (found,) = host.running()
    assert (found.id, found.kept, found.server) == (record.id, True, record.server)
    assert await LocalDoor().answers(found)
    assert host.keep(found).kept, "safe to say twice"
    host.end(found, kill=False)
    host.end(found, kill=True)
    assert all_end(*family)


def test_another_program_can_keep_it(stage: ServerStage) -> None:
    process, record = launcher(stage, "end", "serves")
    family = stage.pids(record, "core")
    assert stage.host().keep(record).kept
    end(process)
    assert not comes(lambda: not all(map(runs, family)), limit_s=1.0), "longer than the supervisor takes to look"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finding what hides takes the kernel's help")
@pytest.mark.parametrize("fate", ["end", "keep"])
def test_nothing_is_left_when_the_supervisor_is_killed(stage: ServerStage, fate: str) -> None:
    process, record = launcher(stage, fate, "stubborn", "--family")
    family = stage.pids(record, *FAMILY)
    kill(record.supervisor.pid)
    assert all_end(*family, limit_s=LIMIT_S)
    assert not stage.host().look(record).runs
    end(process)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finding what hides takes the kernel's help")
def test_nothing_is_left_when_the_supervisor_s_own_guard_is_killed(stage: ServerStage) -> None:
    host = stage.host()
    record = host.launch(standin_plan("serves", "--family"), keep=True)
    family = stage.pids(record, *FAMILY)
    guard = running_processes()[record.supervisor.pid].parent
    kill(guard)
    assert all_end(*family, guard, limit_s=LIMIT_S)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's signal at a parent's death")
def test_the_server_itself_ends_when_both_are_killed_at_once(stage: ServerStage) -> None:
    host = stage.host()
    record = host.launch(standin_plan("serves"), keep=True)
    family = stage.pids(record, "core")
    kill(running_processes()[record.supervisor.pid].parent, record.supervisor.pid)
    assert all_end(*family[:2], limit_s=LIMIT_S)
    kill(family[2])


def test_one_whose_supervisor_is_gone_is_still_found_and_ended(stage: ServerStage) -> None:
    """What is left where no kernel helps: the server runs on without a supervisor."""
    host = stage.host()
    record = host.launch(standin_plan("serves"), keep=True)
    family = stage.pids(record, "core")
    dead = replace(record.supervisor, started="1")
    alone = replace(record, supervisor=dead)
    write_state(Kept(alone))
    assert host.running() == (alone,)
    assert host.end(alone, kill=False)
    assert all_end(*family)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere ages are not compared")
async def test_an_older_program_that_answers_at_its_port_is_not_taken_for_it(stage: ServerStage) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    host = stage.host()
    waiting = host.launch(standin_plan("hangs"), keep=False)
    async with await asyncio.start_server(answer, "127.0.0.1", waiting.port):
        assert await is_healthy("127.0.0.1", waiting.port)
        assert not await LocalDoor().answers(waiting)


async def test_a_younger_program_may_hold_its_port_for_it(stage: ServerStage) -> None:
    """As `docker run` has it: the port is held by a process that is no child of ours."""
    host = stage.host()
    asking = host.launch(standin_plan("hangs"), keep=False)
    holding = host.launch(standin_plan("serves", profile="other", port=asking.port), keep=False)
    door = LocalDoor()
    assert await asyncio.to_thread(comes, lambda: door.owner(holding.port) is not None)
    assert await door.answers(holding)
    assert await door.answers(asking)
