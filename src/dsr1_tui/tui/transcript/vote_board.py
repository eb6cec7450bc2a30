"""A vote as the screen sees it: what each sample is at, counted as events come and looked at when it is painted."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, Failed, Finished, FinishReason, ReasoningDelta, Started
from dsr1_tui.domain.events import UsageTick as _UsageTick
from dsr1_tui.domain.message import Message, Status
from dsr1_tui.domain.meter import Meter
from dsr1_tui.domain.vote.ballot import Ballot, Outcome, ballot_of
from dsr1_tui.domain.vote.tally import Tally
from dsr1_tui.ports import Clock
from dsr1_tui.render.plain import readable_box
from dsr1_tui.services.draft import Draft


class Phase(Enum):
    """What a sample is at."""

    WAITING = auto()
    THINKING = auto()
    ANSWERING = auto()
    COUNTING = auto()
    """It has ended and is being compared."""
    ENDED = auto()
    GOING_ON = auto()
    """It was cut off, and is taken up elsewhere: below the grid, or in another window."""


_OUTCOMES: Final = {
    FinishReason.LENGTH: Outcome.CUT_OFF,
    FinishReason.BUDGET: Outcome.CUT_OFF,
    FinishReason.LOOP: Outcome.LOOPED,
    FinishReason.CANCELLED: Outcome.CANCELLED,
    FinishReason.STOPPED: Outcome.STOPPED,
    FinishReason.INTERRUPTED: Outcome.STOPPED,
}
"""Endings of which it is plain at once what they come to."""


class Cell:
    """One sample."""

    __slots__ = ("ballot", "box", "draft", "final", "outcome", "phase")

    def __init__(self, answer: Message, sent_at: float) -> None:
        self.draft = Draft(answer, Meter(sent_at))
        """What has come of it; its texts stay in the pieces in which they came until somebody reads them."""
        self.final: Message | None = None
        """As it is kept, once the vote has closed."""
        self.phase = Phase.WAITING
        self.outcome: Outcome | None = None
        self.ballot: Ballot | None = None
        self.box = ""
        """Its vote in one readable, safe line."""

    @property
    def tokens(self) -> int:
        """Its length so far."""
        return self.draft.meter.tokens

    @property
    def exact(self) -> bool:
        """Whether `tokens` is no estimate."""
        return self.draft.meter.exact or not self.tokens

    def feed(self, event: AnswerEvent) -> None:
        """Take one of its events in."""
        self.draft.feed(event)
        match event:
            case ReasoningDelta():
                self.phase = Phase.THINKING
            case AnswerDelta():
                self.phase = Phase.ANSWERING
            case Finished(reason=reason):
                self.outcome = _OUTCOMES.get(reason)
                self.phase = Phase.COUNTING if self.outcome is None else Phase.ENDED
            case Failed():
                self.outcome, self.phase = Outcome.FAILED, Phase.ENDED
            case _:
                pass

    def cast(self, ballot: Ballot) -> None:
        """It is counted."""
        self.ballot, self.outcome, self.phase = ballot, ballot.outcome, Phase.ENDED
        self.box = readable_box(ballot.box) if ballot.box else ""

    def keep(self, message: Message) -> None:
        """It ended as `message`."""
        self.final = message
        usage = message.usage
        if usage is not None:
            self.draft.meter = Meter.taking_up(usage, 0.0)

    def message(self, clock: Clock) -> Message | None:
        """The whole of it, where it has ended."""
        if self.final is not None:
            return None if self.final.status is Status.STREAMING else self.final
        return None if self.draft.is_open() else self.draft.closed(clock)


class VoteBoard:
    """All samples of a vote, and the count."""

    def __init__(self, answers: Sequence[Message], sent_at: float = 0.0) -> None:
        self.cells = [Cell(answer, sent_at) for answer in answers]
        self.tally = Tally(asked=len(answers))
        self.closed = False
        """Whether it is over."""
        self.counted = True
        """False while kept votes of other spellings wait to be compared."""
        self.answering = False
        """Whether a sample has come to its answer."""

    @classmethod
    def kept(cls, answers: Sequence[Message], tally: Tally, *, counted: bool) -> "VoteBoard":
        """A vote from its kept samples, in their order."""
        board = cls(answers)
        for sample, (cell, answer) in enumerate(zip(board.cells, answers, strict=True)):
            if (ballot := ballot_of(sample, answer)) is not None:
                cell.cast(ballot)
            elif answer.status is Status.STREAMING:
                cell.phase = Phase.GOING_ON
        board.close(answers, tally)
        board.counted = counted
        return board

    def feed(self, event: AnswerEvent) -> None:
        """Take an event of a sample in. Cheap: it is called for every chunk, and nothing is painted for it."""
        if isinstance(event, _UsageTick | Started):
            return  # the server's count is of all samples together
        self.cells[event.sample].feed(event)
        if not self.answering and isinstance(event, AnswerDelta):
            self.answering = True

    def cast(self, ballot: Ballot, tally: Tally) -> None:
        """A sample is counted."""
        self.cells[ballot.sample].cast(ballot)
        self.tally = tally

    def close(self, answers: Sequence[Message], tally: Tally) -> None:
        """It is over; `answers` as they are kept."""
        for cell, answer in zip(self.cells, answers, strict=True):
            cell.keep(answer)
        self.tally, self.closed, self.counted = tally, True, True

    @property
    def ended(self) -> int:
        """Samples that run no more."""
        return sum(cell.phase is Phase.ENDED or cell.phase is Phase.COUNTING for cell in self.cells)


def spelled(answers: Sequence[Message]) -> tuple[Tally, bool]:
    """What kept samples come to by their spelling alone, and whether that is all there is to it.

    It is not where several spellings were voted for: they may mean the same.
    """
    tally = Tally(asked=len(answers))
    for sample, message in enumerate(answers):
        ballot = ballot_of(sample, message)
        if ballot is None:
            continue
        same = (at for at, one in enumerate(tally.classes) if ballot.box in one.spellings)
        tally = tally.having(ballot, next(same, None) if ballot.outcome is Outcome.VOTE else None)
    return tally, len(tally.classes) < 2  # noqa: PLR2004  two may be one
