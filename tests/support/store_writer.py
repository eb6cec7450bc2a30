"""A program that streams an answer into a conversations file and never ends it, to be killed by a test.

Usage: python store_writer.py FILE CONVERSATION MESSAGES, with MESSAGES streams at once. It prints a line after each
journal call that has returned: how many pieces every stream has by then.
"""

import asyncio
import sys
from pathlib import Path

from dsr1_tui.adapters.sqlite_store import SqliteStore
from dsr1_tui.adapters.system_clock import SystemClock
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Status


def piece(number: int) -> tuple[str, str]:
    """The reasoning and the answer of the n-th journal call."""
    return f"thought {number}; ", f"wörd {number} \\boxed{{{number}}} 雪 "


async def stream(path: Path, conversation_id: ConversationId, messages: int) -> None:
    """Stream until killed."""
    clock = SystemClock()
    store = SqliteStore(path, clock)
    now = clock.now()
    await store.put(Conversation(id=conversation_id, title="killed", created=now, updated=now))
    empty = [
        Message(
            id=MessageId(clock.new_id()),
            conversation_id=conversation_id,
            parent_id=None,
            role=MessageRole.ASSISTANT,
            content="",
            created=now,
            updated=now,
            status=Status.STREAMING,
        )
        for _ in range(messages)
    ]
    for message in empty:
        await store.add(message)
    number = 0
    while True:
        for message in empty:
            await store.journal(message.id, *piece(number))
        number += 1
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(stream(Path(sys.argv[1]), ConversationId(sys.argv[2]), int(sys.argv[3])))
