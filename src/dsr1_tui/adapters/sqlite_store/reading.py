"""Messages read back whole: the row, its segments, and what the journal holds of one that still streams."""

import sqlite3
from collections import defaultdict
from dataclasses import replace
from typing import Final, Literal

from dsr1_tui.adapters.sqlite_store import rows
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Message, Segment

_Key = Literal["id", "conversation_id"]

# Only names of our own are put into these statements; values are bound.
_MESSAGES: Final = f"SELECT {rows.MESSAGE_COLUMNS} FROM message WHERE {{key}} = ? ORDER BY id"  # noqa: S608  as above
_PART: Final = (
    "SELECT part.* FROM {part} AS part JOIN message ON message.id = part.message_id"
    " WHERE message.{key} = ? ORDER BY part.message_id, part.{order}"
)


def of_conversation(connection: sqlite3.Connection, conversation_id: ConversationId) -> dict[MessageId, Message]:
    """All messages of a conversation, oldest first."""
    return _read(connection, "conversation_id", conversation_id)


def one(connection: sqlite3.Connection, message_id: MessageId) -> Message | None:
    """One message, if it is kept."""
    return _read(connection, "id", message_id).get(message_id)


def _read(connection: sqlite3.Connection, key: _Key, value: str) -> dict[MessageId, Message]:
    segments: dict[str, list[Segment]] = defaultdict(list)
    for row in connection.execute(_PART.format(part="segment", key=key, order="position"), (value,)):
        segments[row["message_id"]].append(rows.to_segment(row))
    journals: dict[str, list[sqlite3.Row]] = defaultdict(list)
    for row in connection.execute(_PART.format(part="journal", key=key, order="seq"), (value,)):
        journals[row["message_id"]].append(row)
    found = connection.execute(_MESSAGES.format(key=key), (value,))
    messages = (rows.to_message(row, tuple(segments.get(row["id"], ()))) for row in found)
    return {message.id: _grown(message, journals.get(message.id, [])) for message in messages}


def _grown(message: Message, journal: list[sqlite3.Row]) -> Message:
    if not journal:
        return message
    return replace(
        message,
        reasoning=message.reasoning + "".join(row["reasoning"] for row in journal),
        content=message.content + "".join(row["content"] for row in journal),
        updated=journal[-1]["at"],
    )
