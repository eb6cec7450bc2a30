"""Close a thought and have the model answer from what it has."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui.domain.events import AnswerEvent
from dsr1_tui.domain.guards import Order
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.prompt_parts import PartKind, Prompt
from dsr1_tui.domain.repetition import clean_cut
from dsr1_tui.domain.request import ChatRequest, Continuation, PromptMessage
from dsr1_tui.ports import Endpoint, Extras

BOX: Final = "**Final Answer** \\boxed{"
"""What opens the answer to a mathematical question: nothing but the value can follow."""
SHORT: Final = "Answer now, in a few words, without thinking any further."
REPLY_LIMIT: Final = 1024
"""Tokens an answer may take that was asked for at once: it has nothing more to think about."""


@dataclass(frozen=True, slots=True)
class Hurried:
    """How the answer is asked for."""

    stream: AsyncGenerator[AnswerEvent, None]
    opening: str
    """Words put into the model's mouth: they belong to the answer and are not streamed."""
    limit: int


async def hurry(
    endpoint: Endpoint,
    extras: Extras | None,
    *,
    request: ChatRequest,
    prompt: Prompt,
    thought: str,
    order: Order | None,
) -> Hurried:
    r"""The stream that answers from `thought`, cut where a loop began.

    Through `/v1/completions` where the endpoint has it: the whole prompt, the thought, `</think>`, and for a
    mathematical question the beginning of the box. Elsewhere a new request asks for the short answer.
    """
    kept = thought if order is None or order.finding is None else thought[: clean_cut(thought, order.finding)]
    limit = min(request.sampling.max_tokens or REPLY_LIMIT, REPLY_LIMIT)
    sampling = replace(request.sampling, max_tokens=limit, stop=None)
    if extras is not None and await extras.can_continue():
        opening = BOX if any(a.kind is PartKind.DIRECTIVE for a in prompt.additions) else ""
        continuation = Continuation(
            model=request.model,
            messages=prompt.messages,
            reasoning=kept.rstrip("\n"),
            opening=opening,
            sampling=sampling,
        )
        return Hurried(extras.continue_(continuation), opening, limit)
    *before, last = prompt.messages
    short = PromptMessage(MessageRole.USER, f"{last.content}\n\n{SHORT}")
    again = ChatRequest(model=request.model, messages=(*before, short), sampling=sampling)
    return Hurried(endpoint.stream(again), "", limit)
