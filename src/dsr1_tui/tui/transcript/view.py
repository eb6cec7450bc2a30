"""The transcript widget: messages as sections of one document, focus on a message, painting, selection."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from rich.style import Style as RichStyle
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message as TextualMessage
from textual.selection import Selection
from textual.strip import Strip

from dsr1_tui.render.cells import cells
from dsr1_tui.render.line import Line
from dsr1_tui.tui.command import Area, bindings
from dsr1_tui.tui.commands import COMMANDS
from dsr1_tui.tui.transcript.copying import select_source
from dsr1_tui.tui.transcript.document_view import DocumentView
from dsr1_tui.tui.transcript.message_view import MessageView
from dsr1_tui.tui.transcript.paint import COMPONENTS, Painter
from dsr1_tui.tui.transcript.sections import Section

_MESSAGE_KEYS: Final = tuple(
    replace(command, action=f"screen.{command.action}")
    for command in COMMANDS
    if command.area is Area.MESSAGE and not command.priority
)


class TranscriptView(DocumentView, can_focus=True):
    """Draws a `Document`; whoever changes the document calls `refresh_rows` afterwards."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(_MESSAGE_KEYS),
        Binding("up,shift+tab", "move(-1)", "message above", show=False),
        Binding("down", "move(1)", "message below", show=False),
        Binding("left", "sidle(-1)", "part before", show=False),
        Binding("right", "sidle(1)", "part after", show=False),
        Binding("enter", "enter", "open", show=False),
        Binding("tab,i", "leave", "back to the question", show=False),
    ]

    ALLOW_SELECT = True
    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)

    class Left(TextualMessage):
        """The reader is done with the messages."""

    @dataclass
    class Opened(TextualMessage):
        """Enter on a part of a message: it is to be shown whole."""

        view: MessageView

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self.messages: list[MessageView] = []
        self._owner: dict[int, MessageView] = {}
        self._focused: MessageView | None = None
        self._painter: Painter | None = None

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

    # Focus on a message

    @property
    def focused_message(self) -> MessageView | None:
        """The message that single letters act on."""
        return self._focused

    def focus_message(self, view: MessageView | None) -> None:
        """Mark a message and bring it into view."""
        if self._focused is not None and self._focused is not view:
            self._focused.leave()
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
        """Move among a message's parts, else focus the message above or below; below the last one, leave."""
        if self._focused is not None and self._focused.moved(0, step):
            self._show_cursor(self._focused)
        elif step > 0 and self.messages and self._focused is self.messages[-1]:
            self.action_leave()
        else:
            self.move_focus(step)

    def action_sidle(self, step: int) -> None:
        """Move among a message's parts."""
        if self._focused is not None and self._focused.moved(step, 0):
            self._show_cursor(self._focused)

    def action_enter(self) -> None:
        """Go among a message's parts, or open one; where it has none, back to the composer."""
        view = self._focused
        if view is None or not view.opens:
            self.action_leave()
        elif view.enter():
            self.post_message(self.Opened(view))
        else:
            self._show_cursor(view)

    def _show_cursor(self, view: MessageView) -> None:
        """Bring the part that the keys are at into view."""
        self.section_changed(view)
        line = view.cursor_line
        if line is None:
            return
        row = self.document.top(self.document.index_of(view.sections[0])) + line
        first, height = self.scroll_offset.y, self.size.height
        if not first <= row < first + height:
            self.follow = False
            self._scroll_row(row if row < first else row - height + 1)
            self.refresh_rows()

    def bring_up(self, view: MessageView) -> None:
        """Show as much of the end as can be without moving the beginning of `view` out of view."""
        self.refresh_rows()
        top, height = self.document.top(self.document.index_of(view.sections[0])), self.size.height
        if self.follow and self.document.height - top >= height:
            self.follow = False
            self._scroll_row(max(top - 1, 0))
            self.refresh_rows()

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
            line, section.prefix, width=width, left=self.left, text_width=self.text_width, focused=focused
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
        from_cell, to_cell = cells(text[:start]), cells(text[:stop])
        style = self.screen.get_component_rich_style("screen--selection")
        parts = list(strip.divide([from_cell, to_cell, strip.cell_length]))
        return Strip.join([parts[0], parts[1].apply_style(style), *parts[2:]] if len(parts) > 1 else parts)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The source text under a mouse selection."""
        return select_source(self.document, self._owner, selection, self.left), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint it."""
        del selection
        self.refresh()

    def line_text(self, row: int) -> Line | None:
        """The line at a row of the document (for tests and tools)."""
        found = self.document.line(row)
        return None if found is None else found[1]
