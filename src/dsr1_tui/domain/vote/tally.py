"""The count of a vote: classes of equal boxes, what is no vote apart, who leads, and whether that can still change."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui.domain.vote.ballot import Ballot, Outcome


@dataclass(frozen=True, slots=True)
class AnswerClass:
    """Boxes that mean the same."""

    votes: tuple[Ballot, ...]
    """At least one, by sample."""

    @property
    def count(self) -> int:
        """Number of votes."""
        return len(self.votes)

    @property
    def spellings(self) -> Mapping[str, int]:
        """How often each spelling was written, the commonest first; model text, raw."""
        return dict(Counter(vote.box for vote in self.votes).most_common())

    @property
    def answer(self) -> str:
        """The commonest spelling; of several the one that the lowest sample wrote."""
        return next(iter(self.spellings))

    @property
    def shortest(self) -> Ballot:
        """The vote that took the fewest tokens; of several the lowest sample's."""
        return min(self.votes, key=_length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A count at some point of a vote. It does not depend on the order in which the samples ended.

    It takes for granted what an equality has: boxes that equal one of a class equal all of it, so that classes never
    join later.
    """

    asked: int
    """How many samples were asked for."""
    classes: tuple[AnswerClass, ...] = ()
    """Most votes first. A tie goes to the class with the shortest vote: of a question's samples the shorter ones are
    right more often (Hassid et al. 2025, arXiv:2505.17813, which breaks ties so), then to the lowest sample."""
    apart: tuple[Ballot, ...] = ()
    """What ended and is no vote, by sample."""

    def having(self, ballot: Ballot, place: int | None = None) -> "Tally":
        """The count with one more ballot.

        Args:
            ballot: of a sample that was not counted before.
            place: for a vote, the index in `classes` of those it equals; `None` for a class of its own.
        """
        if ballot.outcome is not Outcome.VOTE:
            return replace(self, apart=tuple(sorted((*self.apart, ballot), key=_sample)))
        classes = list(self.classes)
        joined = () if place is None else classes.pop(place).votes
        classes.append(AnswerClass(tuple(sorted((*joined, ballot), key=_sample))))
        classes.sort(key=lambda one: (-one.count, *_length(one.shortest)))
        return replace(self, classes=tuple(classes))

    def number(self, outcome: Outcome) -> int:
        """How many samples came to this."""
        if outcome is Outcome.VOTE:
            return self.votes
        return sum(ballot.outcome is outcome for ballot in self.apart)

    @property
    def votes(self) -> int:
        """Number of votes cast."""
        return sum(one.count for one in self.classes)

    @property
    def counted(self) -> int:
        """Samples that have ended and were counted."""
        return self.votes + len(self.apart)

    @property
    def leader(self) -> AnswerClass | None:
        """The class with the most votes; `None` before the first vote."""
        return self.classes[0] if self.classes else None

    @property
    def tied(self) -> tuple[AnswerClass, ...]:
        """All classes with as many votes as the leader, where there are several; else none."""
        level = tuple(one for one in self.classes if one.count == self.classes[0].count)
        return level if len(level) > 1 else ()

    @property
    def agreement(self) -> float | None:
        """The leader's share of the votes cast, 0 to 1; `None` before the first."""
        return self.classes[0].count / self.votes if self.classes else None

    @property
    def decided_early(self) -> bool:
        """Whether samples were ended because the vote was decided."""
        return self.number(Outcome.CANCELLED) > 0

    def decided(self, remaining: int) -> bool:
        """Whether the leader stands alone at the end whatever the samples that are still out say.

        Never before the first vote, and never where a tie is still possible.
        """
        if not self.classes:
            return False
        runner_up = self.classes[1].count if len(self.classes) > 1 else 0
        return self.classes[0].count > runner_up + remaining

    @property
    def chosen(self) -> int:
        """The sample whose message becomes the answer.

        The leader's shortest vote; without votes the first that answered at all, else the first that got furthest.
        """
        if self.classes:
            return self.classes[0].shortest.sample
        return min(self.apart, key=_standing).sample if self.apart else 0


_RANKS: Final = (
    (Outcome.NO_BOX, False),
    (Outcome.CUT_OFF, False),
    (Outcome.STOPPED, False),
    (Outcome.LOOPED, False),
    (Outcome.NO_BOX, True),
)
"""How much an answer stands there where nothing was voted: `(outcome, empty)`, the most first."""


def _standing(ballot: Ballot) -> tuple[int, int]:
    kind = (ballot.outcome, ballot.empty)
    return (_RANKS.index(kind) if kind in _RANKS else len(_RANKS)), ballot.sample


def _sample(ballot: Ballot) -> int:
    return ballot.sample


def _length(ballot: Ballot) -> tuple[int, int]:
    return ballot.tokens, ballot.sample
