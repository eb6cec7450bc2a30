"""Where conversations are kept."""

from collections.abc import Mapping
from typing import Protocol

from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, Summary, Tree


class Conversations(Protocol):
    """The kept conversations. Every method may raise `FaultError` (store, store-newer, not-found)."""

    async def put(self, conversation: Conversation) -> None:
        """Insert it, or update all of its own fields."""
        ...

    async def load(self, conversation_id: ConversationId) -> Tree:
        """A conversation with all its messages."""
        ...

    async def recent(self, limit: int, query: str = "") -> tuple[Summary, ...]:
        """The newest first (pinned before all), of those in which `query` occurs if it is given."""
        ...

    async def find(self, prefix: str) -> ConversationId:
        """The one conversation whose id begins with `prefix` (an empty prefix: the last used)."""
        ...

    async def delete(self, conversation_id: ConversationId) -> None:
        """Remove it and its messages."""
        ...


class Messages(Protocol):
    """The kept messages, written as they stream. Every method may raise `FaultError` (store)."""

    async def add(self, *messages: Message) -> None:
        """Insert messages, all or none; the last becomes its conversation's active leaf.

        One that streams is owned by this process. A message that is kept already is written anew.
        """
        ...

    async def journal(self, message_id: MessageId, reasoning: str, content: str) -> None:
        """Append what has streamed since the last call; durable when it returns."""
        ...

    async def journal_all(self, texts: Mapping[MessageId, tuple[str, str]]) -> None:
        """`journal` for several messages, `(reasoning, content)` each, all or none."""
        ...

    async def finish(self, *messages: Message) -> None:
        """Write the final state of messages, all or none, and drop their journals."""
        ...

    async def recover(self) -> tuple[MessageId, ...]:
        """Mark as interrupted what streamed in processes that are gone, with what the journal holds of it."""
        ...
