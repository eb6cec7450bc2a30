"""The end of a server's log as lines to look at: a bounded number of them, with their levels, filtered and searched."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from dsr1_tui.domain.server.log_lines import Level, bare, masked, read_line

KEPT: Final = 20_000
"""Lines that are kept, the last ones; a log of tens of MB has hundreds of thousands."""
LONG: Final = 2_000
"""Characters of a line that are kept."""
_SPARE: Final = KEPT // 4
"""Lines above `KEPT` before the oldest are dropped, so that dropping is rare."""
_HEAD: Final = 400
"""Characters in which a line's level stands."""
_RAISED: Final = re.compile(r"[\w.]{1,80}(?:Error|Exception|Interrupt)\b")


class Show(StrEnum):
    """Which lines are shown; a line of no level belongs to the record above it."""

    ALL = "all"
    WARNINGS = "warnings and errors"
    ERRORS = "errors"

    @property
    def next(self) -> "Show":
        """The one after it, round and round."""
        every = tuple(Show)
        return every[(every.index(self) + 1) % len(every)]


_SHOWN: Final = {
    Show.WARNINGS: frozenset({Level.WARNING, Level.ERROR, Level.CRITICAL}),
    Show.ERRORS: frozenset({Level.ERROR, Level.CRITICAL}),
}


class TailLine:
    """One line; what it costs something to know of it is found out only when somebody asks."""

    __slots__ = ("_level", "_read", "_text", "raw")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        """As it was written."""
        self._text: str | None = None
        self._level: Level | None = None
        self._read = False

    @property
    def text(self) -> str:
        """Without colours and secrets; not yet safe for a terminal."""
        if self._text is None:
            self._text = masked(bare(self.raw))
        return self._text

    def level(self, above: Level | None = None) -> Level | None:
        """Its own level, or that of the line above where it goes on (a traceback, an indented line)."""
        if not self._read:
            found = read_line(self.raw[:_HEAD])
            self._level, self._read = found.level, True
            if found.level is None:
                if found.text.startswith("Traceback") or _RAISED.match(found.text):
                    self._level = Level.ERROR
                elif found.text[:1].isspace():
                    self._level = above
        return self._level


class LogTail:
    """Feed it pieces of the log, cut anywhere."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._lines: list[TailLine] = []
        self._open = ""
        self._open_line: TailLine | None = None
        self._show = Show.ALL
        self._shown: list[TailLine] = self._lines
        self._above: Level | None = None
        self.left_out = 0
        """Lines at the beginning that are no longer kept."""

    def feed(self, text: str) -> None:
        """Take the next piece. Of a bar that was drawn over only the last state stays."""
        *whole, last = (self._open + text.replace("\r\n", "\n")).split("\n")
        self._open = last.rpartition("\r")[2][-LONG:] if len(last) > LONG else last
        self._open_line = _line(self._open) if self._open.strip() else None
        spare = max(0, len(whole) - self._kept)
        self.left_out += spare
        new = [_line(raw) for raw in whole[spare:]]
        self._lines += new
        if self._show is not Show.ALL:
            self._shown += self._chosen(new)
        if len(self._lines) > self._kept + _SPARE:
            gone = len(self._lines) - self._kept
            self.left_out += gone
            del self._lines[:gone]
            self.show(self._show)

    def show(self, show: Show) -> None:
        """Show these lines from now on."""
        self._show, self._above = show, None
        self._shown = self._lines if show is Show.ALL else self._chosen(self._lines)

    @property
    def showing(self) -> Show:
        """Which lines are shown."""
        return self._show

    @property
    def height(self) -> int:
        """How many lines are shown; one that is not whole yet counts only where all are."""
        return len(self._shown) + (self._open_line is not None and self._show is Show.ALL)

    def line(self, row: int) -> TailLine | None:
        """One of the shown lines; `None` beyond them."""
        if 0 <= row < len(self._shown):
            return self._shown[row]
        return self._open_line if row == len(self._shown) < self.height else None

    def lines(self, first: int = 0, number: int | None = None) -> list[TailLine]:
        """Shown lines from `first` on."""
        last = self.height if number is None else min(first + number, self.height)
        return [line for row in range(max(first, 0), last) if (line := self.line(row)) is not None]

    def find(self, words: str) -> list[int]:
        """The numbers of the shown lines that hold `words`, in any case."""
        wanted = words.casefold()
        return [at for at, line in enumerate(self.lines()) if wanted in line.raw.casefold()] if wanted else []

    def _chosen(self, lines: Sequence[TailLine]) -> list[TailLine]:
        wanted, chosen = _SHOWN[self._show], []
        for line in lines:
            self._above = line.level(self._above)
            if self._above in wanted:
                chosen.append(line)
        return chosen


def _line(raw: str) -> TailLine:
    drawn = raw.rstrip("\r").rpartition("\r")[2]
    return TailLine(drawn[:LONG] + "…" if len(drawn) > LONG else drawn)
