"""Pieces of the transcript: each makes its lines for a width, keeps them, and costs nothing until it is looked at."""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Final

from dsr1_tui.render.line import Line, Span, Style
from dsr1_tui.render.plain import plain_lines

NO_LINES: Final[tuple[Line, ...]] = ()
_HOLD: Final = 2
"""Last wrapped lines that more text may still change: a word or a cluster can move out of the very last one."""


class Section:
    """A stretch of lines with one prefix, belonging to one message.

    `height` may be an estimate until `settle` was called for that width; it never changes after that for the same
    width unless the section itself is changed.
    """

    __slots__ = ("gap", "prefix", "prefix_cells", "source_key")

    def __init__(self, *, gap: int = 0, prefix: Span | None = None, source_key: str = "") -> None:
        self.gap = gap
        """Blank lines before it."""
        self.prefix = prefix
        """Drawn at the left of every line; narrow characters only."""
        self.prefix_cells = len(prefix.text) if prefix is not None else 0
        self.source_key = source_key
        """Which text of the message the lines' offsets refer to: `content`, `reasoning`, or nothing."""

    def settled(self, width: int) -> bool:
        """Whether the height at this width is exact."""
        raise NotImplementedError

    def settle(self, width: int) -> None:
        """Make the lines for this width."""
        raise NotImplementedError

    def height(self, width: int) -> int:
        """Number of lines, without the gap."""
        raise NotImplementedError

    def line(self, index: int, width: int) -> Line:
        """One of the lines; settles the section."""
        raise NotImplementedError


class BuiltSection(Section):
    """Lines built once for a width from something that no longer changes."""

    __slots__ = ("_build", "_estimate", "_lines", "_width")

    def __init__(
        self,
        build: Callable[[int], Sequence[Line]],
        estimate: Callable[[int], int],
        *,
        gap: int = 0,
        prefix: Span | None = None,
        source_key: str = "",
    ) -> None:
        super().__init__(gap=gap, prefix=prefix, source_key=source_key)
        self._build = build
        self._estimate = estimate
        self._lines: Sequence[Line] = NO_LINES
        self._width = -1

    def rebuild(self, build: Callable[[int], Sequence[Line]]) -> None:
        """Show something else from now on."""
        self._build = build
        self._width = -1

    def settled(self, width: int) -> bool:
        """Whether its lines are made for this width."""
        return self._width == width

    def settle(self, width: int) -> None:
        """Make the lines."""
        if self._width != width:
            self._lines = self._build(max(width - self.prefix_cells, 1))
            self._width = width

    def height(self, width: int) -> int:
        """Number of lines; an estimate until settled."""
        return len(self._lines) if self._width == width else self._estimate(max(width - self.prefix_cells, 1))

    def line(self, index: int, width: int) -> Line:
        """One of the lines."""
        self.settle(width)
        return self._lines[index]


class OneLine(Section):
    """A line that changes: a heading with live figures, a notice. Empty text takes no line.

    A line that says less where there is less room is given as what makes it for a width.
    """

    __slots__ = ("_line",)

    def __init__(self, line: Line | None = None, *, gap: int = 0, prefix: Span | None = None) -> None:
        super().__init__(gap=gap, prefix=prefix)
        self._line: Line | Callable[[int], Line] | None = line

    def set(self, line: Line | Callable[[int], Line] | None) -> None:
        """Change it; `None` hides it."""
        self._line = line

    def settled(self, width: int) -> bool:  # noqa: ARG002  exact at any width
        """Always."""
        return True

    def settle(self, width: int) -> None:
        """Nothing to make."""

    def height(self, width: int) -> int:  # noqa: ARG002  one line at any width
        """One, or none where it is hidden."""
        return 0 if self._line is None else 1

    def line(self, index: int, width: int) -> Line:  # noqa: ARG002  there is one
        """The line."""
        assert self._line is not None
        return self._line if isinstance(self._line, Line) else self._line(max(width - self.prefix_cells, 1))


class Fold(Enum):
    """How much of a text is shown."""

    FOLDED = auto()
    TAIL = auto()
    ALL = auto()


TAIL_LINES: Final = 10


