"""Keeps a turn in the store without ever letting the store stop the answer."""

from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.ids import MessageId
from dsr1_tui.domain.message import Conversation, Message
from dsr1_tui.ports import Conversations, Messages


class Keeper:
    """Writes to the store and never lets it stop the answer; remembers the first fault and what is still unwritten."""

    def __init__(self, conversations: Conversations, messages: Messages) -> None:
        self._conversations = conversations
        self._messages = messages
        self._opening: tuple[Conversation, tuple[Message, ...]] | None = None
        self._told = False
        self.fault: Fault | None = None
        self._unwritten: tuple[str, str] = ("", "")

    async def open(self, conversation: Conversation, messages: tuple[Message, ...]) -> None:
        """Store the question and the empty answer."""
        self._opening = (conversation, messages)
        await self._try_open()

    async def _try_open(self) -> bool:
        if self._opening is None:
            return True
        conversation, messages = self._opening
        try:
            await self._conversations.put(conversation)
            for message in messages:
                await self._messages.add(message)
        except FaultError as error:
            self.fault = error.fault
            return False
        self._opening = None
        return True

    async def journal(self, message_id: MessageId, reasoning: str, content: str) -> None:
        """Append to the journal; what could not be written is written with the next."""
        self._unwritten = (self._unwritten[0] + reasoning, self._unwritten[1] + content)
        if self._unwritten == ("", "") or not await self._try_open():
            return
        try:
            await self._messages.journal(message_id, *self._unwritten)
        except FaultError as error:
            self.fault = error.fault
        else:
            self._unwritten = ("", "")

    async def anew(self, message: Message) -> None:
        """Forget what an answer's journal holds: it is asked for once more."""
        self._unwritten = ("", "")
        if not await self._try_open():
            return
        try:
            await self._messages.add(message)
        except FaultError as error:
            self.fault = error.fault

    async def finish(self, message: Message) -> bool:
        """Write the final state; whether that worked."""
        try:
            if await self._try_open():
                await self._messages.finish(message)
                return True
        except FaultError as error:
            self.fault = error.fault
        return False

    def untold(self) -> Fault | None:
        """The store's fault, once."""
        if self.fault is None or self._told:
            return None
        self._told = True
        return self.fault
