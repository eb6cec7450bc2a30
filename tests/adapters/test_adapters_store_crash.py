"""Processes that die or live beside one another: what had streamed is kept, and only the dead are called dead."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dsr1_tui.adapters.process_identity import ProcessIdentity, identity_of
from dsr1_tui.adapters.sqlite_store import SqliteStore
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.domain.message import Message, Status
from support import store_writer
from support.fake_clock import FakeClock
from support.store_files import kept
from support.store_samples import a_conversation, a_question

HERE = ConversationId("0190a000-0000-7000-8000-000000000001")
PIECES = 20


@contextmanager
def writer(path: Path, messages: int = 1) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running writer, and the number of pieces that it has said are kept."""
    command = [sys.executable, store_writer.__file__, str(path), HERE, str(messages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = 0
        while said < PIECES:
            said = int(process.stdout.readline())
        yield process, said
        process.kill()


def assert_whole_pieces(message: Message, at_least: int) -> None:
    """The text is what the journal calls gave, none lost that had returned, none twice, none out of order."""
    pieces = message.reasoning.count(";")
    assert pieces >= at_least
    thoughts, words = zip(*(store_writer.piece(number) for number in range(pieces)), strict=True)
    assert message.reasoning == "".join(thoughts)
    assert message.content == "".join(words)


@pytest.mark.parametrize("messages", [1, 8])
async def test_kill_9_keeps_what_was_journalled(tmp_path: Path, messages: int) -> None:
    path = tmp_path / "chat.db"
    with writer(path, messages) as (process, said):
        process.kill()
        process.wait()
    store = SqliteStore(path, FakeClock())
    lost = await store.recover()
    tree = await store.load(HERE)
    await store.aclose()
    assert set(lost) == set(tree.messages)
    assert len(lost) == messages
    for message in tree.messages.values():
        assert (message.status, message.finish_reason) == (Status.INTERRUPTED, FinishReason.INTERRUPTED)
        assert_whole_pieces(message, said)
        assert message.boxed == str(message.reasoning.count(";") - 1)


def test_a_killed_process_that_nobody_reaped_is_gone(tmp_path: Path) -> None:
    with kept(tmp_path / "chat.db") as store, writer(tmp_path / "chat.db") as (process, _):
        process.kill()
        while identity_of(process.pid).started:  # its end takes a moment
            time.sleep(0.01)
        assert process.returncode is None  # a zombie, as no one has waited for it
        assert len(asyncio.run(store.recover())) == 1


async def test_a_living_writer_is_left_alone_and_read_along(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    clock = FakeClock()
    store = SqliteStore(path, clock)
    with writer(path) as (_, said):
        assert await store.recover() == ()
        (live,) = (await store.load(HERE)).messages.values()
        assert live.status is Status.STREAMING
        assert_whole_pieces(live, said)
        ours = a_conversation(clock)  # and both can write at once
        await store.put(ours)
        await store.add(a_question(clock, ours))
    assert await store.recover() == (live.id,)
    await store.aclose()


async def test_who_was_wrongly_taken_for_dead_goes_on(tmp_path: Path) -> None:
    clock = FakeClock()
    path = tmp_path / "chat.db"
    store = SqliteStore(path, clock, ProcessIdentity(pid=1, started="then", boot="of another machine"))
    other = SqliteStore(path, clock)
    conversation = a_conversation(clock)
    await store.put(conversation)
    question = a_question(clock, conversation, "", status=Status.STREAMING)
    await store.add(question)
    await store.journal(question.id, "", "one ")
    assert await other.recover() == (question.id,)
    await store.journal(question.id, "", "two")
    (message,) = (await other.load(conversation.id)).messages.values()
    assert (message.status, message.content) == (Status.STREAMING, "one two")
    await store.aclose()
    await other.aclose()


def test_many_processes_open_a_new_file_at_once(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path\n"
        "from dsr1_tui.adapters.sqlite_store import SqliteStore\n"
        "from dsr1_tui.adapters.system_clock import SystemClock\n"
        "input()\n"
        "print(asyncio.run(SqliteStore(Path(sys.argv[1]), SystemClock()).recent(1)))\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", program, str(tmp_path / "new" / "chat.db")]
    crowd = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in crowd:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[0] for process in crowd] == ["()\n"] * len(crowd)
