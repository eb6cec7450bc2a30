"""A vote's outcome in a sentence or two, the same on every front end. Boxes are model text: made safe where shown."""

from typing import Final

from dsr1_tui.domain.vote.ballot import Outcome
from dsr1_tui.domain.vote.tally import AnswerClass, Tally

_APART: Final = {
    Outcome.NO_BOX: "without a box",
    Outcome.CUT_OFF: "cut off",
    Outcome.LOOPED: "looped",
    Outcome.STOPPED: "stopped",
    Outcome.FAILED: "failed",
    Outcome.CANCELLED: "not needed",
}
SHOWN: Final = 40
"""Characters of a box in a sentence."""
NAMED: Final = 4
"""Classes named beside the leader."""


def verdict_words(tally: Tally) -> str:
    """Who won by how much, a tie said; or that nobody voted."""
    leader = tally.leader
    if leader is None:
        return "No vote: no sample gave a box." if tally.counted else "No sample has ended."
    share = f"{percent(tally)} % agree"
    if tied := tally.tied:
        names = " and ".join(_name(one) for one in tied[:NAMED])
        more = f" and {len(tied) - NAMED} more" if len(tied) > NAMED else ""
        each = "vote" if leader.count == 1 else "votes"
        return f"A tie, {leader.count} {each} each ({share}): {names}{more}; the shortest answer stands."
    return f"{_name(leader)} has {leader.count} of {tally.votes} {'vote' if tally.votes == 1 else 'votes'} ({share})."


def rest_words(tally: Tally) -> str:
    """The other classes and what was no vote; empty where there is nothing of it."""
    others = [one for one in tally.classes[1:] if one not in tally.tied]
    words = [f"{_name(one)} {one.count}" for one in others[:NAMED]]
    if len(others) > NAMED:
        words.append(f"{len(others) - NAMED} more answers {sum(one.count for one in others[NAMED:])}")
    words += [f"{number} {word}" for outcome, word in _APART.items() if (number := tally.number(outcome))]
    return ", ".join(words)


def lead_words(tally: Tally) -> str:
    """Who leads while it runs; empty before the first vote."""
    leader = tally.leader
    if leader is None:
        return ""
    if tied := tally.tied:
        return f"{len(tied)} answers have {leader.count} each"
    return f"{_name(leader)} leads with {leader.count} of {tally.votes}"


def percent(tally: Tally) -> int:
    """The agreement in whole percent; 100 only where all agree."""
    share = tally.agreement or 0.0
    return min(round(100 * share), 99) if share < 1 else 100


def _name(one: AnswerClass) -> str:
    text = " ".join(one.answer.split())
    return f"“{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}”"
