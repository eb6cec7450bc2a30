"""What `vote` tells its front end beside the model's own events."""

from dataclasses import dataclass

from dsr1_tui.domain.events import AnswerEvent
from dsr1_tui.domain.message import Conversation, Message
from dsr1_tui.domain.prompt_parts import Addition
from dsr1_tui.domain.vote.ballot import Ballot
from dsr1_tui.domain.vote.tally import Tally
from dsr1_tui.services.turn import StoreTroubled


@dataclass(frozen=True, slots=True)
class VoteOpened:
    """First event: the question is kept and the request goes out."""

    conversation: Conversation
    user: Message
    answers: tuple[Message, ...]
    """The empty answers, siblings; a sample's index is its place here, and the `sample` of its events."""
    additions: tuple[Addition, ...] = ()
    """What goes with the question and was not typed."""


@dataclass(frozen=True, slots=True)
class BallotCast:
    """A sample has ended and is counted; exactly one a sample, some time after its `Finished` or `Failed`."""

    ballot: Ballot
    tally: Tally
    """The count with it."""


@dataclass(frozen=True, slots=True)
class VoteClosed:
    """Last event: the samples as they are kept."""

    answers: tuple[Message, ...]
    """By sample."""
    tally: Tally
    """The whole count."""
    stored: bool
    """False where the store refused some to the last."""

    @property
    def winner(self) -> Message:
        """The message that is the answer now; without any vote the one that got furthest."""
        return self.answers[self.tally.chosen]


VoteEvent = VoteOpened | AnswerEvent | BallotCast | StoreTroubled | VoteClosed
