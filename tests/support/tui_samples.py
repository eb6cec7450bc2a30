"""A small past for the pickers: five conversations in a store in memory."""

from datetime import UTC, datetime
from typing import Final

from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole
from support.fake_clock import FakeClock
from support.fake_store import MemoryStore, Shelf

NOW: Final = datetime(2026, 3, 14, 12, 0, tzinfo=UTC).timestamp()
_DAY: Final = 86_400

_PAST: Final = (
    ("primes", "Proof that there are infinitely many primes, in the style of Euclid", 3 * _DAY, "Take any list.", None),
    ("roots", "Solve x² − 5x + 6 = 0.", 40, "The factors are (x − 2)(x − 3).", "x = 2"),
    ("sqrt", "证明根号二是无理数", 2 * 3600, "设根号二等于一个既约分数。", None),
    ("merge", "Write a Python function that merges two sorted lists", 30 * 3600, "def merge(a, b): ...", None),
    ("escape", "What is \x1b[31m3/4 + 1/8?", 200 * _DAY, "Common denominator 8.", "7/8"),
)


def past(*, pinned: str = "primes") -> MemoryStore:
    """A store with a question and an answer in each conversation."""
    shelf = Shelf()
    for name, title, age, answer, boxed in _PAST:
        conversation_id = ConversationId(name)
        question_id, answer_id = MessageId(f"{name}-1"), MessageId(f"{name}-2")
        at = NOW - age
        shelf.conversations[conversation_id] = Conversation(
            id=conversation_id, title=title, created=at, updated=at, active_leaf=answer_id, pinned=name == pinned
        )
        for message_id, parent, role, text, box in (
            (question_id, None, MessageRole.USER, title, None),
            (answer_id, question_id, MessageRole.ASSISTANT, answer, boxed),
        ):
            shelf.messages[message_id] = Message(
                id=message_id,
                conversation_id=conversation_id,
                parent_id=parent,
                role=role,
                content=text,
                created=at,
                updated=at,
                boxed=box,
            )
    return MemoryStore(FakeClock(NOW), shelf=shelf)
