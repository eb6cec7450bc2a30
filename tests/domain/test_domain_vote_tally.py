"""The count of a vote: the same in any order, decided only where nothing can change."""

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Message, MessageRole, Status, Usage
from dsr1_tui.domain.vote.ballot import Ballot, Outcome, ballot_of
from dsr1_tui.domain.vote.tally import Tally
from dsr1_tui.domain.vote.words import percent, rest_words, verdict_words

SPELLINGS = ("6", "6.0", "7", "7.0", "8")
NO_VOTES = [outcome for outcome in Outcome if outcome is not Outcome.VOTE]


def value(box: str) -> str:
    return box.removesuffix(".0")


def cast(tally: Tally, ballot: Ballot) -> Tally:
    if ballot.outcome is not Outcome.VOTE:
        return tally.having(ballot)
    places = [at for at, one in enumerate(tally.classes) if value(one.answer) == value(ballot.box)]
    assert len(places) <= 1
    return tally.having(ballot, places[0] if places else None)


def count(ballots: list[Ballot], asked: int | None = None) -> Tally:
    tally = Tally(asked=len(ballots) if asked is None else asked)
    for ballot in ballots:
        tally = cast(tally, ballot)
    return tally


def vote(sample: int, box: str, tokens: int = 1) -> Ballot:
    return Ballot(sample=sample, outcome=Outcome.VOTE, box=box, tokens=tokens)


def apart(sample: int, outcome: Outcome, *, empty: bool = False) -> Ballot:
    return Ballot(sample=sample, outcome=outcome, empty=empty)


def ballots(boxes: list[str | Outcome]) -> list[Ballot]:
    return [
        apart(at, one) if isinstance(one, Outcome) else vote(at, one, tokens=at % 3) for at, one in enumerate(boxes)
    ]


def winner(tally: Tally) -> str:
    assert tally.leader is not None
    return value(tally.leader.answer)


@settings(max_examples=60)
@given(st.lists(st.one_of(st.sampled_from(SPELLINGS), st.sampled_from(NO_VOTES)), max_size=12), st.randoms())
def test_the_order_of_the_samples_changes_nothing(boxes: list[str | Outcome], random: Random) -> None:
    in_order = ballots(boxes)
    mixed = list(in_order)
    random.shuffle(mixed)
    tally = count(in_order)
    assert count(mixed) == tally
    assert tally.counted == len(boxes)
    assert tally.votes + sum(tally.number(outcome) for outcome in NO_VOTES) == len(boxes)
    assert sum(sum(one.spellings.values()) for one in tally.classes) == tally.votes


@settings(max_examples=60)
@given(st.lists(st.sampled_from((*SPELLINGS, Outcome.LOOPED)), max_size=5), st.integers(0, 4))
def test_decided_is_just_where_no_completion_can_change_it(boxes: list[str | Outcome], remaining: int) -> None:
    """Against brute force: every way in which the remaining samples may end."""
    tally = count(ballots(boxes), asked=len(boxes) + remaining)
    leaders: set[str | None] = set()
    for rest in product(("6", "7", "8", "new", Outcome.FAILED), repeat=remaining):
        end = count(ballots([*boxes, *rest]))
        leaders.add(None if end.tied or end.leader is None else winner(end))
    stands_alone = len(leaders) == 1 and leaders != {None}
    assert tally.decided(remaining) == stands_alone


def test_before_the_first_vote_nothing_is_decided() -> None:
    tally = count([apart(0, Outcome.CUT_OFF)], asked=1)
    assert (tally.decided(0), tally.leader, tally.agreement, tally.tied) == (False, None, None, ())


def test_spellings_and_agreement() -> None:
    tally = count(ballots(["7", "6", "7.0", "7", Outcome.NO_BOX]))
    assert tally.leader is not None
    assert (tally.leader.answer, tally.leader.spellings) == ("7", {"7": 2, "7.0": 1})
    assert (tally.agreement, percent(tally), tally.tied) == (0.75, 75, ())


def test_a_tie_goes_to_the_shortest_vote_then_to_the_first_sample() -> None:
    tally = count([vote(0, "6", 9), vote(1, "7", 4), vote(2, "7", 8), vote(3, "6", 5)])
    assert [one.answer for one in tally.tied] == ["7", "6"]
    assert tally.chosen == 1
    level = count([vote(1, "7", 5), vote(0, "6", 5)])
    assert (winner(level), level.chosen) == ("6", 0)


