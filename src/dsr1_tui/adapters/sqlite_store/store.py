"""The conversations file as the services' two ports, `Conversations` and `Messages`."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from dsr1_tui.adapters.process_identity import ProcessIdentity, this_process
from dsr1_tui.adapters.sqlite_store import conversations, messages, owner, search
from dsr1_tui.adapters.sqlite_store.db import BUSY_S, Database
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, Status, Summary, Tree
from dsr1_tui.ports import Clock


class SqliteStore:
    """Satisfies `ports.Conversations` and `ports.Messages`. Nothing is opened, read or made before first use.

    A call that raises has written nothing, and the store can be used again. A call whose task is cancelled is done all
    the same. What streams is owned by `process` (`None`: this one); locks of others are waited for `busy_s` seconds.
    """

    def __init__(
        self, path: Path, clock: Clock, process: ProcessIdentity | None = None, *, busy_s: float = BUSY_S
    ) -> None:
        self._clock = clock
        self._process = process
        self._database = Database(path, busy_s=busy_s)
        self._streaming: set[MessageId] = set()
        """Messages this store added as streaming and has not finished."""

    async def aclose(self) -> None:
        """Finish what was asked for and close the file."""
        await self._database.aclose()

    async def put(self, conversation: Conversation) -> None:
        """Insert it, or update all of its own fields."""
        await self._database.write(lambda connection: conversations.put(connection, conversation))

    async def load(self, conversation_id: ConversationId) -> Tree:
        """A conversation with all its messages; one that streams, also in another process, with what has come."""
        return await self._database.read(lambda connection: conversations.load(connection, conversation_id))

    async def recent(self, limit: int, query: str = "") -> tuple[Summary, ...]:
        """Pinned first, then the last used; only those in which `query` occurs (title, questions, answers)."""
        return await self._database.read(lambda connection: search.recent(connection, limit, query))

    async def find(self, prefix: str) -> ConversationId:
        """The one conversation whose id begins with `prefix` (an empty prefix: the last used)."""
        return await self._database.read(lambda connection: conversations.find(connection, prefix))

    async def delete(self, conversation_id: ConversationId) -> None:
        """Remove it and its messages, from the file's free pages and its log too."""
        await self._database.write(lambda connection: conversations.delete(connection, conversation_id), lasting=True)
        await self._database.empty_log()

    async def add(self, *added: Message) -> None:
        """Insert messages; the last becomes the active leaf, those that stream are owned by this process."""
        self._streaming.update(message.id for message in added if message.status is Status.STREAMING)

        def work(connection: sqlite3.Connection) -> None:
            for message in added:
                messages.add(connection, message, self._owner)

        await self._database.write(work)

    async def journal(self, message_id: MessageId, reasoning: str, content: str) -> None:
        """Append what has streamed since the last call; it outlives this process when this returns.

        A message that does not stream here (any more) is left as it is.
        """
        await self.journal_all({message_id: (reasoning, content)})

    async def journal_all(self, texts: Mapping[MessageId, tuple[str, str]]) -> None:
        """`journal` for several messages in one go: what 64 samples say in a second is one commit."""
        live = {message_id: text for message_id, text in texts.items() if message_id in self._streaming}
        if not live:
            return
        at = self._clock.now()

        def work(connection: sqlite3.Connection) -> None:
            for message_id, text in live.items():
                messages.append(connection, message_id, text, at, self._owner())

        await self._database.write(work)

    async def finish(self, *ended: Message) -> None:
        """Write the final state of messages and drop their journals; safe from a power cut when this returns."""
        self._streaming.difference_update(message.id for message in ended)

        def work(connection: sqlite3.Connection) -> None:
            for message in ended:
                messages.finish(connection, message)

        await self._database.write(work, lasting=True)

    async def recover(self) -> tuple[MessageId, ...]:
        """Mark as interrupted what streamed in processes that are gone, with what the journal holds of it."""
        streams = await self._database.read(owner.live)
        if not streams:
            return ()
        lost = await self._database.read(lambda _: owner.abandoned(streams, self._owner()))
        return await self._database.write(lambda connection: messages.interrupt(connection, lost)) if lost else ()

    def _owner(self) -> ProcessIdentity:
        """Who owns what streams; asked for in the worker thread, because it may start a program (macOS)."""
        if self._process is None:
            self._process = this_process()
        return self._process
