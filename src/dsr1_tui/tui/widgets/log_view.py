"""A log as a line-API view: only the rows in view are made, so that tens of thousands of lines cost nothing."""

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from dsr1_tui.domain.server.log_lines import Level, read_line
from dsr1_tui.domain.server.log_tail import LONG, LogTail, Show, TailLine
from dsr1_tui.render.safe import safe

_TONES: Final = {
    Level.DEBUG: "log--dim",
    Level.WARNING: "log--warning",
    Level.ERROR: "log--error",
    Level.CRITICAL: "log--error",
}
_TAB: Final = " " * 4
STEP: Final = 20
"""Cells that a key scrolls sideways."""


_ROOMY: Final = 100
"""Cells from which on vLLM's prefixes, which take 60 of them, leave room for what a line says."""


def brief(text: str) -> str:
    """A line of the log without the prefixes; of its level what is worth a word."""
    line = read_line(text)
    grave = line.level is not None and line.level not in {Level.DEBUG, Level.INFO}
    return f"{line.level} {line.text}" if grave else line.text


class LogView(ScrollView, can_focus=True, inherit_bindings=False):
    """The lines of a `LogTail`; it follows the end until the reader scrolls away."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"log--dim", "log--warning", "log--error", "log--found", "log--here"}
    DEFAULT_CSS = "LogView { width: 1fr; height: 1fr; }"

    @dataclass
    class Moved(Message):
        """What is in view, or whether the end is followed, changed."""

    def __init__(self, tail: LogTail, *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self._tail = tail
        self.follow = True
        """Whether the end is kept in view."""
        self._words = ""
        self._pattern: re.Pattern[str] | None = None
        self._here: TailLine | None = None
        self._moving = False

    def grown(self) -> None:
        """The tail has other lines than before."""
        self._tell_size()
        if self.follow:
            self._go(self.virtual_size.height)
        self.refresh()

    def show(self, show: Show) -> None:
        """Show lines of other levels; the end stays followed, else the topmost line stays about where it was."""
        top = self._tail.line(self.scroll_offset.y)
        self._tail.show(show)
        self._tell_size()
        if self.follow or top is None:
            self._go(self._tail.height)
        else:
            self._go(next((at for at, line in enumerate(self._tail.lines()) if line is top), self.scroll_offset.y))
        self.refresh()

    # Searching

    def search(self, words: str, step: int = 0) -> tuple[int, int]:
        """Find `words` and go to the match `step` matches on (0: the first in view or below it, else the last).

        Gives which match of how many, counted from 1; (0, 0) where there is none.
        """
        if words != self._words:
            self._words, self._here = words, None
            self._pattern = re.compile(re.escape(words), re.IGNORECASE) if words else None
        found = self._tail.find(words)
        if not found:
            self.refresh()
            return 0, 0
        at = next((index for index, row in enumerate(found) if self._tail.line(row) is self._here), None)
        if at is None:
            below = (index for index, row in enumerate(found) if row >= self.scroll_offset.y)
            at = next(below, len(found) - 1)
        else:
            at = (at + step) % len(found)
        self._here = self._tail.line(found[at])
        self._reveal(found[at])
        self.refresh()
        return at + 1, len(found)

    def _reveal(self, row: int) -> None:
        height = max(self.size.height, 1)
        if not self.scroll_offset.y <= row < self.scroll_offset.y + height:
            self.follow = False
            self._go(max(row - height // 2, 0))

    # Copying

    def text(self, *, whole: bool) -> str:
        """What is in view, whole lines; or all lines that are shown."""
        lines = self._tail.lines() if whole else self._tail.lines(self.scroll_offset.y, self.size.height)
        return "\n".join(safe(line.text) for line in lines)

    # Moving

    def move(self, rows: int) -> None:
        """Scroll by rows; at the end it is followed again."""
        self._go(self.scroll_offset.y + rows)
        self._moved()

    def move_page(self, pages: int) -> None:
        """Scroll by pages, a line kept in view."""
        self.move(pages * max(self.size.height - 1, 1))

    def move_side(self, steps: int) -> None:
        """Scroll sideways, as far as the lines in view reach."""
        lines = self._tail.lines(self.scroll_offset.y, self.size.height)
        most = max((len(line.text) for line in lines), default=0) - self.size.width // 2
        self.scroll_to(x=min(max(self.scroll_offset.x + steps * STEP, 0), max(most, 0)), animate=False, force=True)

    def to_top(self) -> None:
        """To the beginning of what is kept."""
        self._go(0)
        self._moved()

    def to_end(self) -> None:
        """To the end, and follow it."""
        self.follow = True
        self.grown()
        self.post_message(self.Moved())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel and the scroll bar move it too."""
        super().watch_scroll_y(old_value, new_value)
        if not self._moving and round(old_value) != round(new_value):
            self._moved()

    def _moved(self) -> None:
        self.follow = self.scroll_offset.y >= self.virtual_size.height - self.size.height
        self.post_message(self.Moved())

    def _go(self, row: int) -> None:
        self._moving = True
        try:
            self.scroll_to(y=min(max(row, 0), self.max_scroll_y), animate=False, force=True)
        finally:
            self._moving = False

    def _tell_size(self) -> None:
        size = Size(LONG if self._tail.height else 0, self._tail.height)
        if size != self.virtual_size:
            # Assigned as usual it would lay the whole screen out anew.
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the end in view."""
        del event
        self.grown()

    # Painting

    def render_line(self, y: int) -> Strip:
        """One row."""
        row, width = self.scroll_offset.y + y, self.size.width
        line = self._tail.line(row)
        if line is None:
            return Strip.blank(width, self.rich_style)
        strip = self._strip(line)
        left = self.scroll_offset.x
        return strip.crop_extend(left, left + width, self.rich_style)

    def _strip(self, line: TailLine) -> Strip:
        tone = _TONES.get(level) if (level := line.level()) is not None else None
        style = self.rich_style if tone is None else self.get_component_rich_style(tone)
        text = safe(line.text if self.size.width >= _ROOMY else brief(line.text)).replace("\t", _TAB)
        if self._pattern is None:
            return Strip([Segment(text, style)])
        mark = self.get_component_rich_style("log--here" if line is self._here else "log--found")
        return Strip(_marked(text, self._pattern, style, mark))


def _marked(text: str, pattern: re.Pattern[str], style: Style, mark: Style) -> list[Segment]:
    parts: list[Segment] = []
    done = 0
    for match in pattern.finditer(text):
        parts += [Segment(text[done : match.start()], style), Segment(match.group(), mark)]
        done = match.end()
    return [*parts, Segment(text[done:], style)]
