"""The long conversations that `open.py` opens, in a real store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stream_text import answer_tokens, reasoning_tokens

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Timings, Usage
from dsr1_tui.wiring import build_kit

TURN_THOUGHT = 300
"""Tokens of reasoning of each of many turns."""
TURN_ANSWER = 250


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation in the store; its last words are the mark."""

    name: str
    id: ConversationId
    unfolds: bool = False
    """Whether its thought is what is long."""


async def fill(environ: Mapping[str, str], *, turns: int, tokens: int) -> Sequence[Kept]:
    """Write the conversations to the store that `environ` names."""
    kit = build_kit(environ)

    async def keep(name: str, texts: Sequence[tuple[str, str, str]], *, unfolds: bool = False) -> Kept:
        conversation_id = ConversationId(kit.clock.new_id())
        now = kit.clock.now()
        await kit.conversations.put(Conversation(id=conversation_id, title=name, created=now, updated=now))
        parent: MessageId | None = None
        for question, reasoning, content in texts:
            user = Message(
                id=MessageId(kit.clock.new_id()),
                conversation_id=conversation_id,
                parent_id=parent,
                role=MessageRole.USER,
                content=question,
                created=now,
                updated=now,
            )
            answer = Message(
                id=MessageId(kit.clock.new_id()),
                conversation_id=conversation_id,
                parent_id=user.id,
                role=MessageRole.ASSISTANT,
                content=content,
                reasoning=reasoning,
                finish_reason=FinishReason.STOP,
                boxed="6",
                model="DeepSeek-R1-Distill-Qwen-1.5B",
                rules="r1",
                usage=Usage(prompt_tokens=20, completion_tokens=len(content) // 4, exact=True),
                timings=Timings(ttft_s=0.1, thinking_s=1.0, total_s=2.0, tokens_per_s=100.0),
                created=now,
                updated=now,
            )
            for message in (user, answer):
                await kit.messages.add(message)
            parent = answer.id
        return Kept(name, conversation_id, unfolds)

    thought, answer = "".join(reasoning_tokens(TURN_THOUGHT)), "".join(answer_tokens(TURN_ANSWER))
    try:
        return (
            await keep(f"{turns:,} turns", [(f"Question {n}?", thought, answer) for n in range(turns)]),
            await keep(f"an answer of {tokens:,} tokens", [("Long?", "", "".join(answer_tokens(tokens)))]),
            await keep(
                f"a thought of {tokens:,} tokens", [("Why?", "".join(reasoning_tokens(tokens)), answer)], unfolds=True
            ),
        )
    finally:
        await kit.aclose()
