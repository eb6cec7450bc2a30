"""Rows of the tables, and the domain's values they stand for."""

import sqlite3
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, TypeVar

from dsr1_tui.adapters.sqlite_store import codec
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Segment, Status

Cell = str | int | float | None
Row = Sequence[Cell]
E_ = TypeVar("E_", bound=StrEnum)

CONVERSATION_COLUMNS: Final = "id, title, created, updated, active_leaf, pinned, settings, steering"
MESSAGE_COLUMNS: Final = (
    "id, conversation_id, parent_id, role, status, finish_reason, boxed, model, endpoint, rules, sample_group,"
    " created, updated, usage, timings, guards, error, content, reasoning"
)


def upsert(table: str, columns: str) -> str:
    """The statement that inserts a row or updates all of it; it keeps what refers to the row, as REPLACE would not."""
    names = [name.strip() for name in columns.split(",")]
    values = ", ".join("?" for _ in names)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    return f"INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT ({names[0]}) DO UPDATE SET {changes}"  # noqa: S608  names of our own


def storable(text: str) -> str:
    """The text as UTF-8 can hold it: halves of a surrogate pair are joined, a lone one becomes U+FFFD.

    A server may cut a pair between two chunks of JSON; an answer must not be lost for it.
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def of_conversation(conversation: Conversation) -> Row:
    """The row of a conversation, in the order of `CONVERSATION_COLUMNS`."""
    return (
        conversation.id,
        storable(conversation.title),
        conversation.created,
        conversation.updated,
        conversation.active_leaf,
        int(conversation.pinned),
        codec.layer_to_json(conversation.settings),
        codec.steering_to_json(conversation.steering),
    )


def to_conversation(row: sqlite3.Row) -> Conversation:
    """The conversation of a row."""
    return Conversation(
        id=ConversationId(row["id"]),
        title=row["title"],
        created=row["created"],
        updated=row["updated"],
        active_leaf=None if row["active_leaf"] is None else MessageId(row["active_leaf"]),
        pinned=bool(row["pinned"]),
        settings=codec.layer_from_json(row["settings"]),
        steering=codec.steering_from_json(row["steering"]),
    )


def of_message(message: Message) -> Row:
    """The row of a message, in the order of `MESSAGE_COLUMNS`; its segments have a table of their own."""
    return (
        message.id,
        message.conversation_id,
        message.parent_id,
        message.role,
        message.status,
        message.finish_reason,
        None if message.boxed is None else storable(message.boxed),
        storable(message.model),
        storable(message.endpoint),
        storable(message.rules),
        message.sample_group,
        message.created,
        message.updated,
        codec.usage_to_json(message.usage),
        codec.timings_to_json(message.timings),
        codec.guards_to_json(message.guards),
        codec.fault_to_json(message.error),
        storable(message.content),
        storable(message.reasoning),
    )


def to_message(row: sqlite3.Row, segments: tuple[Segment, ...]) -> Message:
    """The message of a row; a word that this version does not know reads as the most cautious one it does."""
    parent: str | None = row["parent_id"]
    return Message(
        id=MessageId(row["id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        parent_id=None if parent is None else MessageId(parent),
        role=_word(MessageRole, row["role"]) or MessageRole.ASSISTANT,
        status=_word(Status, row["status"]) or Status.INTERRUPTED,
        finish_reason=_word(FinishReason, row["finish_reason"]),
        boxed=row["boxed"],
        model=row["model"],
        endpoint=row["endpoint"],
        rules=row["rules"],
        sample_group=row["sample_group"],
        created=row["created"],
        updated=row["updated"],
        usage=codec.usage_from_json(row["usage"]),
        timings=codec.timings_from_json(row["timings"]),
        guards=codec.guards_from_json(row["guards"]),
        error=codec.fault_from_json(row["error"]),
        content=row["content"],
        reasoning=row["reasoning"],
        segments=segments,
    )


def of_segment(message_id: MessageId, position: int, segment: Segment) -> Row:
    """The row of a segment: message_id, position, from_char, cause, sampling."""
    return message_id, position, segment.from_char, storable(segment.cause), codec.sampling_to_json(segment.sampling)


def to_segment(row: sqlite3.Row) -> Segment:
    """The segment of a row."""
    return Segment(from_char=row["from_char"], cause=row["cause"], sampling=codec.sampling_from_json(row["sampling"]))


def _word(words: type[E_], text: str | None) -> E_ | None:
    try:
        return words(text or "")
    except ValueError:
        return None
