"""Runs a vote on the chat screen: counts what comes, paints a few times a second, puts the winner under the grid."""

import asyncio
from contextlib import aclosing
from typing import Final

from dsr1_tui.domain.events import AnswerDelta, ReasoningDelta
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.vote.ways import check_samples, check_temperature
from dsr1_tui.services.ask import Question
from dsr1_tui.services.connect import Connection
from dsr1_tui.services.turn import StopSignal, StoreTroubled
from dsr1_tui.services.vote import VotePorts, vote
from dsr1_tui.services.vote_turn import BallotCast, VoteClosed, VoteEvent, VoteOpened
from dsr1_tui.tui.quiet_gc import QuietGc
from dsr1_tui.tui.session import Session
from dsr1_tui.tui.shown_path import ShownPath
from dsr1_tui.tui.transcript.message_view import UserView
from dsr1_tui.tui.transcript.view import TranscriptView
from dsr1_tui.tui.transcript.vote_board import VoteBoard
from dsr1_tui.tui.transcript.vote_view import VoteView
from dsr1_tui.tui.turn_host import Host, is_lost

PAINT_S: Final = 1 / 4
"""Seconds between looks at the grid: figures that change faster are not read."""

BREATH_S: Final = 0.01
"""Seconds after which keys get their turn: the chunks of 64 samples come at once, and guards look at each of them."""


class VoteRun:
    """The votes of one chat screen, one at a time."""

    def __init__(self, session: Session, transcript: TranscriptView, host: Host, gc: QuietGc, shown: ShownPath) -> None:
        self._session = session
        self._transcript = transcript
        self._host = host
        self._gc = gc
        self._shown = shown
        self.view: VoteView | None = None
        """The grid of the vote that runs."""
        self._answering = False

    @property
    def board(self) -> VoteBoard | None:
        """The vote that runs."""
        return None if self.view is None else self.view.board

    async def run(self, connection: Connection, question: Question, samples: int, stop: StopSignal) -> bool:
        """Vote; whether the connection was lost by it. What makes no sense is told the host, and nothing is asked."""
        try:
            check_samples(samples)
            check_temperature(question.sampling.temperature)
        except FaultError as error:
            self._host.refused(error.fault, question.text)
            return False
        if question.text is None:
            self._shown.show(question.path)
        ports, judge = self._session.ports(connection), self._session.kit.open_judge()
        voting = VotePorts(
            endpoint=ports.endpoint,
            conversations=ports.conversations,
            messages=ports.messages,
            clock=ports.clock,
            judge=judge,
            extras=ports.extras,
        )
        self._answering, lost = False, False
        timer = self._host.every(PAINT_S, self.paint)
        clock = self._session.kit.clock
        breath = clock.monotonic()
        try:
            async with aclosing(vote(voting, question, samples, stop)) as events:
                async for event in events:
                    if isinstance(event, VoteClosed):
                        lost = any(is_lost(answer.error) for answer in event.answers)
                    self._on(event, asked=question.text is not None)
                    if clock.monotonic() - breath > BREATH_S:
                        await asyncio.sleep(0)
                        breath = clock.monotonic()
        finally:
            timer.stop()
            self.view = None
            await judge.aclose()
        return lost

    def _on(self, event: VoteEvent, *, asked: bool) -> None:
        board = self.board
        match event:
            case ReasoningDelta() | AnswerDelta():
                if board is not None:
                    board.feed(event)
            case VoteOpened():
                self._opened(event, asked=asked)
            case BallotCast(ballot, tally):
                if board is not None:
                    board.cast(ballot, tally)
            case StoreTroubled(fault):
                self._host.store_troubled(fault)
            case VoteClosed():
                self._closed(event)
            case _:
                if board is not None:
                    board.feed(event)

    def _opened(self, event: VoteOpened, *, asked: bool) -> None:
        self._session.vote_opened(event.conversation, event.user, event.answers)
        if asked:
            self._transcript.add(UserView(event.user, event.additions))
        self.view = VoteView(VoteBoard(event.answers, self._session.kit.clock.monotonic()))
        self._transcript.add(self.view)
        self._transcript.follow = True
        self._transcript.bring_up(self.view)  # of a grid that is higher than the screen, the heading stays in view
        self._host.turns_changed()

    def _closed(self, event: VoteClosed) -> None:
        self._session.vote_closed(event.answers, event.winner, stored=event.stored)
        self._shown.counted(event.answers, event.tally)
        view, transcript = self.view, self._transcript
        if view is None:
            return
        view.board.close(event.answers, event.tally)
        view.show()
        transcript.section_changed(view)
        self._shown.add_alone(event.winner, self._session.places())
        transcript.bring_up(view)

    def paint(self) -> None:
        """Show how far the samples are; only lines that changed are painted."""
        view = self.view
        if view is None:
            return
        view.show()
        self._transcript.section_changed(view)
        self._gc.tick()
        if view.board.answering and not self._answering:
            self._answering = True
            self._host.turns_changed()
