"""One sample of a vote, whole: it grows while the vote runs, and stays to be read after it."""

from pathlib import PurePath
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.growing import grow
from dsr1_tui.tui.screens.chat_messages import MessageActions
from dsr1_tui.tui.session import Session
from dsr1_tui.tui.transcript.message_view import AnswerView
from dsr1_tui.tui.transcript.view import TranscriptView
from dsr1_tui.tui.transcript.vote_view import VoteView
from dsr1_tui.tui.transcript.vote_words import sample_words
from dsr1_tui.tui.turns import FLUSH_S, HEAD_EVERY, Turns
from dsr1_tui.tui.widgets.hint_line import HintLine
from dsr1_tui.tui.widgets.key_bar import KeyBar

_C = Command
SAMPLE_COMMANDS: Final[tuple[Command, ...]] = (
    _C(id="sample-close", action="close", title="back", help="Back to the vote.", area=Area.MESSAGE,
       keys=("escape", "q", "enter"), footer=100),
    _C(id="sample-next", action="sample(1)", title="next sample", help="The next sample.", area=Area.MESSAGE,
       keys=("right_square_bracket", "right"), key_label="]", footer=90),
    _C(id="sample-before", action="sample(-1)", title="sample before", help="The sample before.", area=Area.MESSAGE,
       keys=("left_square_bracket", "left"), key_label="[", footer=80),
    _C(id="sample-fold", action="fold", title="thinking", help="Fold or unfold the thinking.", area=Area.MESSAGE,
       keys=("ctrl+t", "t"), footer=70),
    _C(id="sample-copy", action="copy_message", title="copy", help="Copy the sample's answer.", area=Area.MESSAGE,
       keys=("c",), footer=60),
    _C(id="sample-box", action="copy_box", title="copy box", help="Copy its final boxed value.", area=Area.MESSAGE,
       keys=("b",), footer=50),
    _C(id="sample-raw", action="raw", title="raw source", help="Switch between rendered and source.",
       area=Area.MESSAGE, keys=("r",), footer=40),
)  # fmt: skip


class SampleScreen(MessageActions):
    """The reading view; drawn by what draws the chat."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(SAMPLE_COMMANDS),
        Binding("up,k", "scroll(-1)", "up", show=False),
        Binding("down,j", "scroll(1)", "down", show=False),
        Binding("pageup,shift+pageup", "page(-1)", "page up", show=False),
        Binding("pagedown,shift+pagedown,space", "page(1)", "page down", show=False),
        Binding("home,ctrl+home", "to_top", "beginning", show=False),
        Binding("end,ctrl+end", "to_end", "newest", show=False),
    ]
    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = ["../styles/bars.tcss", "../styles/chat.tcss"]

    def __init__(self, session: Session, vote: VoteView, turns: Turns) -> None:
        super().__init__()
        self.session = session
        self.turns = turns
        self._vote = vote
        self.transcript = TranscriptView()
        self.transcript.can_focus = False
        self.hint = HintLine()
        self._title = Static(id="sample-title")
        self._view: AnswerView | None = None
        self._fed = (0, 0)
        """Pieces of thought and of answer that are shown."""
        self._grows = False
        self._flushes = 0

    @property
    def _sample(self) -> int:
        return self._vote.cursor or 0

    def compose(self) -> ComposeResult:
        """Title, sample, hints, keys."""
        yield self._title
        yield self.transcript
        yield self.hint
        yield KeyBar(SAMPLE_COMMANDS)

    def on_mount(self) -> None:
        """Show it as far as it is."""
        self.call_after_refresh(self._show)
        self.set_interval(FLUSH_S, self.flush)

    def _show(self) -> None:
        cell, sample = self._vote.board.cells[self._sample], self._sample
        place = (sample + 1, len(self._vote.board.cells))
        self.transcript.clear()
        self._fed, kept = (0, 0), cell.message(self.session.kit.clock)
        self._grows = kept is None
        if kept is not None:
            self._view = AnswerView.finished(kept, place)
            self.transcript.add(self._view)
            self.transcript.follow = False
        else:
            self._view = AnswerView(cell.draft.message, place)
            self.transcript.add(self._view)
            self._grow()
        self._entitle()
        self.transcript.refresh_rows(repaint=True)

    def _entitle(self) -> None:
        sample, board = self._sample, self._vote.board
        name = f" Sample {sample + 1} of {len(board.cells)}"
        self._title.update(
            Content.assemble((name, "bold $text-primary"), (f"   {sample_words(board, sample)}", "$foreground-muted"))
        )

    def flush(self) -> None:
        """Show what has come since the last time, and how it ended."""
        view = self._view
        if view is None:
            return
        self._flushes += 1
        if self._flushes % HEAD_EVERY == 0:
            self._entitle()
        if not self._grows:
            return
        self._grow()
        cell = self._vote.board.cells[self._sample]
        kept = cell.message(self.session.kit.clock)
        if kept is not None:
            self._grows = False
            self.transcript.add_sections(view, *view.close(kept))
            self.transcript.section_changed(view)
            self._entitle()

    def _grow(self) -> None:
        view, draft = self._view, self._vote.board.cells[self._sample].draft
        if view is None:
            return
        thought, said = self._fed
        reasoning, answer = "".join(draft.reasoning[thought:]), "".join(draft.content[said:])
        self._fed = (len(draft.reasoning), len(draft.content))
        now = self.session.kit.clock.monotonic()
        begins = grow(self.transcript, view, reasoning, answer) if reasoning or answer else False
        if begins or self._flushes % HEAD_EVERY == 0:
            view.show_head(draft.meter, now)
            self.transcript.section_changed(view)

    # Actions

    def action_close(self) -> None:
        """Back to the grid."""
        self.dismiss()

    def action_sample(self, step: int) -> None:
        """Another sample of the vote."""
        if 0 <= self._sample + step < len(self._vote.board.cells):
            self._vote.moved(step, 0)
            self._show()
        else:
            self.hint.show("There is no other sample there.")

    def action_scroll(self, step: int) -> None:
        """A line up or down."""
        self.transcript.scroll_relative(y=step, animate=False)
