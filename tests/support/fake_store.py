"""A store in memory with the meaning of the real one, so that services and screens are tested without a file."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from dsr1_tui.adapters.sqlite_store.lookup import chosen, deleted_meanwhile, no_conversation, none_yet, normal
from dsr1_tui.adapters.sqlite_store.snippet import around, start_of
from dsr1_tui.domain.boxed import final_boxed
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Status, Summary, Tree
from dsr1_tui.ports import Clock


@dataclass(slots=True)
class Shelf:
    """What several stores share, as processes share a file."""

    conversations: dict[ConversationId, Conversation] = field(default_factory=dict)
    messages: dict[MessageId, Message] = field(default_factory=dict)
    journal: dict[MessageId, list[tuple[str, str]]] = field(default_factory=dict)
    owners: dict[MessageId, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Processes that have died."""


class MemoryStore:
    """Satisfies `ports.Conversations` and `ports.Messages`."""

    def __init__(self, clock: Clock, *, process: str = "this", shelf: Shelf | None = None) -> None:
        self.clock = clock
        self.process = process
        self.shelf = Shelf() if shelf is None else shelf
        self.fault: Fault | None = None
        """While set, every method raises it and changes nothing: a full disk."""
        self.journalled: list[tuple[MessageId, str, str]] = []
        """Every journal call that was taken, in order."""

    def elsewhere(self, process: str) -> "MemoryStore":
        """The same shelf, seen from another process."""
        return MemoryStore(self.clock, process=process, shelf=self.shelf)

    def die(self) -> None:
        """The process of this store is gone: what it streamed can be recovered by others."""
        self.shelf.gone.add(self.process)

    async def aclose(self) -> None:
        await asyncio.sleep(0)

    async def put(self, conversation: Conversation) -> None:
        await self._turn()
        self.shelf.conversations[conversation.id] = conversation

    async def load(self, conversation_id: ConversationId) -> Tree:
        await self._turn()
        conversation = self._conversation(conversation_id)
        ids = sorted(key for key, one in self.shelf.messages.items() if one.conversation_id == conversation_id)
        return Tree(conversation, {key: self._with_journal(self.shelf.messages[key]) for key in ids})

    async def recent(self, limit: int, query: str = "") -> tuple[Summary, ...]:
        await self._turn()
        wanted = query.strip().lower()
        ranked = sorted(self.shelf.conversations.values(), key=lambda c: (c.pinned, c.updated, c.id), reverse=True)
        found = (self._summary(one, wanted) for one in ranked)
        return tuple(one for one in found if one is not None)[: max(limit, 0)]

    async def find(self, prefix: str) -> ConversationId:
        await self._turn()
        wanted = normal(prefix)
        if wanted:
            return chosen(wanted, [one for one in self.shelf.conversations if one.startswith(wanted)])
        if not self.shelf.conversations:
            raise none_yet()
        return max(self.shelf.conversations.values(), key=lambda c: (c.updated, c.id)).id

    async def delete(self, conversation_id: ConversationId) -> None:
        await self._turn()
        self._conversation(conversation_id)
        del self.shelf.conversations[conversation_id]
        for key in [key for key, one in self.shelf.messages.items() if one.conversation_id == conversation_id]:
            del self.shelf.messages[key]
            self._settled(key)

    async def add(self, *messages: Message) -> None:
        await self._turn()
        self._check_open(messages)
        for message in messages:
            conversation = self.shelf.conversations[message.conversation_id]
            self._write(message)
            if message.status is Status.STREAMING:
                self.shelf.owners[message.id] = self.process
            updated = max(conversation.updated, message.updated)
            self.shelf.conversations[conversation.id] = replace(conversation, active_leaf=message.id, updated=updated)

    async def journal(self, message_id: MessageId, reasoning: str, content: str) -> None:
        await self.journal_all({message_id: (reasoning, content)})

    async def journal_all(self, texts: Mapping[MessageId, tuple[str, str]]) -> None:
        await self._turn()
        if any(message_id not in self.shelf.messages for message_id in texts):
            raise deleted_meanwhile()
        for message_id, (reasoning, content) in texts.items():
            self._journal(message_id, reasoning, content)

    def _journal(self, message_id: MessageId, reasoning: str, content: str) -> None:
        message = self.shelf.messages[message_id]
        if self.shelf.owners.get(message_id) != self.process:
            return
        self.shelf.journal.setdefault(message_id, []).append((reasoning, content))
        self.shelf.messages[message_id] = replace(message, updated=self.clock.now())
        self.journalled.append((message_id, reasoning, content))

    async def finish(self, *messages: Message) -> None:
        await self._turn()
        self._check_open(messages)
        for message in messages:
            conversation = self.shelf.conversations[message.conversation_id]
            self._write(message)
            updated = max(conversation.updated, message.updated)
            self.shelf.conversations[conversation.id] = replace(conversation, updated=updated)

    async def recover(self) -> tuple[MessageId, ...]:
        await self._turn()
        streaming = (key for key, one in self.shelf.messages.items() if one.status is Status.STREAMING)
        lost = sorted(key for key in streaming if self.shelf.owners.get(key) in self.shelf.gone | {None})
        for key in lost:
            known = self._with_journal(self.shelf.messages[key])
            reason = FinishReason.INTERRUPTED
            boxed = final_boxed(known.content)
            self._write(replace(known, status=Status.INTERRUPTED, finish_reason=reason, boxed=boxed))
        return tuple(lost)

    async def _turn(self) -> None:
        await asyncio.sleep(0)  # as a file would: other tasks run before it is done
        if self.fault is not None:
            raise FaultError(self.fault)

    def _conversation(self, conversation_id: ConversationId) -> Conversation:
        if conversation_id not in self.shelf.conversations:
            raise no_conversation(conversation_id)
        return self.shelf.conversations[conversation_id]

    def _check_open(self, messages: Iterable[Message]) -> None:
        if any(message.conversation_id not in self.shelf.conversations for message in messages):
            raise deleted_meanwhile()

    def _write(self, message: Message) -> None:
        self.shelf.messages[message.id] = message
        self._settled(message.id)

    def _settled(self, message_id: MessageId) -> None:
        self.shelf.journal.pop(message_id, None)
        self.shelf.owners.pop(message_id, None)

    def _with_journal(self, message: Message) -> Message:
        rows = self.shelf.journal.get(message.id, [])
        reasoning = message.reasoning + "".join(row[0] for row in rows)
        return replace(message, reasoning=reasoning, content=message.content + "".join(row[1] for row in rows))

    def _summary(self, conversation: Conversation, wanted: str) -> Summary | None:
        messages = [one for _, one in sorted(self.shelf.messages.items()) if one.conversation_id == conversation.id]
        path = Tree(conversation, {one.id: one for one in messages}).path
        starts = [start_of(one.content) for one in path if one.role is MessageRole.ASSISTANT]
        boxes = [one.boxed for one in path if one.boxed is not None]
        snippet = next((start for start in reversed(starts) if start), "")
        if wanted:
            hit = _last_with(wanted, messages)
            if hit is None and wanted not in conversation.title.lower():
                return None
            snippet = snippet if hit is None else around(hit.content, wanted)
        return Summary(conversation, len(messages), snippet, boxes[-1] if boxes else None)


def _last_with(wanted: str, messages: Iterable[Message]) -> Message | None:
    hits = [one for one in messages if wanted in one.content.lower()]
    return hits[-1] if hits else None
