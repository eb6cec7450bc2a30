"""What one sample of a vote came to: a vote, or a reason why it is none."""

from dataclasses import dataclass
from enum import StrEnum

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.message import Message, Status


class Outcome(StrEnum):
    """How a sample ended, as a vote sees it; in the order in which they are told."""

    VOTE = "vote"
    """It ended by itself and its answer has a box."""
    NO_BOX = "no_box"
    """It ended by itself without a box."""
    CUT_OFF = "cut_off"
    """Cut off by max_tokens, the context or the thinking budget: no vote, even if a box stands in it."""
    LOOPED = "looped"
    """The loop guard, or the server's own, ended it."""
    STOPPED = "stopped"
    """The user stopped it, or it ended with the program."""
    CANCELLED = "cancelled"
    """It was not needed any more: the vote was decided."""
    FAILED = "failed"
    """The server refused it, or the connection broke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One ended sample."""

    sample: int
    outcome: Outcome
    box: str = ""
    """What it voted for, as it was written; empty where it is no vote. It is model text: raw."""
    tokens: int = 0
    """Its length, thought and answer together."""
    empty: bool = False
    """Whether it said nothing beside its thought."""


def ballot_of(sample: int, message: Message) -> Ballot | None:
    """What a kept sample came to; `None` while it streams."""
    outcome = _outcome(message)
    if outcome is None:
        return None
    return Ballot(
        sample=sample,
        outcome=outcome,
        box=message.boxed or "" if outcome is Outcome.VOTE else "",
        tokens=0 if message.usage is None else message.usage.completion_tokens,
        empty=not message.content.strip(),
    )


def _outcome(message: Message) -> Outcome | None:
    if message.status is Status.STREAMING:
        return None
    if message.error is not None:
        return Outcome.FAILED
    match message.finish_reason:
        case FinishReason.STOP:
            return Outcome.VOTE if message.boxed else Outcome.NO_BOX
        case FinishReason.LENGTH | FinishReason.BUDGET:
            return Outcome.CUT_OFF
        case FinishReason.LOOP:
            return Outcome.LOOPED
        case FinishReason.CANCELLED:
            return Outcome.CANCELLED
        case FinishReason.STOPPED | FinishReason.INTERRUPTED:
            return Outcome.STOPPED
        case None:
            return Outcome.FAILED
