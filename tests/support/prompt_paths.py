"""Paths of messages for tests of prompts."""

from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Message, MessageRole

Said = tuple[MessageRole, str] | tuple[MessageRole, str, str]
"""Who, what, and what was thought."""


def path_of(*said: Said) -> tuple[Message, ...]:
    """Messages one after the other."""
    return tuple(_message(number, one) for number, one in enumerate(said))


def _message(number: int, said: Said) -> Message:
    return Message(
        id=MessageId(f"m{number:03}"),
        conversation_id=ConversationId("c"),
        parent_id=MessageId(f"m{number - 1:03}") if number else None,
        role=said[0],
        content=said[1],
        reasoning=said[2] if len(said) > 2 else "",
        created=float(number),
        updated=float(number),
    )
