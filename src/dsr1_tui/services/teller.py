"""Counts ballots as samples end, beside the stream: comparing two boxes may take seconds, and nothing waits for it."""

import asyncio
from collections import deque
from collections.abc import Iterable

from dsr1_tui.domain.message import Message
from dsr1_tui.domain.vote.ballot import Ballot, Outcome, ballot_of
from dsr1_tui.domain.vote.tally import Tally
from dsr1_tui.ports import Judge
from dsr1_tui.services.vote_turn import BallotCast


class Teller:
    """Counts in the order in which ballots are cast, in a task that runs while there are any."""

    def __init__(self, judge: Judge, asked: int) -> None:
        self.tally = Tally(asked=asked)
        self._judge = judge
        self._wake: asyncio.Event | None = None
        self._waiting: deque[Ballot] = deque()
        self._told: deque[BallotCast] = deque()
        self._task: asyncio.Task[None] | None = None

    def cast(self, ballot: Ballot) -> None:
        """Have a ballot counted."""
        self._waiting.append(ballot)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._count())

    def wakes(self, event: asyncio.Event) -> None:
        """Have `event`, and no other, set when a ballot was counted."""
        self._wake = event

    def take(self) -> BallotCast | None:
        """The next ballot that was counted, or `None` where there is no news."""
        return self._told.popleft() if self._told else None

    async def settle(self) -> None:
        """Wait until all that was cast is counted."""
        while self._task is not None and (self._waiting or not self._task.done()):
            await self._task

    async def close(self) -> None:
        """Stop counting."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _count(self) -> None:
        while self._waiting:
            ballot = self._waiting[0]
            self.tally = await counted(self.tally, ballot, self._judge)
            self._waiting.popleft()
            self._told.append(BallotCast(ballot, self.tally))
            if self._wake is not None:
                self._wake.set()


async def counted(tally: Tally, ballot: Ballot, judge: Judge) -> Tally:
    """The tally with one more ballot; equal spellings need no judge, and the largest class is asked about first."""
    if ballot.outcome is not Outcome.VOTE:
        return tally.having(ballot)
    for place, one in enumerate(tally.classes):
        if ballot.box in one.spellings:
            return tally.having(ballot, place)
    for place, one in enumerate(tally.classes):
        if await judge.same(one.answer, ballot.box):
            return tally.having(ballot, place)
    return tally.having(ballot)


async def tally_of(samples: Iterable[Message], judge: Judge) -> Tally:
    """What a vote came to, read from its kept samples (the siblings of one `sample_group`); one that streams is out."""
    in_order = sorted(samples, key=lambda message: message.id)
    tally = Tally(asked=len(in_order))
    for sample, message in enumerate(in_order):
        if (ballot := ballot_of(sample, message)) is not None:
            tally = await counted(tally, ballot, judge)
    return tally
