"""The list of conversations, and the search through titles, questions and answers.

A search reads every text through one Python function (`occurs`): about 35 ms for 10,000 messages. An FTS5 trigram index
would answer in 0.1 ms, but doubles the file, finds nothing for 1-2 Chinese characters, and folds case in its own way.
"""

import sqlite3
from typing import Final

from dsr1_tui.adapters.sqlite_store import rows
from dsr1_tui.adapters.sqlite_store.snippet import around, start_of
from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.domain.message import Conversation, MessageRole, Summary

# Texts go to `occurs` as bytes: SQLite hands damaged UTF-8 to a function as an error, which would end the search.
_OCCURS: Final = """
    occurs(CAST(title AS BLOB), :wanted) OR EXISTS (
        SELECT 1 FROM message
        WHERE message.conversation_id = conversation.id AND occurs(CAST(message.content AS BLOB), :wanted)
    )
"""
_RECENT: Final = f"""
    SELECT {rows.CONVERSATION_COLUMNS} FROM conversation
    WHERE :wanted = '' OR {_OCCURS}
    ORDER BY pinned DESC, updated DESC, id DESC LIMIT :limit
"""  # noqa: S608  names of our own; values are bound
_HIT: Final = """
    SELECT content FROM message
    WHERE conversation_id = :id AND occurs(CAST(content AS BLOB), :wanted) ORDER BY id DESC LIMIT 1
"""
_COUNT: Final = "SELECT count(*) AS messages FROM message WHERE conversation_id = ?"
# A step of the walk reads nothing long: the text is fetched once it is known to be the one.
_STEP: Final = "SELECT parent_id, role, boxed FROM message WHERE id = ?"
_START: Final = "SELECT substr(content, 1, 1000) FROM message WHERE id = ?"


def recent(connection: sqlite3.Connection, limit: int, query: str) -> tuple[Summary, ...]:
    """Pinned conversations first, then the last used; of those only in which `query` occurs, if it is not blank.

    The query is text, not a pattern. Case is ignored. A hit is shown from the newest message that has it.
    """
    wanted = rows.storable(query.strip().lower())
    found = connection.execute(_RECENT, {"wanted": wanted, "limit": max(limit, 0)}).fetchall()
    return tuple(_summary(connection, rows.to_conversation(row), wanted) for row in found)


def _summary(connection: sqlite3.Connection, conversation: Conversation, wanted: str) -> Summary:
    (messages,) = connection.execute(_COUNT, (conversation.id,)).fetchone()
    snippet, boxed = _ending(connection, conversation)
    hit = _hit(connection, conversation.id, wanted) if wanted else None
    return Summary(conversation, messages, snippet if hit is None else around(hit, wanted), boxed)


def _hit(connection: sqlite3.Connection, conversation_id: ConversationId, wanted: str) -> str | None:
    row = connection.execute(_HIT, {"id": conversation_id, "wanted": wanted}).fetchone()
    return None if row is None else str(row["content"])


def _ending(connection: sqlite3.Connection, conversation: Conversation) -> tuple[str, str | None]:
    """The start of the last answer of the active path, and its last box; walked from the leaf up, as far as needed."""
    snippet, boxed = "", None
    seen: set[str] = set()
    leaf: str | None = conversation.active_leaf
    while leaf is not None and leaf not in seen and not (snippet and boxed):
        seen.add(leaf)
        row = connection.execute(_STEP, (leaf,)).fetchone()
        if row is None:
            break
        if not snippet and row["role"] == MessageRole.ASSISTANT:
            snippet = start_of(*connection.execute(_START, (leaf,)).fetchone())
        boxed = row["boxed"] if boxed is None else boxed
        leaf = row["parent_id"]
    return snippet, boxed
