"""Take up a reply in its middle: close its thought and have it answered, or let it go on where it ended."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui.domain.events import AnswerEvent
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.guards import Order
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.prompt_parts import PartKind, Prompt
from dsr1_tui.domain.repetition import clean_cut
from dsr1_tui.domain.request import ChatRequest, Continuation, PromptMessage
from dsr1_tui.ports import Endpoint, Extras

ANEW: Final = "anew"
"""Cause of an answer that was asked for by a new request, because the endpoint cannot take up a reply."""
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
    limit: int | None
    """Tokens it may take; `None`: whatever fits."""
    anew: bool = False
    """Whether it is a new request, because the endpoint cannot take up a reply in its middle."""


CANNOT_GO_ON: Final = Fault(
    FaultCode.REFUSED,
    "This server cannot take up an answer in its middle: it lacks /v1/completions.",
    "Ask again with a larger max_tokens.",
)


async def hurry(
    endpoint: Endpoint,
    extras: Extras | None,
    *,
    request: ChatRequest,
    prompt: Prompt,
    thought: str,
    order: Order | None,
    said: str = "",
) -> Hurried:
    r"""The stream that answers from `thought`, cut where a loop began.

    Through `/v1/completions` where the endpoint has it: the whole prompt, the thought, `</think>`, and for a
    mathematical question the beginning of the box. Elsewhere a new request asks for the short answer. `said` is what
    the answer held already when it was cut off.
    """
    kept = thought if order is None or order.finding is None else thought[: clean_cut(thought, order.finding)]
    limit = min(request.sampling.max_tokens or REPLY_LIMIT, REPLY_LIMIT)
    sampling = replace(request.sampling, max_tokens=limit, stop=None)
    if extras is not None and await extras.can_continue():
        opening = BOX if any(a.kind is PartKind.DIRECTIVE for a in prompt.additions) else ""
        if said and opening:
            opening = f"\n\n{opening}"
        continuation = Continuation(
            model=request.model,
            messages=prompt.messages,
            reasoning=kept.rstrip("\n"),
            answer=said,
            opening=opening,
            sampling=sampling,
        )
        return Hurried(extras.continue_(continuation), opening, limit)
    *before, last = prompt.messages
    short = PromptMessage(MessageRole.USER, f"{last.content}\n\n{SHORT}")
    again = ChatRequest(model=request.model, messages=(*before, short), sampling=sampling)
    return Hurried(endpoint.stream(again), "", limit, anew=True)


async def go_on(
    extras: Extras | None, *, request: ChatRequest, prompt: Prompt, thought: str, said: str
) -> Hurried | Fault:
    """The stream that goes on where a reply was cut off, within its thought or within its answer.

    Only where the endpoint has `/v1/completions`; elsewhere the fault that says so.
    """
    if extras is None or not await extras.can_continue():
        return CANNOT_GO_ON
    closed = bool(said.strip())
    continuation = Continuation(
        model=request.model,
        messages=prompt.messages,
        reasoning=thought,
        answer=said if closed else "",
        sampling=request.sampling,
        closed=closed,
    )
    return Hurried(extras.continue_(continuation), "", request.sampling.max_tokens)
