"""The generation panel: everything that steers, edited by keyboard, in force from the next answer on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message

from dsr1_tui.domain.context import Room
from dsr1_tui.domain.rules import Rules
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.layers import Layer, Layers
from dsr1_tui.tui.tones import BAD, DIM
from dsr1_tui.tui.widgets.key_bar import hint, width_of
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.widgets.panel_state import conflicts
from dsr1_tui.tui.widgets.setting import Setting
from dsr1_tui.tui.widgets.setting_field import FIELD_COMMANDS, SettingField
from dsr1_tui.tui.widgets.settings_table import SAMPLED, SETTING_NAMED, SETTINGS
from dsr1_tui.tui.words import folded

_SAVE: Final = Command(
    id="setting-keep",
    action="keep",
    title="keep as default",
    help="Write this chat's settings to the config file, as the default of new chats.",
    area=Area.MODEL,
    keys=("ctrl+s",),
    footer=40,
)
PANEL_COMMANDS: Final[tuple[Command, ...]] = (*FIELD_COMMANDS, _SAVE)
"""What can be done while the panel has the focus, for footer and help."""
DOCKED_FROM: Final = 100
"""Columns from which on the transcript has room beside the panel."""
DRAWER_FROM: Final = 70
"""Columns below which what an overlay leaves of the transcript is not worth reading."""
APPLIES: Final = "applies to the next answer"
_HINT_GAP: Final = 2


class _Rows(VerticalScroll, can_focus=False):
    """The rows, scrolled; says when its height has changed, which is later than the panel's own."""

    def __init__(self, resized: Callable[[], None]) -> None:
        super().__init__(id="panel-fields")
        self._resized = resized

    def on_resize(self) -> None:
        """Have the focused row brought into view."""
        self.call_after_refresh(self._resized)


