"""Opens the tunnel to a remote box while the terminal is still plain, because ssh may have to ask in it."""

import sys
from collections.abc import Mapping

from dsr1_tui.cli.asked import Asked
from dsr1_tui.cli.edge import warn
from dsr1_tui.domain.target import Target
from dsr1_tui.services.kit import Kit
from dsr1_tui.services.resolve import resolve_target


def reach(kit: Kit, asked: Asked, environ: Mapping[str, str]) -> Target | None:
    """The near end of the tunnel, where what was asked for lies behind one; else `None`.

    Blocks while the user is asked; call it before an event loop runs. The kit's `aclose` ends the tunnel.

    Raises:
        FaultError: (ssh) no connection, no server there; (usage, config) contradicting flags, a broken file.
    """
    if asked.demo:
        return None
    resolved = resolve_target(asked.target, environ, kit.config_file.load())
    return None if resolved is None or not resolved.target.needs_tunnel else open_tunnel(kit, resolved.target)


def open_tunnel(kit: Kit, target: Target) -> Target:
    """The same target at the near end of its tunnel. As `reach`."""
    if target.via is not None and sys.stderr.isatty():
        warn(f"connecting to {target.via.label} …")
    return kit.tunnels.open(target, ask=True)
