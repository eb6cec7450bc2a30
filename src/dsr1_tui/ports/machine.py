"""This machine: what it is, what listens on it, and its clipboard."""

from typing import Protocol

from dsr1_tui.domain.clipboard import CopyResult
from dsr1_tui.domain.discovery import FoundServer, MachineFacts


class Machine(Protocol):
    """This machine."""

    def facts(self) -> MachineFacts:
        """What matters of it to serving a model; may block for seconds (call it in a thread), never raises."""
        ...


class ServerProbe(Protocol):
    """Looks whether a server listens."""

    async def look(self, host: str, port: int) -> FoundServer | None:
        """What listens at a port; `None` if nothing does. Quick, never raises."""
        ...


class Clipboard(Protocol):
    """The clipboard, near or at the other end of an SSH connection."""

    async def copy(self, text: str) -> CopyResult:
        """Copy a text, by the surest way there is; never raises."""
        ...
