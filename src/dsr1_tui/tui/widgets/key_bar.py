"""The one-line footer that says which keys do something at this moment, by the words of the command table."""

from collections.abc import Sequence
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


def width_of(command: Command) -> int:
    """Cells that a key and its title take."""
    return cells(command.label) + 1 + cells(command.title)


def fitting(commands: Sequence[Command], width: int) -> list[Command]:
    """The commands with the highest footer ranks that fit into a line, highest first; equal ranks keep their order."""
    ranked = sorted((command for command in commands if command.footer > 0), key=lambda command: -command.footer)
    shown: list[Command] = []
    used = 0
    for command in ranked[: FEW if width <= NARROW else None]:
        used += width_of(command) + (GAP if shown else 0)
        if used > width:
            break
        shown.append(command)
    return shown


def hint(command: Command) -> Content:
    """A key and its title; a click on it can be traced back to the command."""
    click = Style.from_meta({_META: command.id})
    return Content.assemble((command.label, ACCENT), (f" {command.title}", DIM)).stylize(click)


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

    def show(self, commands: Sequence[Command]) -> None:
        """Show these; painted only if they are others than before."""
        if tuple(commands) != self._commands:
            self._commands = tuple(commands)
            self.refresh()

    def render(self) -> Content:
        """The keys that fit."""
        shown = fitting(self._commands, self.content_size.width)
        return Content(" " * GAP).join(hint(command) for command in shown)

    def on_click(self, event: events.Click) -> None:
        """Say which command was clicked."""
        chosen = event.style.meta.get(_META)
        for command in self._commands:
            if command.id == chosen:
                event.stop()
                self.post_message(self.Chosen(command))
