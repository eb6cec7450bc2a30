"""Trouble while the file is in use: what is said, and that the store can be used afterwards."""

import asyncio
import contextlib
import sqlite3
import threading
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.adapters.sqlite_store import SqliteStore
from dsr1_tui.domain.fault import FaultCode, FaultError
from support.fake_clock import FakeClock
from support.store_files import fill, kept
from support.store_samples import a_conversation, a_question, a_stream, an_answer


async def test_full_disk_and_what_comes_after(tmp_path: Path) -> None:
    clock = FakeClock()
    store = SqliteStore(tmp_path / "chat.db", clock)
    conversation = a_conversation(clock)
    question = a_question(clock, conversation)
    stream = a_stream(clock, question)
    await store.put(conversation)
    await store.add(question)
    await store.add(stream)
    await store.journal(stream.id, "before ", "")
    database = store._database
    await database.read(lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchall())
    long = replace(an_answer(clock, question, "x" * 100_000), id=stream.id)
    for call in (store.journal(stream.id, "y" * 100_000, ""), store.finish(long)):
        with pytest.raises(FaultError, match="disk is full") as caught:
            await call
        assert caught.value.fault.code is FaultCode.STORE
    assert (await store.load(conversation.id)).messages[stream.id].reasoning == "before "
    await database.read(lambda connection: connection.execute("PRAGMA max_page_count = 1000000").fetchall())
    await store.finish(long)
    assert (await store.load(conversation.id)).path == (question, long)
    await store.aclose()


async def test_locked_by_another(tmp_path: Path) -> None:
    clock = FakeClock()
    path = tmp_path / "chat.db"
    first = a_conversation(clock)
    store = SqliteStore(path, FakeClock(), busy_s=0.02)
    await store.put(first)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(FaultError, match="locked by another"):
            await store.put(a_conversation(clock))
        assert await store.find("") == first.id  # reading goes on
        other.execute("ROLLBACK")
    later = a_conversation(clock)
    await store.put(later)
    assert await store.find("") == later.id
    await store.aclose()


async def test_deleted_or_moved_while_open(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    store = SqliteStore(path, FakeClock())
    conversation = a_conversation(FakeClock())
    await store.put(conversation)
    path.rename(tmp_path / "old.db")
    with pytest.raises(FaultError, match="moved or deleted"):
        await store.put(conversation)
    await store.put(conversation)
    assert await store.find("") == conversation.id
    assert path.exists()
    await store.aclose()


def test_what_is_deleted_is_gone_from_the_disk(tmp_path: Path) -> None:
    clock = FakeClock()
    conversation = a_conversation(clock, "a delicate matter")
    question = a_question(clock, conversation, "a delicate matter " * 2000)

    def holding() -> list[str]:
        return [file.name for file in tmp_path.iterdir() if b"delicate" in file.read_bytes()]

    with kept(tmp_path / "chat.db") as store:
        asyncio.run(store.put(conversation))
        asyncio.run(store.add(question))
        assert holding() == ["chat.db-wal"]
        asyncio.run(store.delete(conversation.id))
        assert holding() == []


def test_closed_store_says_so(tmp_path: Path) -> None:
    fill(tmp_path / "chat.db")
    assert [file.name for file in tmp_path.iterdir()] == ["chat.db"]  # the log went into the file
    with kept(tmp_path / "chat.db") as store:
        asyncio.run(store.aclose())
        with pytest.raises(FaultError, match="closed"):
            asyncio.run(store.recent(1))


def block(store: SqliteStore) -> tuple[threading.Event, Future[bool]]:
    """The worker held up until the event is set, so that what is asked of it waits in the queue."""
    gate = threading.Event()
    return gate, store._database._worker.submit(gate.wait, 10)


async def test_a_cancelled_write_is_done_all_the_same(tmp_path: Path) -> None:
    clock = FakeClock()
    store = SqliteStore(tmp_path / "chat.db", clock)
    conversation = a_conversation(clock)
    await store.put(conversation)
    stream = a_stream(clock, a_question(clock, conversation))
    await store.add(stream)
    gate, _ = block(store)
    calls = [asyncio.create_task(store.journal(stream.id, "", f"{number} ")) for number in range(5)]
    await asyncio.sleep(0)
    for call in calls:
        call.cancel()
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in done)
    gate.set()
    assert (await store.load(conversation.id)).messages[stream.id].content == "0 1 2 3 4 "
    await store.aclose()


def test_a_write_outlives_its_loop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    conversation = a_conversation(FakeClock())

    async def abandon() -> threading.Event:
        gate, _ = block(store)
        call = asyncio.create_task(store.put(conversation))
        await asyncio.sleep(0)
        assert not call.done()
        return gate  # and `asyncio.run` cancels the call and closes the loop

    with kept(tmp_path / "chat.db") as store:
        asyncio.run(store.recent(1))
        asyncio.run(abandon()).set()
        assert asyncio.run(store.find("")) == conversation.id
    assert caplog.records == []
