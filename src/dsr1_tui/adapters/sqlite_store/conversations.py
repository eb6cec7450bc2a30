"""Conversations as rows: written, read with all their messages, found by their id, deleted."""

import sqlite3
from typing import Final

from dsr1_tui.adapters.sqlite_store import reading, rows
from dsr1_tui.adapters.sqlite_store.lookup import chosen, no_conversation, none_yet, normal
from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.domain.message import Conversation, Tree

_PUT: Final = rows.upsert("conversation", rows.CONVERSATION_COLUMNS)


def put(connection: sqlite3.Connection, conversation: Conversation) -> None:
    """Insert it, or update all of its own fields."""
    connection.execute(_PUT, rows.of_conversation(conversation))


def get(connection: sqlite3.Connection, conversation_id: ConversationId) -> Conversation:
    """One conversation.

    Raises:
        FaultError: (not-found).
    """
    query = f"SELECT {rows.CONVERSATION_COLUMNS} FROM conversation WHERE id = ?"  # noqa: S608  names of our own
    row = connection.execute(query, (conversation_id,)).fetchone()
    if row is None:
        raise no_conversation(conversation_id)
    return rows.to_conversation(row)


def load(connection: sqlite3.Connection, conversation_id: ConversationId) -> Tree:
    """A conversation with all its messages, oldest first; what still streams has the text its journal holds.

    Raises:
        FaultError: (not-found).
    """
    return Tree(get(connection, conversation_id), reading.of_conversation(connection, conversation_id))


def find(connection: sqlite3.Connection, prefix: str) -> ConversationId:
    """The one conversation whose id begins with `prefix`; the last used if that is empty.

    Raises:
        FaultError: (not-found) none, or several.
    """
    wanted = normal(prefix)
    if not wanted:
        row = connection.execute("SELECT id FROM conversation ORDER BY updated DESC, id DESC LIMIT 1").fetchone()
        if row is None:
            raise none_yet()
        return ConversationId(row["id"])
    # substr, not LIKE: in a pattern `_` and `%` would stand for anything
    found = connection.execute("SELECT id FROM conversation WHERE substr(id, 1, ?) = ?", (len(wanted), wanted))
    return chosen(wanted, [ConversationId(row["id"]) for row in found])


def delete(connection: sqlite3.Connection, conversation_id: ConversationId) -> None:
    """Remove it, its messages and their journals.

    Raises:
        FaultError: (not-found).
    """
    if connection.execute("DELETE FROM conversation WHERE id = ?", (conversation_id,)).rowcount == 0:
        raise no_conversation(conversation_id)
