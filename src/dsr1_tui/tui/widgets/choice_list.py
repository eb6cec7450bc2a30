"""A list to choose from by arrows, by a key of each entry, or by mouse; menus, pickers and questions are made of it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.message import Message

from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.widgets.choice_lines import Choice, choice_lines, columns_for
from dsr1_tui.tui.widgets.page import TextPage

_C = Command
LIST_COMMANDS: Final = (
    _C(id="list-up", action="move(-1)", title="up", help="The entry above.", area=Area.APP, keys=("up",)),
    _C(id="list-down", action="move(1)", title="down", help="The entry below.", area=Area.APP, keys=("down",)),
    _C(id="list-page-up", action="move_page(-1)", title="page up", help="A page up.", area=Area.APP, keys=("pageup",)),
    _C(id="list-page-down", action="move_page(1)", title="page down", help="A page down.", area=Area.APP,
       keys=("pagedown",)),
    _C(id="list-choose", action="choose", title="choose", help="Take the marked entry.", area=Area.APP,
       keys=("enter",)),
)  # fmt: skip


class ChoiceList(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Entries of which one is marked; taking one posts `Chosen`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LIST_COMMANDS)]

    @dataclass
    class Chosen(Message):
        """An entry was taken."""

        choice: Choice

    @dataclass
    class Beyond(Message):
        """The mark was at an end and was to go on (-1 up, 1 down)."""

        step: int

    def __init__(
        self,
        choices: Sequence[Choice] = (),
        *,
        beside: bool = False,
        id: str | None = None,  # noqa: A002  Textual's own name
        can_focus: bool = True,
    ) -> None:
        super().__init__(id=id, can_focus=can_focus)
        self._choices = tuple(choices)
        self._beside = beside
        self._at = 0
        self._starts: list[int] = []
        self._page = TextPage(self._lines)

    def compose(self) -> ComposeResult:
        """All entries are one page."""
        yield self._page

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The entries."""
        return self._choices

    @property
    def marked(self) -> Choice | None:
        """The marked entry; `None` where there is none at all."""
        return self._choices[self._at] if self._choices else None

    @property
    def neighbour(self) -> str | None:
        """The id of the entry below the marked one, else of the one above."""
        near = self._choices[self._at + 1 : self._at + 2] or self._choices[max(self._at - 1, 0) : self._at]
        return near[0].id if near else None

    def show(self, choices: Sequence[Choice], marked: str | None = None) -> None:
        """Show these entries, the one with the id `marked` marked (else the first)."""
        self._choices = tuple(choices)
        self._at = next((at for at, choice in enumerate(self._choices) if choice.id == marked), 0)
        self._page.changed()
        self.call_after_refresh(self._reveal)

    def move(self, step: int) -> None:
        """Mark the entry `step` entries on; beyond an end, the end."""
        if self._choices:
            self._mark(min(max(self._at + step, 0), len(self._choices) - 1))

    def choose(self) -> None:
        """Take the marked entry."""
        if (choice := self.marked) is not None:
            self.post_message(self.Chosen(choice))

    def action_move(self, step: int) -> None:
        """Mark another entry."""
        if 0 <= self._at + step < len(self._choices):
            self.move(step)
        else:
            self.post_message(self.Beyond(step))

    def action_move_page(self, pages: int) -> None:
        """Mark the entry about a page on."""
        lines = max(self._starts[-1] + 1, 1) if self._starts else 1
        a_page = max(self.size.height * len(self._choices) // lines - 1, 1)
        self.move(pages * a_page)

    def action_choose(self) -> None:
        """Take the marked entry."""
        self.choose()

    def on_key(self, event: events.Key) -> None:
        """An entry's own key takes it."""
        for at, choice in enumerate(self._choices):
            if choice.key and event.key == choice.key:
                event.stop()
                self._mark(at)
                self.choose()
                return

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001  Textual calls it so
        """Show the mark only while keys act on it."""
        super().watch_has_focus(has_focus)
        self._page.changed()

    def on_click(self, event: events.Click) -> None:
        """A click takes the entry under it."""
        line = int(event.screen_y) - self._page.region.y
        if 0 <= line < self._page.region.height:
            event.stop()
            self._mark(bisect_right(self._starts, line) - 1)
            self.choose()

    def on_resize(self) -> None:
        """Keep the marked entry in view."""
        self.call_after_refresh(self._reveal)

    def _mark(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self._page.changed()
        self._reveal()

    def _reveal(self) -> None:
        if not self._starts or not self.is_attached:
            return
        ends = [*self._starts[1:], len(self._page.laid(self._page.content_size.width))]
        top = self._starts[self._at]
        self.scroll_to_region(Region(0, top, 1, ends[self._at] - top), animate=False, force=True)

    def _lines(self, width: int) -> list[Content]:
        columns = columns_for(self._choices, width, beside=self._beside)
        self._starts = []
        active = self.has_focus or not self.can_focus  # a picker drives its list from its input
        lines: list[Content] = []
        for at, choice in enumerate(self._choices):
            self._starts.append(len(lines))
            lines += choice_lines(choice, columns, width, chosen=active and at == self._at)
        return lines