def test_the_answer_is_the_winning_class_shortest() -> None:
    assert count([vote(0, "7", 30), vote(1, "6", 2), vote(2, "7.0", 20)]).chosen == 2


@pytest.mark.parametrize(
    ("ended", "chosen"),
    [
        ([apart(0, Outcome.FAILED), apart(1, Outcome.NO_BOX), apart(2, Outcome.NO_BOX)], 1),
        ([apart(0, Outcome.NO_BOX, empty=True), apart(1, Outcome.LOOPED), apart(2, Outcome.CUT_OFF)], 2),
        ([apart(0, Outcome.FAILED), apart(1, Outcome.CANCELLED)], 0),
        ([apart(0, Outcome.FAILED), apart(1, Outcome.STOPPED)], 1),
        ([], 0),
    ],
)
def test_without_votes_the_one_that_got_furthest_stands(ended: list[Ballot], chosen: int) -> None:
    assert count(ended).chosen == chosen


def answer(reason: FinishReason | None, *, boxed: str | None = "4", error: Fault | None = None) -> Message:
    return Message(
        id=MessageId("a"),
        conversation_id=ConversationId("c"),
        parent_id=None,
        role=MessageRole.ASSISTANT,
        content="\\boxed{4}",
        created=0,
        updated=0,
        finish_reason=reason,
        boxed=boxed,
        error=error,
        usage=Usage(completion_tokens=12),
    )


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (FinishReason.STOP, Outcome.VOTE),
        (FinishReason.LENGTH, Outcome.CUT_OFF),
        (FinishReason.BUDGET, Outcome.CUT_OFF),
        (FinishReason.LOOP, Outcome.LOOPED),
        (FinishReason.CANCELLED, Outcome.CANCELLED),
        (FinishReason.STOPPED, Outcome.STOPPED),
        (FinishReason.INTERRUPTED, Outcome.STOPPED),
        (None, Outcome.FAILED),
    ],
)
def test_only_what_ended_by_itself_votes(reason: FinishReason | None, outcome: Outcome) -> None:
    ballot = ballot_of(3, answer(reason))
    assert ballot is not None
    assert (ballot.sample, ballot.outcome, ballot.tokens) == (3, outcome, 12)
    assert ballot.box == ("4" if outcome is Outcome.VOTE else "")


def test_no_box_failed_and_still_streaming() -> None:
    fault = Fault(FaultCode.STREAM_BROKEN, "It broke.")
    no_box, broken = ballot_of(0, answer(FinishReason.STOP, boxed=None)), ballot_of(0, answer(None, error=fault))
    assert no_box is not None
    assert broken is not None
    assert (no_box.outcome, broken.outcome) == (Outcome.NO_BOX, Outcome.FAILED)
    streaming = Message(
        id=MessageId("a"),
        conversation_id=ConversationId("c"),
        parent_id=None,
        role=MessageRole.ASSISTANT,
        content="",
        created=0,
        updated=0,
        status=Status.STREAMING,
    )
    assert ballot_of(0, streaming) is None


def test_the_sentences() -> None:
    assert verdict_words(Tally(asked=3)) == "No sample has ended."
    assert verdict_words(count([apart(0, Outcome.NO_BOX)])) == "No vote: no sample gave a box."
    won = count(ballots(["7", "6", "7.0", "7", Outcome.NO_BOX, Outcome.CUT_OFF, Outcome.CANCELLED]))
    assert verdict_words(won) == "“7” has 3 of 4 votes (75 % agree)."
    assert rest_words(won) == "“6” 1, 1 without a box, 1 cut off, 1 not needed"
    tie = verdict_words(count(ballots(["7", "6"])))
    assert tie == "A tie, 1 vote each (50 % agree): “7” and “6”; the shortest answer stands."
    many = count(ballots([f"{at}" for at in range(9)]))
    assert "and 5 more" in verdict_words(many)
    nearly = count([vote(at, "7") for at in range(250)] + [vote(250, "x" * 99)])
    assert percent(nearly) == 99
    assert "…”" in rest_words(nearly)
