"""Puts kept messages into the transcript, and above an answer that won a vote the grid of that vote."""

from collections.abc import Mapping

from dsr1_tui.domain.ids import MessageId
from dsr1_tui.domain.message import Message, MessageRole
from dsr1_tui.domain.prompt import additions_to
from dsr1_tui.domain.vote.tally import Tally
from dsr1_tui.services.teller import tally_of
from dsr1_tui.tui.session import Session
from dsr1_tui.tui.transcript.message_view import view_of
from dsr1_tui.tui.transcript.view import TranscriptView
from dsr1_tui.tui.transcript.vote_board import VoteBoard, spelled
from dsr1_tui.tui.transcript.vote_view import VoteView
from dsr1_tui.tui.turn_host import Host

_Key = frozenset[tuple[MessageId, str | None, str | None]]


class ShownPath:
    """Shows paths of the conversation."""

    def __init__(self, session: Session, transcript: TranscriptView, host: Host) -> None:
        self._session = session
        self._transcript = transcript
        self._host = host
        self._tallies: dict[_Key, Tally] = {}
        """Votes that are counted already: walking their siblings must not compare them again."""

    def show(self, path: tuple[Message, ...]) -> None:
        """Show a path from its beginning."""
        self._transcript.clear()
        places = self._session.places()
        for message in path:
            self.add_grid(message)
            self.add_alone(message, places)
        self._transcript.refresh_rows(repaint=True)

    def add_alone(self, message: Message, places: Mapping[MessageId, tuple[int, int]]) -> None:
        """Show a message without the vote it came from; nothing is painted yet. `places` as `Session.places`."""
        rules = self._session.prompt_rules
        added = additions_to(message.content, rules) if message.role is MessageRole.USER else ()
        self._transcript.add(view_of(message, places.get(message.id, (1, 1)), added))

    def add_grid(self, answer: Message) -> None:
        """Show the vote that an answer came from, where it came from one."""
        samples = self._session.samples_of(answer)
        if len(samples) < 2:  # noqa: PLR2004  one alone was no vote
            return
        board, sure = self._board(samples)
        view = VoteView(board)
        self._transcript.add(view)
        if not sure:
            self._host.start(self._count(view, samples))

    def changed(self, answer: Message) -> None:
        """A sample was taken up and has ended anew: count its vote again."""
        samples = self._session.samples_of(answer)
        for view in self._transcript.messages:
            if isinstance(view, VoteView) and any(view.message.id == one.id for one in samples):
                view.board, sure = self._board(samples)
                view.show()
                self._transcript.section_changed(view)
                if not sure:
                    self._host.start(self._count(view, samples))

    def _board(self, samples: tuple[Message, ...]) -> tuple[VoteBoard, bool]:
        """A kept vote, and whether it is counted."""
        known = self._tallies.get(_key(samples))
        tally, sure = (known, True) if known is not None else spelled(samples)
        return VoteBoard.kept(samples, tally, counted=sure), sure

    def counted(self, samples: tuple[Message, ...], tally: Tally) -> None:
        """A vote's outcome is known."""
        self._tallies[_key(samples)] = tally

    async def _count(self, view: VoteView, samples: tuple[Message, ...]) -> None:
        """Compare what is spelled otherwise, which may take seconds."""
        judge = self._session.kit.open_judge()
        try:
            tally = await tally_of(samples, judge)
        finally:
            await judge.aclose()
        self.counted(samples, tally)
        view.board.close(samples, tally)
        view.show()
        if view in self._transcript.messages:
            self._transcript.section_changed(view)


def _key(samples: tuple[Message, ...]) -> _Key:
    return frozenset((one.id, one.boxed, one.finish_reason) for one in samples)
