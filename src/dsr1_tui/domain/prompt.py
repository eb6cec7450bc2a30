"""The prompt built from a conversation's active path, by R1's rules."""

from collections.abc import Iterable

from dsr1_tui.domain.message import Message, MessageRole
from dsr1_tui.domain.request import PromptMessage


def build_prompt(path: Iterable[Message]) -> tuple[PromptMessage, ...]:
    """The messages to send for a path that ends in the user's question.

    Reasoning is never sent back. An answer that never began (stopped or broken in mid-thought) is dropped whole,
    and the two questions around it become one message, because a template may insist on turns that alternate.
    """
    sent: list[PromptMessage] = []
    for message in path:
        if message.role is MessageRole.ASSISTANT and not message.content.strip():
            continue
        content = message.content.strip("\n") if message.role is MessageRole.ASSISTANT else message.content
        if sent and sent[-1].role is message.role:
            sent[-1] = PromptMessage(message.role, f"{sent[-1].content}\n\n{content}")
        else:
            sent.append(PromptMessage(message.role, content))
    return tuple(sent)
