"""What a server takes, and which port is free beside one that is taken."""

import json
import socket
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.adapters.process_identity import this_process
from dsr1_tui.adapters.server_host import memory
from dsr1_tui.adapters.server_host.door import HIGHEST, LocalDoor
from dsr1_tui.adapters.server_host.memory import memory_of
from dsr1_tui.adapters.server_host.state_file import identity_from, read_state, state_path
from support.processes import all_end, comes
from support.server_stage import ServerStage, standin_plan

MIB = 1024**2


@pytest.fixture
def stage(tmp_path: Path) -> Generator[ServerStage]:
    stage = ServerStage(tmp_path)
    yield stage
    stage.clear()


@pytest.mark.parametrize("way", ["proc", "ps"])
def test_memory_is_that_of_the_server_with_all_its_children(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    if way == "ps":
        monkeypatch.setattr(memory, "_PROC", tmp_path)
    host = stage.host()
    record = host.launch(standin_plan("serves", "--family"), keep=False)
    stage.pids(record, "core", "own", "daemon")
    found = memory_of(record)
    assert found is not None
    assert 5 * MIB < found < 2048 * MIB
    assert host.end(record, kill=True)
    assert record.server is not None
    assert all_end(record.server.pid)
    assert comes(lambda: memory_of(record) is None)
    assert memory_of(replace(record, server=None)) is None


def test_whose_it_is_is_written_down(stage: ServerStage) -> None:
    record = stage.host().launch(standin_plan("serves"), keep=False)
    assert record.owner is not None
    assert identity_from(record.owner) == this_process()
    kept = read_state(state_path(record))
    assert kept is not None
    assert kept.record.owner == record.owner


def test_a_state_file_of_before_that_is_read(stage: ServerStage) -> None:
    record = stage.host().launch(standin_plan("serves"), keep=False)
    file = state_path(record)
    told = json.loads(file.read_text())
    del told["owner"]
    file.write_text(json.dumps(told))
    kept = read_state(file)
    assert kept is not None
    assert kept.record == replace(record, owner=None)


def test_the_next_port_is_the_nearest_that_is_free() -> None:
    with ExitStack() as holding:
        first = holding.enter_context(socket.socket())
        first.bind(("127.0.0.1", 0))
        port: int = first.getsockname()[1]
        free = LocalDoor().free_port(port)
        assert free != port
        assert free == LocalDoor().free_port(free), "it is free"
        assert port < free <= port + 20 or port + 20 > HIGHEST
