"""Opens a tunnel from inside the app: the screen is put away while ssh connects, because it may ask in the terminal."""

import sys

from textual.app import App, SuspendNotSupported

from dsr1_tui.domain.fault import FaultCode, FaultError, fail
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import Tunnels


def open_tunnel(app: App[object], tunnels: Tunnels, target: Target) -> Target:
    """The target at the near end of its tunnel; blocks until the user has answered what ssh asks.

    Where the terminal cannot be given away nothing is asked.

    Raises:
        FaultError: (ssh) why not; ctrl+c meanwhile as well.
    """
    label = target.label if target.via is None else target.via.label
    opened: Target | FaultError
    try:
        with app.suspend():
            sys.stderr.write(f"dsr1-chat: connecting to {label} …\n")
            sys.stderr.flush()
            try:  # within, because what is raised through `suspend` leaves the screen away
                opened = tunnels.open(target, ask=True)
            except FaultError as error:
                opened = error
            except KeyboardInterrupt:
                opened = fail(FaultCode.SSH, f"Connecting to {label} was broken off.", "F6 tries again.")
    except SuspendNotSupported:
        return tunnels.open(target, ask=False)
    if isinstance(opened, FaultError):
        raise opened
    return opened
