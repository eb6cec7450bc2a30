"""The transcript widget: one line-API view that draws only what is on screen, and repaints only rows that changed."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message as TextualMessage
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from dsr1_tui.render.line import Line
from dsr1_tui.tui.command import Area, bindings
from dsr1_tui.tui.commands import COMMANDS
from dsr1_tui.tui.transcript.copying import select_source
from dsr1_tui.tui.transcript.document import Document
from dsr1_tui.tui.transcript.message_view import MessageView
from dsr1_tui.tui.transcript.paint import COMPONENTS, Painter
from dsr1_tui.tui.transcript.sections import Section

MAX_TEXT: Final = 100
"""Widest text column, cells."""
_MARGIN: Final = 3
_NARROW: Final = 70


_MESSAGE_KEYS: Final = tuple(
    replace(command, action=f"screen.{command.action}")
    for command in COMMANDS
    if command.area is Area.MESSAGE and not command.priority
)


class TranscriptView(ScrollView, can_focus=True):
    """Draws a `Document`; whoever changes the document calls `refresh_rows` afterwards."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(_MESSAGE_KEYS),
        Binding("up,shift+tab", "move(-1)", "message above", show=False),
        Binding("down", "move(1)", "message below", show=False),
        Binding("tab,enter,i", "leave", "back to the question", show=False),
    ]

    ALLOW_SELECT = True
    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)

    @dataclass
    class Behind(TextualMessage):
        """Whether there is something new below the view that the reader has not scrolled to."""

        behind: bool

    class Left(TextualMessage):
        """The reader is done with the messages."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self.document = Document()
        self.messages: list[MessageView] = []
        self.follow = True
        """Whether the end is kept in view."""
        self._owner: dict[int, MessageView] = {}
        self._focused: MessageView | None = None
        self._behind = False
        self._painter: Painter | None = None
        self._shown: list[int] = []
        """Identities of what each row showed at the last paint."""
        self._moving = False

    # What stands in it

    def add(self, view: MessageView) -> None:
        """Add a message at the end."""
        self.messages.append(view)
        for section in view.sections:
            self._adopt(view, section)
            self.document.append(section)

    def add_sections(self, view: MessageView, before_last: list[Section], after: list[Section]) -> None:
        """New sections of the last message: some just above its last one, some below it."""
        for section in before_last:
            self._adopt(view, section)
            self.document.insert_before_last(section)
        for section in after:
            self._adopt(view, section)
            self.document.append(section)

    def _adopt(self, view: MessageView, section: Section) -> None:
        self._owner[id(section)] = view

    def clear(self) -> None:
        """Empty the transcript."""
        self.document.clear()
        self.messages.clear()
        self._owner.clear()
        self._focused = None
        self.follow = True
        self.refresh_rows(repaint=True)

    def section_changed(self, view: MessageView) -> None:
        """Sections of `view` have other heights; the line under the reader's eye stays where it is."""
        anchor = None if self.follow else self.document.place(self.scroll_offset.y)
        self.document.changed(self.document.index_of(view.sections[0]))
        if anchor is not None:
            self._scroll_row(self.document.row_of(anchor))
        self.refresh_rows()

    # Layout

    @property
    def _left(self) -> int:
        width = self.size.width
        margin = _MARGIN if width >= _NARROW else 2
        return max(margin, (width - MAX_TEXT) // 2) if width > MAX_TEXT + 2 * margin else min(margin, width // 4)

    @property
    def text_width(self) -> int:
        """Cells a line of text may take."""
        return max(min(MAX_TEXT, self.size.width - self._left - 2), 4)

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

    # Focus on a message

    @property
    def focused_message(self) -> MessageView | None:
        """The message that single letters act on."""
        return self._focused

    def focus_message(self, view: MessageView | None) -> None:
        """Mark a message and bring it into view."""
        self._focused = view
        if view is not None:
            index = self.document.index_of(view.sections[0])
            top = self.document.top(index)
            bottom = self.document.top(self.document.index_of(view.sections[-1]))
            first, height = self.scroll_offset.y, self.size.height
            if top < first or bottom >= first + height:
                self.follow = view is self.messages[-1] and bottom - top < height
                if not self.follow:
                    self._scroll_row(max(top - 1, 0))
        self.refresh_rows(repaint=True)

    def move_focus(self, step: int) -> None:
        """Focus the message `step` further down (up if negative)."""
        if not self.messages:
            return
        if self._focused not in self.messages:
            self.focus_message(self.messages[-1])
            return
        at = self.messages.index(self._focused) + step
        if 0 <= at < len(self.messages):
            self.focus_message(self.messages[at])

    def action_move(self, step: int) -> None:
        """Focus the message above or below; below the last one, leave."""
        if step > 0 and self.messages and self._focused is self.messages[-1]:
            self.action_leave()
        else:
            self.move_focus(step)

    def action_leave(self) -> None:
        """Back to the composer."""
        self.post_message(self.Left())

    def on_focus(self) -> None:
        """Begin with the last message."""
        if self._focused is None:
            self.move_focus(0)

    def on_blur(self) -> None:
        """No message is marked while the focus is elsewhere."""
        self.focus_message(None)

    # Painting

    def notify_style_update(self) -> None:
        """Forget the colours."""
        super().notify_style_update()
        self._painter = None

    @property
    def painter(self) -> Painter:
        """The painter for the present theme."""
        if self._painter is None:
            self._painter = Painter(self._component, self.rich_style)
        return self._painter

    def _component(self, name: str) -> RichStyle:
        return self.get_component_rich_style(name)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a region of the widget, without the offsets that only `render_line` adds."""
        strips = [self._row(y) for y in range(crop.y, crop.bottom)]
        if crop.x or crop.width != self.size.width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """A row with the offsets that mouse selection asks for."""
        return self._row(y).apply_offsets(0, self.scroll_offset.y + y)

    def _row(self, y: int) -> Strip:
        row = self.scroll_offset.y + y
        width = self.size.width
        found = self.document.line(row)
        focused = self._focused is not None and self._owner_at(row) is self._focused
        if found is None:
            return self.painter.blank(width, focused=focused and self.document.at(row) is not None)
        section, line = found
        strip = self.painter.row(
            line, section.prefix, width=width, left=self._left, text_width=self.text_width, focused=focused
        )
        selection = self.text_selection
        return strip if selection is None else self._selected(strip, selection, row)

    def _owner_at(self, row: int) -> MessageView | None:
        at = self.document.at(row)
        return None if at is None or at[1] < 0 else self._owner.get(id(self.document.sections[at[0]]))

    # Selection

    def _selected(self, strip: Strip, selection: Selection, row: int) -> Strip:
        span = selection.get_span(row)
        if span is None:
            return strip
        start, end = span
        text = strip.text
        stop = len(text) if end == -1 else end
        from_cell, to_cell = _cells_at(text, start), _cells_at(text, stop)
        style = self.screen.get_component_rich_style("screen--selection")
        parts = list(strip.divide([from_cell, to_cell, strip.cell_length]))
        return Strip.join([parts[0], parts[1].apply_style(style), *parts[2:]] if len(parts) > 1 else parts)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The source text under a mouse selection."""
        return select_source(self.document, self._owner, selection, self._left), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint it."""
        del selection
        self.refresh()

    def line_text(self, row: int) -> Line | None:
        """The line at a row of the document (for tests and tools)."""
        found = self.document.line(row)
        return None if found is None else found[1]


def _cells_at(text: str, index: int) -> int:
    from dsr1_tui.render.cells import cells  # noqa: PLC0415  only while selecting

    return cells(text[:index])


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Rising row numbers as runs of (first, count)."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and sum(runs[-1]) == row:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((row, 1))
    return runs
