"""Messages as rows, written as they stream: text goes to the journal first and to the message at the end."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from dsr1_tui.adapters.process_identity import ProcessIdentity
from dsr1_tui.adapters.sqlite_store import owner, reading, rows
from dsr1_tui.adapters.sqlite_store.lookup import deleted_meanwhile
from dsr1_tui.domain.boxed import final_boxed
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.ids import MessageId
from dsr1_tui.domain.message import Message, Status

_WRITE: Final = rows.upsert("message", rows.MESSAGE_COLUMNS)
_APPEND: Final = """
    INSERT INTO journal (message_id, seq, at, reasoning, content)
    SELECT :id, coalesce(max(seq), 0) + 1, :at, :reasoning, :content FROM journal WHERE message_id = :id
"""
_USED: Final = "UPDATE conversation SET updated = max(updated, ?) WHERE id = ?"
_CONVERSATION: Final = "SELECT 1 FROM conversation WHERE id = ?"
_SEGMENT: Final = "INSERT INTO segment (message_id, position, from_char, cause, sampling) VALUES (?, ?, ?, ?, ?)"
_LEAF: Final = "UPDATE conversation SET active_leaf = ? WHERE id = ?"


def add(connection: sqlite3.Connection, message: Message, process: Callable[[], ProcessIdentity]) -> None:
    """Insert a message (or write it anew) as its conversation's active leaf, owned by `process()` if it streams.

    Raises:
        FaultError: (not-found) its conversation was deleted.
    """
    _write(connection, message)
    _used(connection, message)
    connection.execute(_LEAF, (message.id, message.conversation_id))
    if message.status is Status.STREAMING:
        owner.claim(connection, message.id, process())


def finish(connection: sqlite3.Connection, message: Message) -> None:
    """Write a message's final state; its journal and its owner go.

    Raises:
        FaultError: (not-found) its conversation was deleted.
    """
    _write(connection, message)
    _used(connection, message)


def append(
    connection: sqlite3.Connection, message_id: MessageId, texts: tuple[str, str], at: float, process: ProcessIdentity
) -> None:
    """Append reasoning and answer to the journal of a message that streams in `process`.

    If another machine that shares the file took us for dead meanwhile, the message is claimed back.

    Raises:
        FaultError: (not-found) its conversation was deleted.
    """
    row = connection.execute("SELECT status FROM message WHERE id = ?", (message_id,)).fetchone()
    if row is None:
        raise deleted_meanwhile()
    if row["status"] != Status.STREAMING:
        claim_back = "UPDATE message SET status = ?, finish_reason = NULL WHERE id = ?"
        connection.execute(claim_back, (Status.STREAMING, message_id))
        owner.claim(connection, message_id, process)
    reasoning, content = map(rows.storable, texts)
    connection.execute(_APPEND, {"id": message_id, "at": at, "reasoning": reasoning, "content": content})


def interrupt(connection: sqlite3.Connection, lost: list[owner.Live]) -> tuple[MessageId, ...]:
    """Mark as interrupted those of `lost` that still stream under the same owner, with what the journal holds."""
    still = frozenset(owner.live(connection))
    marked: list[MessageId] = []
    for live in lost:
        known = reading.one(connection, live.message_id) if live in still else None
        if known is not None:
            boxed = final_boxed(known.content)
            reason = FinishReason.INTERRUPTED
            _write(connection, replace(known, status=Status.INTERRUPTED, finish_reason=reason, boxed=boxed))
            marked.append(known.id)
    return tuple(marked)


def _write(connection: sqlite3.Connection, message: Message) -> None:
    if not connection.execute(_CONVERSATION, (message.conversation_id,)).fetchall():
        raise deleted_meanwhile()
    connection.execute(_WRITE, rows.of_message(message))
    for part in ("segment", "journal", "owner"):
        connection.execute(f"DELETE FROM {part} WHERE message_id = ?", (message.id,))  # noqa: S608  names of our own
    segments = (rows.of_segment(message.id, at, segment) for at, segment in enumerate(message.segments))
    connection.executemany(_SEGMENT, segments)


def _used(connection: sqlite3.Connection, message: Message) -> None:
    connection.execute(_USED, (message.updated, message.conversation_id))
