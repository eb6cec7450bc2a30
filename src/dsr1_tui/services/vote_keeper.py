"""Keeps a vote's samples in the store, all of them in one go each time, without ever letting the store stop them."""

from collections.abc import Mapping, Sequence

from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.ids import MessageId
from dsr1_tui.domain.message import Conversation, Message
from dsr1_tui.ports import Conversations, Messages


class VoteKeeper:
    """Writes to the store; remembers the first fault, and what is still unwritten."""

    def __init__(self, conversations: Conversations, messages: Messages) -> None:
        self._conversations = conversations
        self._messages = messages
        self._opening: tuple[Conversation, Sequence[Message]] | None = None
        self._texts: dict[MessageId, tuple[str, str]] = {}
        """What streamed and is not in the journal."""
        self._ended: dict[MessageId, Message] = {}
        """What has ended and is not in the store."""
        self._told = False
        self.fault: Fault | None = None

    async def open(self, conversation: Conversation, messages: Sequence[Message]) -> None:
        """Store the question, where it is a new one, and the empty answers; the last is the active leaf for now."""
        self._opening = (conversation, messages)
        await self._written()

    async def write(self, texts: Mapping[MessageId, tuple[str, str]], ended: Sequence[Message]) -> bool:
        """Journal what streamed and store what ended; what cannot be written is written with the next."""
        for message_id, (reasoning, content) in texts.items():
            if reasoning or content:
                before = self._texts.get(message_id, ("", ""))
                self._texts[message_id] = (before[0] + reasoning, before[1] + content)
        for message in ended:
            self._ended[message.id] = message
            self._texts.pop(message.id, None)
        return await self._written()

    async def close(self, ended: Sequence[Message], winner: Message) -> bool:
        """Store all that is left and make the winner the active leaf; whether everything is in the store."""
        written = await self.write({}, ended)
        try:
            if written:
                await self._messages.add(winner)  # kept already: written anew, as the active leaf
        except FaultError as error:
            self.fault, written = error.fault, False
        return written

    def untold(self) -> Fault | None:
        """The store's fault, once."""
        if self.fault is None or self._told:
            return None
        self._told = True
        return self.fault

    async def _written(self) -> bool:
        try:
            if self._opening is not None:
                conversation, messages = self._opening
                await self._conversations.put(conversation)
                await self._messages.add(*messages)
                self._opening = None
            if self._texts:
                await self._messages.journal_all(self._texts)
                self._texts = {}
            if self._ended:
                await self._messages.finish(*self._ended.values())
                self._ended = {}
        except FaultError as error:
            self.fault = error.fault
            return False
        return True
