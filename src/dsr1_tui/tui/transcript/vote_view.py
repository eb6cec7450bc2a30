"""A vote in the transcript: heading, grid of samples, result, as one section that repaints what differs."""

from collections.abc import Callable, Sequence

from dsr1_tui.render.line import Line
from dsr1_tui.tui.transcript.message_view import MessageView
from dsr1_tui.tui.transcript.sections import Section
from dsr1_tui.tui.transcript.vote_board import VoteBoard
from dsr1_tui.tui.transcript.vote_words import copied, grid_lines, head_lines, result_lines


class ChangingSection(Section):
    """Lines that are built anew when told so; those that come out the same stay, and are not painted."""

    __slots__ = ("_build", "_lines", "_stale", "_width")

    def __init__(self, build: Callable[[int], Sequence[Line]], *, gap: int = 0) -> None:
        super().__init__(gap=gap)
        self._build = build
        self._lines: Sequence[Line] = ()
        self._width = -1
        self._stale = True

    def stale(self) -> None:
        """What it shows has changed."""
        self._stale = True

    def settled(self, width: int) -> bool:
        """Whether its lines are made for this width."""
        return self._width == width and not self._stale

    def settle(self, width: int) -> None:
        """Make the lines."""
        if self.settled(width):
            return
        fresh, before = self._build(width), self._lines
        self._lines = [before[at] if at < len(before) and before[at] == line else line for at, line in enumerate(fresh)]
        self._width, self._stale = width, False

    def height(self, width: int) -> int:
        """Number of lines."""
        self.settle(width)
        return len(self._lines)

    def line(self, index: int, width: int) -> Line:
        """One of the lines."""
        self.settle(width)
        return self._lines[index]


class VoteView(MessageView):
    """A vote, running or over. While it has the focus, a cursor moves among its cells."""

    def __init__(self, board: VoteBoard) -> None:
        super().__init__(board.cells[0].draft.message)
        self.opens = True
        self.board = board
        self.cursor: int | None = None
        """The sample that enter opens; `None` while the vote is focused as a whole."""
        self._columns = 1
        self._head = 1
        self._section = ChangingSection(self._lines, gap=1)
        self.sections = [self._section]

    def _lines(self, width: int) -> Sequence[Line]:
        head = head_lines(self.board, width)
        grid, drawn = grid_lines(self.board, width, self.cursor)
        self._columns, self._head = drawn.columns, len(head)
        return [*head, *grid, *result_lines(self.board, width)]

    def source(self, key: str) -> str:
        """The outcome, in words."""
        del key
        return copied(self.board)

    def show(self) -> None:
        """Have it looked at again."""
        self._section.stale()

    # The cursor

    def enter(self) -> bool:
        """Enter: go among the cells; whether it was there already, so that the sample is to be opened."""
        if self.cursor is not None:
            return True
        self.cursor = self.board.tally.chosen if self.board.closed else 0
        self.show()
        return False

    def leave(self) -> None:
        """The focus is elsewhere."""
        if self.cursor is not None:
            self.cursor = None
            self.show()

    def moved(self, across: int, down: int) -> bool:
        """Move the cursor; false where there is none, or at the upper or lower edge, where it leaves the cells."""
        if self.cursor is None:
            return False
        at, last = self.cursor + across + down * self._columns, len(self.board.cells) - 1
        if down and not 0 <= at <= last:
            same_row = self.cursor // self._columns == last // self._columns
            if down < 0 or same_row:
                self.leave()
                return False
            at = last
        self.cursor = min(max(at, 0), last)
        self.show()
        return True

    @property
    def cursor_line(self) -> int | None:
        """The line of its section that the cursor is in."""
        return None if self.cursor is None else self._head + self.cursor // self._columns
