"""One focusable row of the generation panel: steps, typing with the reason at once, and the way back to a default."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.tui.command import Area, Command, bindings
from dsr1_tui.tui.layers import Layers
from dsr1_tui.tui.widgets.line_edit import LineEdit
from dsr1_tui.tui.widgets.page import Page
from dsr1_tui.tui.widgets.panel_state import RowState
from dsr1_tui.tui.widgets.setting import Setting
from dsr1_tui.tui.widgets.setting_lines import RowLook, row_lines

_C = Command
_AREA = Area.MODEL

FIELD_COMMANDS: Final[tuple[Command, ...]] = (
    _C(id="setting-move", action="", title="field", help="Go to the setting above or below (also tab).", area=_AREA,
       key_label="↑↓"),
    _C(id="setting-step", action="", title="step", help="One step down or up, or the choice before or after.",
       area=_AREA, key_label="←→", footer=90),
    _C(id="setting-type", action="type", title="edit", area=_AREA,
       help="Edit the value (enter takes it, esc leaves it as it was), or go to the next choice.",
       keys=("enter",), footer=80),
    _C(id="setting-reset", action="reset", title="reset", area=_AREA, keys=("r",), footer=60,
       help="Back to the value of the preset, the config file or the program."),
    _C(id="setting-leave", action="leave", title="back", help="Back to the composer.", area=_AREA, keys=("escape",),
       footer=70),
    _C(id="setting-server", action="server", title="server default", area=_AREA, keys=("delete", "backspace"),
       help="Send nothing, so that the server's own default holds; no budget, no instructions.", key_label="del",
       footer=50),
)  # fmt: skip
"""The arrows have no binding: a row tells them apart itself, so that they move the cursor while one types."""


class SettingField(Page, can_focus=True):
    """A row. It holds what is typed until that is taken or left; the settled value is the panel's."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FIELD_COMMANDS)]

    @dataclass
    class Committed(Message):
        """A valid change, to be made to whatever is set by then."""

        change: Callable[[Layers], Layers]

    @dataclass
    class Moved(Message):
        """To the row `step` rows on."""

        setting: Setting
        step: int

    @dataclass
    class Paged(Message):
        """The value is to be written on a page of its own."""

        setting: Setting
        text: str
        """What to begin with."""

    class Left(Message):
        """Back to where one came from."""

    class Settled(Message):
        """Sent by way of a row, so that it comes behind what the row has just committed."""

    class Redrawn(Message):
        """The row shows something else (a typed value, a fault)."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(id=setting.id)
        self.setting = setting
        self._layers = Layers()
        self._state = setting.state(self._layers)
        self._edit: LineEdit | None = None
        self._begun_as = ""
        self._error = ""

    @property
    def state(self) -> RowState:
        """The settled value and its origin."""
        return self._state

    @property
    def editing(self) -> bool:
        """Whether something is being typed."""
        return self._edit is not None

    @property
    def error(self) -> str:
        """The reason shown under the field, if any."""
        return self._error

    def show(self, layers: Layers) -> None:
        """Show what is settled; what is being typed stays."""
        before, self._layers = self._state, layers
        self._state = self.setting.state(layers)
        if self._edit is not None or self._state != before:
            self.changed()

    def lines(self, width: int) -> list[Content]:
        """The row at this width."""
        look = RowLook(self.has_focus, self._edit, self._error, self._live())
        return row_lines(self.setting, self._state, look, width)

    def _live(self) -> RowState | None:
        """What holds if what is typed is taken."""
        if self._edit is None:
            return self._state
        return None if self._error else self.setting.state(self.setting.typed(self._layers, self._edit.text))

    def escape(self) -> None:
        """Leave what is typed, or else the panel."""
        if self._edit is not None or self._error:
            self._settle()
        else:
            self.post_message(self.Left())

    def take(self) -> bool:
        """Take what is typed, if it is right; true where nothing is left in the middle."""
        if self._edit is None:
            return True
        if self._error:
            return False
        text = self._edit.text
        self._settle()
        if text != self._begun_as:
            self._commit(lambda layers: self.setting.typed(layers, text))
        return True

    def _settle(self) -> None:
        self._edit, self._error = None, ""
        self._redraw()

    def _redraw(self) -> None:
        self.changed()
        self.post_message(self.Redrawn())

    def _type(self, edit: LineEdit) -> None:
        """Show `edit` and, at once, whether it can be taken."""
        self._edit, self._error = edit, ""
        try:
            self.setting.typed(self._layers, edit.text)
        except SettingError as fault:
            self._error = str(fault)
        self._redraw()

    def _begin(self, edit: LineEdit) -> None:
        if not self._held():
            self._begun_as = self._state.typed
            self._type(edit)

    def _write(self, text: str) -> None:
        """Begin with what was typed or pasted."""
        if not self.setting.page:
            self._begin(LineEdit().typed(text))
        elif not self._held():
            self.post_message(self.Paged(self.setting, self._state.typed + text))

    def _held(self) -> bool:
        """Whether a flag holds the value; says so where it does."""
        held = self.setting.held(self._layers)
        if held:
            self._error = f"set by {self.setting.flag} for this run"
            self._redraw()
        return held

    def _commit(self, change: Callable[[Layers], Layers]) -> None:
        if not self._held():
            self._error = ""
            self._redraw()
            self.post_message(self.Committed(change))

    def _step(self, direction: int) -> None:
        self._commit(lambda layers: self.setting.stepped(layers, direction))

    def action_type(self) -> None:
        """Begin to edit the value as it stands, or go to the next choice."""
        if self.setting.cycles:
            self._step(1)
        elif self.setting.page:
            self._write("")
        else:
            self._begin(LineEdit.of(self._state.typed))

    def action_reset(self) -> None:
        """Let the layers below decide."""
        self._commit(self.setting.reset)

    def action_server(self) -> None:
        """Send nothing."""
        self._commit(self.setting.left_to_server)

    def action_leave(self) -> None:
        """Out of the panel."""
        self.escape()

    def on_key(self, event: events.Key) -> None:
        """Arrows, and typing; the rest goes on to the bindings."""
        if (self._edit_key(self._edit, event) if self._edit is not None else self._row_key(event)) or self._move(event):
            event.stop()
            event.prevent_default()

    def _move(self, event: events.Key) -> bool:
        step = {"up": -1, "shift+tab": -1, "down": 1, "tab": 1}.get(event.key)
        if step is not None and self.take():
            self.post_message(self.Moved(self.setting, step))
        return step is not None

    def _row_key(self, event: events.Key) -> bool:
        match event.key:
            case "left":
                self._step(-1)
            case "right":
                self._step(1)
            case key if event.is_printable and event.character and not event.character.isspace():
                if key in self._bindings.key_to_bindings:
                    return False
                self._write(event.character)
            case _:
                return False
        return True

    def _edit_key(self, edit: LineEdit, event: events.Key) -> bool:
        match event.key:
            case "enter":
                self.take()
            case "escape":
                self.escape()
            case "left" | "right":
                self._type(edit.moved(-1 if event.key == "left" else 1))
            case "home" | "ctrl+a":
                self._type(edit.home())
            case "end" | "ctrl+e":
                self._type(edit.end())
            case "backspace":
                self._type(edit.backspace())
            case "delete":
                self._type(edit.delete())
            case "ctrl+u":
                self._type(LineEdit())
            case _ if event.is_printable and event.character:
                self._type(edit.typed(event.character))
            case _:
                return False
        return True

    def on_paste(self, event: events.Paste) -> None:
        """A paste types its first line, or all of it where there is a page for it."""
        event.stop()
        event.prevent_default()
        pasted = event.text.strip()
        first = next(iter(pasted.splitlines()), "")
        if self._edit is not None:
            self._type(self._edit.typed(first))
        elif first:
            self._write(pasted if self.setting.page else first)

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001  Textual calls it so
        """Show or hide the mark."""
        super().watch_has_focus(has_focus)
        self._redraw()

    def on_blur(self) -> None:
        """Take what is typed where it is right; what is not stays, with its reason. A told refusal is cleared."""
        if self._edit is None:
            self._error = ""
        else:
            self.take()