class LiveText(Section):
    """Plain text that grows at its end; only its last lines are wrapped anew, so a token costs the same always."""

    __slots__ = (
        "_chunks",
        "_folds_blank",
        "_held",
        "_lines",
        "_mid_row",
        "_start",
        "_style",
        "_tail",
        "_tail_at",
        "_width",
        "fold",
    )

    def __init__(
        self,
        style: Style,
        *,
        start: int = 0,
        gap: int = 0,
        prefix: Span | None = None,
        source_key: str = "",
        folds_blank: bool = False,
    ) -> None:
        """`folds_blank`: of a run of blank lines, one is shown."""
        super().__init__(gap=gap, prefix=prefix, source_key=source_key)
        self._style = style
        self._folds_blank = folds_blank
        self._start = start
        self._chunks: list[str] = []
        self._lines: list[Line] = []
        self._tail = ""
        """Text of the last lines, not yet committed."""
        self._tail_at = 0
        """Offset of `_tail` in the whole text."""
        self._held = 0
        """Lines made from `_tail`, which more text may still change."""
        self._mid_row = False
        """Whether `_tail` begins in the middle of a row."""
        self._width = -1
        self.fold = Fold.ALL

    @property
    def text(self) -> str:
        """All of it."""
        if len(self._chunks) > 1:
            self._chunks = ["".join(self._chunks)]
        return self._chunks[0] if self._chunks else ""

    def append(self, text: str) -> None:
        """Add text at the end."""
        self._chunks.append(text)
        if self._width < 0:
            return
        if "\t" in text and self._mid_row and "\t" not in self._tail:
            # Its width depends on its column in a row whose beginning is committed: once a row, wrap all anew.
            self._clear()
            self._extend(self.text)
        else:
            self._extend(text)

    def reset(self, text: str, start: int) -> None:
        """Show other text (the next open block) that begins at `start` of the source."""
        self._chunks = [text] if text else []
        self._start = start
        self._clear()
        if self._width >= 0 and text:
            self._extend(text)

    def _clear(self) -> None:
        self._lines, self._tail, self._tail_at, self._held, self._mid_row = [], "", 0, 0, False

    def _extend(self, text: str) -> None:
        if self._held:
            del self._lines[-self._held :]
        tail = self._tail + text
        fresh = plain_lines(tail, self._width, self._style, self._start + self._tail_at)
        keep, cut = _hold(fresh, tail, self._start + self._tail_at)
        self._show(fresh[:keep])
        committed = len(self._lines)
        self._show(fresh[keep:])
        self._held = len(self._lines) - committed
        self._mid_row = tail[cut - 1] != "\n" if cut else self._mid_row
        self._tail_at += cut
        self._tail = tail[cut:]

    def _show(self, lines: Sequence[Line]) -> None:
        if not self._folds_blank:
            self._lines.extend(lines)
            return
        for line in lines:
            if line.text.strip() or (self._lines and self._lines[-1].text.strip()):
                self._lines.append(line)

    def settled(self, width: int) -> bool:
        """Whether its lines are made for this width."""
        return self.fold is Fold.FOLDED or self._width == max(width - self.prefix_cells, 1)

    def settle(self, width: int) -> None:
        """Wrap all of it anew where the width is another one."""
        inner = max(width - self.prefix_cells, 1)
        if self._width != inner:
            self._width = inner
            self._clear()
            if self.text:
                self._extend(self.text)

    def height(self, width: int) -> int:
        """Number of lines that its fold shows."""
        if self.fold is Fold.FOLDED or not self._chunks:
            return 0
        self.settle(width)
        return min(len(self._lines), TAIL_LINES) if self.fold is Fold.TAIL else len(self._lines)

    def line(self, index: int, width: int) -> Line:
        """One of the lines."""
        self.settle(width)
        if self.fold is Fold.TAIL:
            index += max(len(self._lines) - TAIL_LINES, 0)
        return self._lines[index]


def _hold(lines: Sequence[Line], text: str, base: int) -> tuple[int, int]:
    """How many of the lines are final, and the offset in `text` (which begins at `base`) where the others begin.

    Where there are tabs, only at the beginning of a row: a tab's width depends on its column in the row.
    """
    tabs = "\t" in text
    for keep in range(len(lines) - _HOLD, 0, -1):
        for span in lines[keep].spans:
            if span.start >= 0:
                cut = span.start - base
                if not tabs or text[cut - 1] == "\n":
                    return keep, cut
                break
    return 0, 0
