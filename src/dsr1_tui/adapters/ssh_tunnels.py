"""The tunnels of a run, one a box; importing it costs nothing, for most runs open none."""

import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dsr1_tui.domain.fault import Fault, FaultCode, fail
from dsr1_tui.domain.ssh import SshPlace
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import ServerProbe

if TYPE_CHECKING:
    from dsr1_tui.adapters.ssh_tunnel import SshTunnel

PROBE_S: Final = 3.0
"""What a server at the far end has for answering; over a slow line the usual fraction of a second is too short."""


class SshTunnels:
    """Satisfies `ports.Tunnels`."""

    def __init__(self, environ: Mapping[str, str], *, probe: ServerProbe, say: Callable[[str], None]) -> None:
        """`say` is handed, as raw lines, what ssh says beside its questions while it asks."""
        self._environ = environ
        self._probe = probe
        self._say = say
        self._tunnels: dict[SshPlace, SshTunnel] = {}

    def open(self, target: Target, *, ask: bool) -> Target:
        """Open the tunnel, or take the one that stands."""
        place = target.via
        if place is None:
            return target
        from dsr1_tui.adapters.ssh_master import has_terminal, own_environment  # noqa: PLC0415  see the module
        from dsr1_tui.adapters.ssh_tunnel import SshTunnel  # noqa: PLC0415  as above

        ssh = shutil.which("ssh", path=self._environ.get("PATH", ""))
        if ssh is None:
            raise fail(FaultCode.SSH, "There is no ssh command on the PATH.", "Install OpenSSH's client.")
        tunnel = self._tunnels.get(place)
        fresh = tunnel is None
        if tunnel is None:
            tunnel = SshTunnel(ssh, place, own_environment(self._environ), self._probe, self._say)
        self._tunnels[place] = tunnel
        try:
            with _ctrl_c_raises():
                tunnel.open(ask=ask and has_terminal())
        except BaseException:
            if fresh:
                del self._tunnels[place]
                tunnel.close()
            raise
        return replace(target, base_url=f"http://127.0.0.1:{tunnel.local_port}/v1")

    def trouble(self, target: Target) -> Fault | None:
        """Why the tunnel is down."""
        tunnel = None if target.via is None else self._tunnels.get(target.via)
        return None if tunnel is None else tunnel.fault

    def close(self) -> None:
        """End them all."""
        while self._tunnels:
            self._tunnels.popitem()[1].close()


@contextmanager
def _ctrl_c_raises() -> Iterator[None]:
    """Let ctrl+c end a wait at a prompt also where an event loop has taken it over; what is ignored stays ignored."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before in {signal.SIG_IGN, None}:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
