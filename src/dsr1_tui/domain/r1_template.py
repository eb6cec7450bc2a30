"""DeepSeek-R1's chat template, for counting what it renders where the server does not count."""

from collections.abc import Iterable
from typing import Final

from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import PromptMessage

BEGIN: Final = "<｜begin▁of▁sentence｜>"
END: Final = "<｜end▁of▁sentence｜>"
USER: Final = "<｜User｜>"
ASSISTANT: Final = "<｜Assistant｜>"
_OPENED: Final = "<think>\n"
_CLOSED: Final = "</think>"


def render_r1(messages: Iterable[PromptMessage]) -> str:
    r"""The prompt as the template in R1's `tokenizer_config.json` renders it, tools left out.

    Where the last message is the user's, the reply is begun with `<think>\n`; where it is the assistant's, that is the
    reply to be continued.
    """
    listed = list(messages)
    system = "".join(message.content for message in listed if message.role is MessageRole.SYSTEM)
    parts = [BEGIN, system]
    for at, message in enumerate(listed):
        match message.role:
            case MessageRole.SYSTEM:
                pass
            case MessageRole.USER:
                parts.append(USER + message.content)
            case MessageRole.ASSISTANT if at == len(listed) - 1:
                parts.append(ASSISTANT + message.content)
            case MessageRole.ASSISTANT:
                parts.append(ASSISTANT + message.content.rpartition(_CLOSED)[2] + END)
    if listed and listed[-1].role is MessageRole.USER:
        parts.append(ASSISTANT + _OPENED)
    return "".join(parts)


def is_r1_prompt(rendered: str) -> bool:
    """Whether a prompt was rendered by R1's template: its turns are marked so, and the reply begins with a thought."""
    return USER in rendered and rendered.rstrip().endswith(f"{ASSISTANT}{_OPENED}".rstrip())
