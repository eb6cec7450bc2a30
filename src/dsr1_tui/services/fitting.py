"""Sees to it that a request fits the context: the reply limit is never larger than the room, and too much is said."""

from collections.abc import Sequence

from dsr1_tui.domain.context import CannotFit, Fits, Shortening, estimate_messages, fit, plan_shortening
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.message import Message, MessageRole
from dsr1_tui.domain.prompt import round_starts
from dsr1_tui.domain.request import ModelInfo, PromptMessage
from dsr1_tui.ports import Extras

NEAR = 2
"""An estimate this many times over, and still within the context, needs no exact count."""


async def fitted(
    extras: Extras | None, model: ModelInfo, messages: tuple[PromptMessage, ...], max_tokens: int | None
) -> Fits | CannotFit:
    """What reply limit to send with a prompt; the server counts it only where the limit is near."""
    limit = model.max_model_len
    if limit is None:
        return Fits(max_tokens=max_tokens)
    estimate = estimate_messages([message.content for message in messages])
    if NEAR * estimate + (max_tokens or 0) < limit:
        return Fits(max_tokens=max_tokens)
    exact = await extras.count(model.id, messages) if extras is not None else None
    verdict = fit(max_tokens, estimate if exact is None else exact, limit, exact=exact is not None)
    if exact is None and isinstance(verdict, CannotFit):
        return Fits(max_tokens=max_tokens)  # an estimate refuses nothing: the server knows
    return verdict


def too_long(verdict: CannotFit, model: ModelInfo) -> Fault:
    """The fault that says so, before the request is sent."""
    limit = f"{model.max_model_len:,}" if model.max_model_len is not None else "its"
    message = f"The conversation is {verdict.over:,} tokens too long for this model's context of {limit}."
    return Fault(
        FaultCode.CONTEXT_OVERFLOW, message, "Leave out the oldest turns (/shorten in the chat), or begin a new one."
    )


def shortened(path: Sequence[Message], model: ModelInfo, reserve: int) -> Shortening:
    """Which of a path's oldest messages to leave out, so that what is left and a reply of `reserve` tokens fit.

    A question without an answer goes with the next one, unless that makes both too long.
    """
    limit = model.max_model_len
    if limit is None:
        return Shortening()
    counts = [estimate_messages([message.content]) for message in path]
    plan = plan_shortening(counts, limit, reserve, starts=round_starts(path))
    if not plan.over:
        return plan
    questions = tuple(at for at, message in enumerate(path) if message.role is MessageRole.USER)
    return plan_shortening(counts, limit, reserve, starts=questions)
