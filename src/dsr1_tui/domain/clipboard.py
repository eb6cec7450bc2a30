"""How a text was copied, and how sure that is: a terminal does not say whether it took it."""

from dataclasses import dataclass
from enum import StrEnum


class CopyWay(StrEnum):
    """By what a text was copied."""

    TOOL = "tool"
    """A program of the desktop (pbcopy, wl-copy, xclip, xsel)."""
    TMUX = "tmux"
    """tmux's buffer, which tmux also hands to the terminal around it."""
    TERMINAL = "terminal"
    """OSC 52: the terminal was asked to take it."""
    NONE = "none"
    """Not at all."""


@dataclass(frozen=True, slots=True)
class CopyResult:
    """What became of a copy."""

    way: CopyWay
    sure: bool
    """Whether it is known to be in the clipboard of the desktop in front of the user."""
    detail: str = ""
    """The tool's name, or why it was not copied."""

    @property
    def sentence(self) -> str:
        """What to tell the user, in a line."""
        match self.way:
            case CopyWay.TOOL:
                return f"Copied ({self.detail})."
            case CopyWay.TMUX:
                return "Copied to tmux's buffer, and offered to the terminal around it."
            case CopyWay.TERMINAL:
                return "Sent to the terminal's clipboard; not every terminal takes it."
            case CopyWay.NONE:
                return f"Not copied: {self.detail}."
