"""The generation panel: every sampling setting, edited by keyboard, in force from the next answer on."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message

from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.sampling_fields import FIELDS, FieldSpec
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.tones import BAD, DIM
from dsr1_tui.tui.widgets.key_bar import hint, width_of
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.widgets.panel_state import FieldState, PanelState, field_state, origin
from dsr1_tui.tui.widgets.setting_field import FIELD_COMMANDS, SettingField
from dsr1_tui.tui.words import folded

__all__ = ["PANEL_COMMANDS", "PanelState", "SettingsPanel"]

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


class SettingsPanel(Vertical):
    """The panel; the chat screen docks it, or lays it over the transcript with the class `-overlay`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings([_SAVE])]

    @dataclass
    class Changed(Message):
        """The conversation's layer after a valid change."""

        layer: SamplingLayer

    @dataclass
    class SaveDefault(Message):
        """What this chat sets, to be laid over the config file's own settings and written."""

        layer: SamplingLayer

    class Left(Message):
        """The user wants back to the composer."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self._state = PanelState()
        self._fields = [SettingField(spec) for spec in FIELDS]
        self._at = 0
        self._note = (APPLIES, DIM)
        self._head = TextPage(self._head_lines, id="panel-head")
        self._detail = TextPage(self._detail_lines, id="panel-detail")
        self._foot = TextPage(self._foot_lines, id="panel-foot")
        self._keys = TextPage(lambda width: hint_lines(PANEL_COMMANDS, width), id="panel-keys")

    def compose(self) -> ComposeResult:
        """Heading, rows, help of the focused row, keys."""
        yield self._head
        with VerticalScroll(id="panel-fields", can_focus=False):
            yield from self._fields
        yield self._detail
        yield self._foot
        yield self._keys

    @property
    def state(self) -> PanelState:
        """The layers it shows."""
        return self._state

    def show(self, layers: PanelState) -> None:
        """Show these layers; what is being typed stays."""
        self._state = layers
        for row in self._fields:
            row.show(field_state(layers, row.spec))
        self._head.changed()
        self._detail.changed()

    def note(self, text: str, *, error: bool = False) -> None:
        """Say something in place of “applies to the next answer”, until the next change."""
        self._note = (text or APPLIES, BAD if error else DIM)
        self._foot.changed()

    def enter(self) -> None:
        """Focus the row that had the focus last."""
        self._fields[self._at].focus()

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
        if self._state.conversation == SamplingLayer():
            self.note("nothing is set in this chat yet")
        else:
            self.post_message(self.SaveDefault(self._state.conversation))

    @on(SettingField.Committed)
    def _take(self, event: SettingField.Committed) -> None:
        event.stop()
        layer = self._state.conversation.having(event.spec.name, event.value)
        if layer == self._state.conversation:
            return
        self.show(replace(self._state, conversation=layer))
        self.note(APPLIES)
        self.post_message(self.Changed(layer))

    @on(SettingField.Moved)
    def _move(self, event: SettingField.Moved) -> None:
        event.stop()
        at = next(index for index, row in enumerate(self._fields) if row.spec is event.spec)
        self._fields[(at + event.step) % len(self._fields)].focus()

    @on(SettingField.Left)
    def _leave(self, event: SettingField.Left) -> None:
        event.stop()
        self.post_message(self.Left())

    @on(SettingField.Redrawn)
    def _redrawn(self, event: SettingField.Redrawn) -> None:
        event.stop()
        self._detail.changed()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the help of the row that got the focus."""
        if isinstance(event.widget, SettingField):
            self._at = self._fields.index(event.widget)
            self._detail.changed()

    def on_resize(self, event: events.Resize) -> None:
        """Give up the keys, then the help, before any row."""
        self.set_class(event.size.height < _ROOM_FOR_KEYS, "-short")
        self.set_class(event.size.height < _ROOM_FOR_HELP, "-tiny")

    def _head_lines(self, width: int) -> list[Content]:
        title = Content.styled("Generation", "bold")
        preset = "preset auto (R1)" if self._state.rules is Rules.R1 else "preset auto"
        spare = width - title.cell_length - cells(preset)
        return [title.pad_right(spare) + Content.styled(preset, DIM)] if spare > 0 else [title.truncate(width)]

    def _detail_lines(self, width: int) -> list[Content]:
        row = self._fields[self._at]
        return detail_lines(row.spec, row.state, width)

    def _foot_lines(self, width: int) -> list[Content]:
        text, tone = self._note
        return [Content.styled(line, tone) for line in folded(text, width)]


_ROOM_FOR_KEYS: Final = 28
_ROOM_FOR_HELP: Final = 12


def detail_lines(spec: FieldSpec, state: FieldState, width: int) -> list[Content]:
    """The help of one setting: its API name and range, what it does, where its value comes from."""
    bounds = f" · {spec.bounds}" if spec.high < _UNBOUNDED else ""
    head = [Content(line) for line in folded(spec.name + bounds, width)]
    told = f"{spec.help} {origin(spec, state)}"
    return [*head, *(Content.styled(line, DIM) for line in folded(told, width))]


_UNBOUNDED: Final = 1_000_000
"""A limit from here on only keeps nonsense out; it is not worth a reader's time."""


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
