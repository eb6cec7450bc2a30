"""The store's contract, held by the real store and by the one that tests elsewhere use in its place."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dsr1_tui.adapters.process_identity import identity_of
from dsr1_tui.adapters.sqlite_store import SqliteStore
from support.contract_store import StoreContract
from support.fake_clock import FakeClock
from support.fake_store import MemoryStore
from support.store_world import World


def waiting_process() -> subprocess.Popen[bytes]:
    """A process that does nothing until it is killed or its input ends."""
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    clock = FakeClock()
    if request.param == "memory":
        memory = MemoryStore(clock)
        yield World(clock, memory, memory.elsewhere("other"), memory.die)
        return
    with waiting_process() as owner:
        store = SqliteStore(tmp_path / "kept" / "chat.db", clock, identity_of(owner.pid))
        neighbour = SqliteStore(tmp_path / "kept" / "chat.db", clock)

        def die() -> None:
            owner.kill()
            owner.wait()

        yield World(clock, store, neighbour, die)
        await store.aclose()
        await neighbour.aclose()
        owner.kill()


class TestContract(StoreContract):
    """On both."""
