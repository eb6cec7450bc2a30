"""The ways of a system without /proc and prctl, taken here too: a supervisor that knows `ps` alone."""

import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from dsr1_tui.adapters.server_host import host as host_module
from support.processes import all_end, comes
from support.server_stage import ServerStage, kill, standin_plan

SCRIPT = Path(__file__).parent.parent / "support" / "supervise_elsewhere.py"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[ServerStage]:
    monkeypatch.setattr(host_module, "_SCRIPT", SCRIPT)
    stage = ServerStage(tmp_path)
    yield stage
    stage.clear()


@pytest.mark.parametrize("part", ["serves", "stubborn"])
def test_a_server_and_its_children_in_other_groups_are_ended(stage: ServerStage, part: str) -> None:
    host = stage.host()
    record = host.launch(standin_plan(part, "--family"), keep=False)
    *family, daemon = stage.pids(record, "core", "own", "daemon")
    host.end(record, kill=False)
    if part == "stubborn":
        host.end(record, kill=True)
    assert comes(lambda: not host.look(record).runs)
    assert all_end(*family)
    assert host.look(record).record.exit_code in {-signal.SIGTERM, -signal.SIGKILL}
    kill(daemon)  # who has no parent of ours any more cannot be found there


def test_a_server_ends_when_its_program_lets_go(stage: ServerStage) -> None:
    host = stage.host()
    record = host.launch(standin_plan("serves"), keep=False)
    family = stage.pids(record, "core")
    host.close()
    assert all_end(*family)
    assert comes(lambda: not host.look(record).runs)


def test_a_group_ends_when_its_supervisor_is_killed(stage: ServerStage) -> None:
    host = stage.host()
    record = host.launch(standin_plan("serves"), keep=True)
    family = stage.pids(record, "core")
    kill(record.supervisor.pid)
    assert all_end(*family)