class SettingsPanel(Vertical):
    """The panel; the chat screen docks it, or lays it over the transcript with the class `-overlay`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings([_SAVE])]

    @dataclass
    class Changed(Message):
        """The layers after a valid change of this chat's own."""

        layers: Layers

    @dataclass
    class SaveDefault(Message):
        """What this chat sets, to be laid over the config file's own settings and written."""

        own: Layer

    @dataclass
    class Paged(Message):
        """A setting is to be written on a page of its own."""

        setting: Setting
        text: str

    class Left(Message):
        """The user wants back to the composer."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self._state = Layers()
        self._fields = [SettingField(setting) for setting in SETTINGS]
        self._at = SETTINGS.index(SETTING_NAMED[_FIRST])
        self._note = (APPLIES, DIM)
        self._room: Room | None = None
        self._head = TextPage(self._head_lines, id="panel-head")
        self._body = _Rows(self._see)
        self._detail = TextPage(self._detail_lines, id="panel-detail")
        self._foot = TextPage(self._foot_lines, id="panel-foot")
        self._keys = TextPage(lambda width: hint_lines(PANEL_COMMANDS, width), id="panel-keys")

    def compose(self) -> ComposeResult:
        """Heading, rows, help of the focused row, keys."""
        yield self._head
        with self._body:
            yield from self._fields[: len(SAMPLED)]
            yield TextPage(lambda width: [Content.styled("─" * (width - 1), DIM)], id="panel-rule")
            yield from self._fields[len(SAMPLED) :]
        yield self._detail
        yield self._foot
        yield self._keys

    @property
    def state(self) -> Layers:
        """The layers it shows."""
        return self._state

    def show(self, layers: Layers) -> None:
        """Show these layers; what is being typed stays."""
        self._state = layers
        for row in self._fields:
            row.display = row.setting.shows(layers) or row.has_focus
            row.show(layers)
        self._head.changed()
        self._detail.changed()
        self._foot.changed()
        self.call_after_refresh(self._see)

    def fill(self, room: Room | None) -> None:
        """Show what the conversation takes of the context."""
        if room != self._room:
            self._room = room
            self._foot.changed()

    def _see(self) -> None:
        """Keep all of the focused row in view: it grows with what is to be said about it."""
        row = self._fields[self._at]
        if not row.has_focus:
            return
        if row.virtual_region.bottom <= self._body.size.height:
            self._body.scroll_home(animate=False)
        else:
            # Textual centres a widget that is higher than the view, which hides its first line.
            self._body.scroll_to_widget(row, animate=False, top=row.size.height >= self._body.size.height)

    def note(self, text: str, *, error: bool = False) -> None:
        """Say something in place of “applies to the next answer”, until the next change."""
        self._note = (text or APPLIES, BAD if error else DIM)
        self._foot.changed()

    def enter(self) -> None:
        """Focus the row that had the focus last, at first the setting that is changed most."""
        if not self._fields[self._at].display:
            self._at = SETTINGS.index(SETTING_NAMED[_FIRST])
        self._fields[self._at].focus(scroll_visible=False)

    def fit(self, screen_width: int) -> None:
        """Dock it on a wide screen, lay it over the transcript on others, and over all of it on a narrow one."""
        self.set_class(screen_width < DOCKED_FROM, "-overlay")
        self.set_class(screen_width < DRAWER_FROM, "-full")

    def escape(self) -> None:
        """What esc does: leave what is typed, else leave the panel."""
        self._fields[self._at].escape()

    def action_keep(self) -> None:
        """Keep what this chat sets as the default, what is being typed included."""
        row = self._fields[self._at]
        if row.take():
            row.post_message(SettingField.Settled())

    @on(SettingField.Settled)
    def _keep(self, event: SettingField.Settled) -> None:
        event.stop()
        if self._state.own != Layer():
            self.post_message(self.SaveDefault(self._state.own))
        elif self._state.samples > 1:
            self.note("only samples is set, and that is never kept")
        else:
            self.note("nothing is set in this chat yet")

    @on(SettingField.Committed)
    def _take(self, event: SettingField.Committed) -> None:
        event.stop()
        layers = event.change(self._state)
        if layers == self._state:
            return
        self.show(layers)
        self.note(APPLIES)
        self.post_message(self.Changed(layers))

    @on(SettingField.Moved)
    def _move(self, event: SettingField.Moved) -> None:
        event.stop()
        there = [row for row in self._fields if row.display]
        at = next((index for index, row in enumerate(there) if row.setting is event.setting), 0)
        there[(at + event.step) % len(there)].focus(scroll_visible=False)

    @on(SettingField.Paged)
    def _page(self, event: SettingField.Paged) -> None:
        event.stop()
        self.post_message(self.Paged(event.setting, event.text))

    def put(self, setting: Setting, text: str) -> None:
        """Take what was written on a page of its own."""
        self.post_message(SettingField.Committed(lambda layers: setting.typed(layers, text)))

    @on(SettingField.Left)
    def _leave(self, event: SettingField.Left) -> None:
        event.stop()
        self.post_message(self.Left())

    @on(SettingField.Redrawn)
    def _redrawn(self, event: SettingField.Redrawn) -> None:
        event.stop()
        self._detail.changed()
        self.call_after_refresh(self._see)  # an error below the row makes it higher

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the help of the row that got the focus."""
        if isinstance(event.widget, SettingField):
            self._at = self._fields.index(event.widget)
            self._detail.changed()
            self.call_after_refresh(self._see)

    def on_resize(self, event: events.Resize) -> None:
        """Give up the keys, then the help, before any row."""
        self.set_class(event.size.height < _ROOM_FOR_KEYS, "-short")
        self.set_class(event.size.height < _ROOM_FOR_HELP, "-tiny")

    def _head_lines(self, width: int) -> list[Content]:
        title = Content.styled("Generation", "bold")
        rules = "R1's rules hold" if self._state.rules is Rules.R1 else "R1's rules are off"
        spare = width - title.cell_length - cells(rules)
        return [title.pad_right(spare) + Content.styled(rules, DIM)] if spare > 0 else [title.truncate(width)]

    def _detail_lines(self, width: int) -> list[Content]:
        return detail_lines(self._fields[self._at].setting, self._state, width)

    def _foot_lines(self, width: int) -> list[Content]:
        text, tone = self._note
        room = folded(room_words(self._room), width) if self._room is not None else []
        found = ", ".join(SETTING_NAMED[name].label for name in conflicts(self._state))
        clash = folded(f"✗ cannot work: {found}", width) if found else []
        return [
            *(Content.styled(line, BAD) for line in clash),
            *(Content.styled(line, DIM) for line in room),
            *(Content.styled(line, tone) for line in folded(text, width)),
        ]


_FIRST: Final = "temperature"
_ROOM_FOR_KEYS: Final = 36
_ROOM_FOR_HELP: Final = 12


def room_words(room: Room) -> str:
    """`context 1,204 + reply 4,096 of 32,768`; a reply without a limit of its own takes what is left."""
    about = "" if room.exact else "≈"
    prompt = f"context {about}{room.prompt:,}"
    if room.limit is None or room.free is None:
        return prompt
    left = max(room.free, 0)
    reply = f"reply {min(room.reply, left):,}" if room.reply is not None else f"{about}{left:,} left"
    return f"{prompt} + {reply} of {room.limit:,}"


def detail_lines(setting: Setting, layers: Layers, width: int) -> list[Content]:
    """The help of one setting: its API name and range, what it does, where its value comes from."""
    bounds = f" · {setting.bounds}" if setting.bounds else ""
    head = [Content(line) for line in folded(setting.name + bounds, width)]
    told = " ".join(part for part in (setting.help, setting.state(layers).meaning, setting.origin(layers)) if part)
    return [*head, *(Content.styled(line, DIM) for line in folded(told, width))]


def hint_lines(commands: tuple[Command, ...], width: int) -> list[Content]:
    """Keys and titles, as many a line as fit."""
    lines: list[list[Command]] = [[]]
    used = 0
    for command in commands:
        more = width_of(command) + (_HINT_GAP if lines[-1] else 0)
        if lines[-1] and used + more > width:
            lines.append([])
            used, more = 0, width_of(command)
        lines[-1].append(command)
        used += more
    return [Content(" " * _HINT_GAP).join(hint(command) for command in line) for line in lines]
