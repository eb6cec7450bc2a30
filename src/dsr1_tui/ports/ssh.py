"""Remote boxes: a way to their servers through ssh."""

from typing import Protocol

from dsr1_tui.domain.fault import Fault
from dsr1_tui.domain.target import Target


class Tunnels(Protocol):
    """The tunnels of this run; each mends itself after a drop, on the same local port."""

    def open(self, target: Target, *, ask: bool) -> Target:
        """The same target at the near end of a tunnel to the box it is `via`; one that stands is used again.

        Blocks, for as long as the user takes: with `ask`, ssh may ask in the terminal (a passphrase, a second factor, a
        new host key), so no screen may be drawn meanwhile. Without a terminal nothing is asked.

        Raises:
            FaultError: (ssh) why not, or that no server was found on the box.
            KeyboardInterrupt: ctrl+c meanwhile; nothing is left running.
        """
        ...

    def trouble(self, target: Target) -> Fault | None:
        """Why the tunnel of an opened target is down; `None` where it stands, or is none of ours. Quick."""
        ...

    def close(self) -> None:
        """End all tunnels; safe to call twice. Blocks for a moment."""
        ...
