"""Votes from the chat: asked for by key or slash command, their samples opened, what makes no sense said in a line."""

from typing import TYPE_CHECKING, Final

from textual.screen import Screen

from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.vote.ways import FEWEST, MOST, check_samples, check_temperature
from dsr1_tui.tui.transcript.notice import NoticeView
from dsr1_tui.tui.transcript.view import TranscriptView
from dsr1_tui.tui.transcript.vote_view import VoteView

if TYPE_CHECKING:
    from dsr1_tui.tui.session import Session
    from dsr1_tui.tui.turns import Turns
    from dsr1_tui.tui.widgets.composer import Composer
    from dsr1_tui.tui.widgets.hint_line import HintLine

SAMPLES: Final = 8
"""Drawn where the panel says one."""
_RUNS: Final = "esc stops the vote · ctrl+up, enter: read a sample"


class VoteActions(Screen[None]):
    """Asking with a vote."""

    if TYPE_CHECKING:
        session: Session
        transcript: TranscriptView
        turns: Turns
        hint: HintLine
        composer: Composer

    @property
    def vote_hint(self) -> str:
        """What can be done while a vote runs; empty where none does."""
        return _RUNS if self.turns.votes.view is not None else ""

    @property
    def _samples(self) -> int:
        return self.session.samples if self.session.samples > 1 else SAMPLES

    def action_vote(self) -> None:
        """F12: vote on what is typed, else on the last question again."""
        if not self._may_vote(self._samples):
            return
        text = self.composer.text
        if text.strip() and not text.startswith("/"):
            self.turns.vote(self._samples, self.composer.take())
        elif self.session.path:
            self.turns.vote(self._samples, None)
        else:
            self.hint.show("Type a question first.", warn=True)

    def take_vote(self, words: str) -> None:
        """`/vote N`."""
        if not (words.isascii() and words.isdigit()):
            self.hint.show(f"Write /vote, or /vote and a number of samples, {FEWEST} to {MOST}.", warn=True)
        elif self._may_vote(int(words[:6])):
            if self.session.path:
                self.turns.vote(int(words), None)
            else:
                self.hint.show("There is no question yet: F12 votes on what is typed.", warn=True)

    def action_vote_message(self) -> None:
        """`v`: vote on the focused question, or on that of the focused answer."""
        view = self.transcript.focused_message
        if view is not None and not isinstance(view, NoticeView) and self._may_vote(self._samples):
            self.turns.vote(self._samples, None, view.message)

    def _may_vote(self, samples: int) -> bool:
        """Whether it can be asked so now; if not, the reason is said."""
        if self.turns.busy:
            self.hint.show("It is still answering: esc stops it.", warn=True)
        elif self.session.connection is None:
            self.hint.show("Not connected yet: F6 connects.", warn=True)
        else:
            try:
                check_samples(samples)
                check_temperature(self.session.sampling().temperature)
            except FaultError as error:
                self.hint.show(error.fault.line, warn=True)
            else:
                return True
        return False

    def refused(self, fault: Fault, text: str | None) -> None:
        """A vote that was asked for by sending makes no sense: the question goes back to where it was typed."""
        if text is not None:
            self.composer.put_back(text)
        self.call_later(self.hint.show, fault.line, warn=True)  # once the end of the turn has been told

    def on_transcript_view_opened(self, event: TranscriptView.Opened) -> None:
        """Enter on a sample: the whole of it."""
        view = event.view
        if isinstance(view, VoteView) and view.cursor is not None:
            from dsr1_tui.tui.screens.sample import SampleScreen  # noqa: PLC0415  off the start-up path

            self.app.push_screen(SampleScreen(self.session, view, self.turns))
