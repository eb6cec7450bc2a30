"""Small steps on a real conversations file, each in a loop of its own."""

import asyncio
import contextlib
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsr1_tui.adapters.sqlite_store import SqliteStore
from dsr1_tui.domain.fault import Fault, FaultError
from support.fake_clock import FakeClock
from support.store_samples import a_conversation


@contextlib.contextmanager
def kept(path: Path) -> Iterator[SqliteStore]:
    """A store that is closed in the end."""
    store = SqliteStore(path, FakeClock())
    yield store
    asyncio.run(store.aclose())


def fault_at(path: Path) -> Fault:
    """What the first write to a file ends with; the sentence fits on a line, and says what to do."""
    with kept(path) as store, pytest.raises(FaultError) as caught:
        asyncio.run(store.put(a_conversation(FakeClock())))
    assert caught.value.fault.hint
    assert caught.value.fault.line.isprintable()
    return caught.value.fault


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def fill(path: Path) -> str:
    """A closed file with one conversation in it; its id."""
    conversation = a_conversation(FakeClock())
    with kept(path) as store:
        asyncio.run(store.put(conversation))
    return conversation.id
