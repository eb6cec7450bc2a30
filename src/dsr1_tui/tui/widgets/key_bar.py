"""The one-line footer that says which keys do something at this moment, by the words of the command table."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from textual import events
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

from dsr1_tui.render.cells import cells
from dsr1_tui.tui.command import Command
from dsr1_tui.tui.tones import ACCENT, DIM

GAP: Final = 3
FEW: Final = 3
NARROW: Final = 60
"""Up to this width only the few most useful keys are shown, so that the line stays calm."""
_META: Final = "command"
NONE_DIMMED: Final[Mapping[str, str]] = MappingProxyType({})


def width_of(command: Command, note: str = "") -> int:
    """Cells that a key, its title and a note take."""
    return cells(command.label) + 1 + cells(command.title) + (cells(note) + 3 if note else 0)


def fitting(commands: Sequence[Command], width: int, dimmed: Mapping[str, str] = NONE_DIMMED) -> list[Command]:
    """The commands with the highest footer ranks that fit into a line, highest first; equal ranks keep their order."""
    ranked = sorted((command for command in commands if command.footer > 0), key=lambda command: -command.footer)
    shown: list[Command] = []
    used = 0
    for command in ranked[: FEW if width <= NARROW else None]:
        used += width_of(command, dimmed.get(command.id, "")) + (GAP if shown else 0)
        if used > width:
            break
        shown.append(command)
    return shown


def hint(command: Command, note: str = "") -> Content:
    """A key and its title, dim throughout where a `note` says what is lacking; a click on it can be traced back."""
    click = Style.from_meta({_META: command.id})
    title = f" {command.title} ({note})" if note else f" {command.title}"
    return Content.assemble((command.label, DIM if note else ACCENT), (title, DIM)).stylize(click)


class KeyBar(Widget):
    """One line of keys; a click on one posts `Chosen`."""

    ALLOW_SELECT = False

    class Chosen(Message):
        """A key was clicked."""

        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command

    def __init__(self, commands: Sequence[Command] = (), *, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self._commands = tuple(commands)
        self._dimmed: Mapping[str, str] = NONE_DIMMED

    def show(self, commands: Sequence[Command], dimmed: Mapping[str, str] = NONE_DIMMED) -> None:
        """Show these; painted only if they are others than before. `dimmed` says by id what a command lacks here."""
        if (tuple(commands), dimmed) != (self._commands, self._dimmed):
            self._commands, self._dimmed = tuple(commands), dimmed
            self.refresh()

    def render(self) -> Content:
        """The keys that fit."""
        shown = fitting(self._commands, self.content_size.width, self._dimmed)
        return Content(" " * GAP).join(hint(command, self._dimmed.get(command.id, "")) for command in shown)

    def on_click(self, event: events.Click) -> None:
        """Say which command was clicked."""
        chosen = event.style.meta.get(_META)
        for command in self._commands:
            if command.id == chosen:
                event.stop()
                self.post_message(self.Chosen(command))
