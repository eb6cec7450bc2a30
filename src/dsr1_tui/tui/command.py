"""The one table behind bindings, palette, footer, help and slash commands, so that their words never differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding


class Area(StrEnum):
    """Heading a command stands under in the help screen."""

    CHAT = "Chat"
    ANSWER = "While it answers"
    MESSAGE = "On a focused message"
    CONVERSATION = "Conversations"
    MODEL = "Model and settings"
    APP = "Program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing a user can do."""

    id: str
    """Stable name, also the binding's id, so that a user can remap it."""
    action: str
    """Textual action it runs, e.g. `toggle_panel`; resolved on the screen, then the app."""
    title: str
    """A few words for footer and palette, e.g. `settings`."""
    help: str
    """One sentence for F1, palette and tooltip."""
    area: Area
    keys: tuple[str, ...] = ()
    """Textual key names, the first is the one shown."""
    key_label: str = ""
    """How the key is written; empty: derived from the first key."""
    slash: str = ""
    """Slash command without the slash; empty: none."""
    footer: int = 0
    """Rank in the footer, higher first; 0 keeps it out."""
    priority: bool = False
    """Whether the key acts even while the composer has the focus."""

    @property
    def label(self) -> str:
        """The key as shown: `ctrl+t`, `F2`, `esc`."""
        if self.key_label or not self.keys:
            return self.key_label
        key = self.keys[0]
        if len(key) > 1 and key[0] == "f" and key[1:].isdigit():
            return key.upper()
        return {"escape": "esc", "question_mark": "?"}.get(key, key)


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """The Textual bindings of a table."""
    return [
        Binding(
            ",".join(command.keys),
            command.action,
            command.title,
            id=command.id,
            tooltip=command.help,
            key_display=command.label,
            show=False,
            priority=command.priority,
        )
        for command in commands
        if command.keys
    ]
