"""A line-API view over a `Document`: layout, scrolling, following the end, repainting only rows that changed."""

from dataclasses import dataclass
from typing import Final

from textual import events
from textual.geometry import Region, Size
from textual.message import Message as TextualMessage
from textual.scroll_view import ScrollView
from textual.widget import Widget

from dsr1_tui.tui.transcript.document import Document

MAX_TEXT: Final = 100
"""Widest text column, cells."""
_MARGIN: Final = 3
_NARROW: Final = 70


class DocumentView(ScrollView):
    """Whoever changes the document calls `refresh_rows` afterwards."""

    @dataclass
    class Behind(TextualMessage):
        """Whether there is something new below the view that the reader has not scrolled to."""

        behind: bool

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self.document = Document()
        self.follow = True
        """Whether the end is kept in view."""
        self._behind = False
        self._shown: list[int] = []
        """Identities of what each row showed at the last paint."""
        self._moving = False

    @property
    def left(self) -> int:
        """Cells left of the text column."""
        width = self.size.width
        margin = _MARGIN if width >= _NARROW else 2
        return max(margin, (width - MAX_TEXT) // 2) if width > MAX_TEXT + 2 * margin else min(margin, width // 4)

    @property
    def text_width(self) -> int:
        """Cells a line of text may take."""
        return max(min(MAX_TEXT, self.size.width - self.left - 2), 4)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for the new width, keeping the first line in view in its place."""
        del event
        anchor = None if self.follow else self.document.place(self.scroll_offset.y)
        self.document.set_width(self.text_width)
        self.refresh_rows(repaint=True)
        if anchor is not None:
            self._scroll_row(self.document.row_of(anchor))

    def refresh_rows(self, *, repaint: bool = False) -> None:
        """Bring size, scroll position and screen in line with the document; paints only rows that changed."""
        if not self.size.height:
            return
        document, height = self.document, self.size.height
        document.set_width(self.text_width)
        if self.follow:
            while document.settle(document.height - height, document.height):
                pass
        else:
            self._settle_view()
        total = document.height
        if total != self.virtual_size.height or self.size.width != self.virtual_size.width:
            self.set_reactive(Widget.virtual_size, Size(self.size.width, total))
            self._scroll_update(self.virtual_size)
        if self.follow:
            self._scroll_row(max(total - height, 0))
        self._tell_behind(behind=self.scroll_offset.y < total - height)
        if repaint:
            self._shown = []
            self.refresh()
            return
        self._refresh_changed()

    def _settle_view(self) -> None:
        top = self.scroll_offset.y
        anchor = self.document.place(top)
        while self.document.settle(top, top + self.size.height):
            if anchor is not None:
                top = self.document.row_of(anchor)
        if anchor is not None and top != self.scroll_offset.y:
            self.set_reactive(Widget.virtual_size, Size(self.size.width, self.document.height))
            self._scroll_row(top)

    def _refresh_changed(self) -> None:
        shown = self._identities()
        if len(shown) != len(self._shown):
            self.refresh()
        else:
            changed = [y for y, (new, old) in enumerate(zip(shown, self._shown, strict=True)) if new != old]
            if changed:
                self.refresh(*(Region(0, first, self.size.width, count) for first, count in _runs(changed)))
        self._shown = shown

    def _identities(self) -> list[int]:
        top = self.scroll_offset.y
        rows = (self.document.line(top + y) for y in range(self.size.height))
        return [0 if row is None else id(row[1]) for row in rows]

    # Scrolling

    def _scroll_row(self, row: int) -> None:
        if row != round(self.scroll_y):
            self._moving = True
            try:
                self.scroll_to(y=row, animate=False, force=True)
            finally:
                self._moving = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the end exactly while the reader stands at it."""
        super().watch_scroll_y(old_value, new_value)
        if not self._moving and round(old_value) != round(new_value):
            self.follow = round(new_value) >= self.document.height - self.size.height
            self._settle_view()
            self._tell_behind(behind=not self.follow)
        self._shown = []

    def _tell_behind(self, *, behind: bool) -> None:
        if behind != self._behind:
            self._behind = behind
            self.post_message(self.Behind(behind))

    def to_end(self) -> None:
        """Go to the end and follow it."""
        self.follow = True
        self.refresh_rows()


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Rising row numbers as runs of (first, count)."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and sum(runs[-1]) == row:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((row, 1))
    return runs
