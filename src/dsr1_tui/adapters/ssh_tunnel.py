"""A tunnel to the server on a box: found at its port, kept on one local port, mended in the background after a drop."""

import asyncio
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.ssh_master import LOOPBACK, Say, SshMaster
from dsr1_tui.domain.discovery import PLACES, FoundServer, Speech
from dsr1_tui.domain.fault import Fault, FaultCode, FaultError, fail
from dsr1_tui.domain.ssh import SshPlace
from dsr1_tui.domain.ssh_faults import ssh_failure
from dsr1_tui.ports import ServerProbe

USUAL: Final = tuple(place.port for place in PLACES)
PAUSES_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each try to mend it; the last one counts for all that follow."""
TRIES: Final = 5
"""For a local port that another program takes just then."""
LONGEST_PATH: Final = 104 - 17 - 1
"""Bytes of a UNIX socket's path on macOS and BSD (108 on Linux), less what ssh adds while it makes it."""
REFUSAL_S: Final = 0.5
"""Wait for ssh's word on why a connection through the tunnel ended at once."""
_OPEN_FAILED: Final = "open failed"


class _UserNeededError(FaultError):
    """Trying again without the user is in vain."""


class SshTunnel:
    """One box's tunnel. All methods block; a thread of its own mends it."""

    def __init__(
        self,
        ssh: str,
        place: SshPlace,
        environ: Mapping[str, str],
        probe: ServerProbe,
        say: Say,
        *,
        usual: Sequence[int] = USUAL,
    ) -> None:
        """Nothing is started yet; `usual` are the ports looked at where none is named.

        Raises:
            FaultError: (ssh) no folder for its socket.
        """
        self.place = place
        self._ssh = ssh
        self._environ = environ
        self._probe = probe
        self._say = say
        self._usual = tuple(usual)
        self._folder = _private_folder(environ.get("TMPDIR"))
        self._lock = threading.Lock()
        self._given_up = threading.Event()
        self._master: SshMaster | None = None
        self._way: tuple[int, int] | None = None
        """Local and remote port; the local one stays for good, the endpoint's address holds it."""
        self._fault: Fault | None = None
        self._mender: threading.Thread | None = None

    @property
    def local_port(self) -> int:
        """The near end, once it was open."""
        assert self._way is not None, "asked for before it was open"
        return self._way[0]

    @property
    def fault(self) -> Fault | None:
        """Why it is down; `None` where it stands."""
        return self._fault

    def open(self, *, ask: bool) -> None:
        """Connect, and find the server the first time; nothing to do where it stands.

        Raises:
            FaultError: (ssh).
        """
        with self._lock:
            if self._master is None or not self._master.running:
                self._bring_up(ask=ask)
            if self._mender is None:
                self._mender = threading.Thread(target=self._mend, name="ssh tunnel", daemon=True)
                self._mender.start()

    def close(self) -> None:
        """End it, its process and its folder; safe to call twice."""
        self._given_up.set()
        if self._master is not None:
            self._master.close()
        mender = self._mender
        if mender is not None:
            mender.join(1.0)
        if self._master is not None:  # the mender may have begun another just then
            self._master.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _bring_up(self, *, ask: bool) -> None:
        if self._master is not None:
            self._master.close()
        try:
            self._master = master = SshMaster(self._ssh, self.place, self._folder / "s", self._environ, ask=ask)
        except OSError as error:
            raise fail(FaultCode.SSH, f"ssh cannot be started: {error.strerror}.", "Check its installation.") from None
        try:
            self._way = self._let_in(master, asked=ask)
        except BaseException:  # a ctrl+c at the passphrase as well: whatever it was, no process stays behind
            master.close()
            raise
        self._fault = None

    def _let_in(self, master: SshMaster, *, asked: bool) -> tuple[int, int]:
        if not master.ready(self._say, self._given_up):
            late = ("timed out",) if master.running else ()
            raise self._failed(master, *late, asked=asked)
        return self._restored(master, *self._way) if self._way is not None else self._found(master)

    def _failed(self, master: SshMaster, *more: str, asked: bool) -> FaultError:
        failure = ssh_failure((*master.lines, *more), self.place, asked=asked)
        return _UserNeededError(failure.fault) if failure.user_needed else FaultError(failure.fault)

    def _restored(self, master: SshMaster, local: int, remote: int) -> tuple[int, int]:
        if not master.forward(local, remote):
            hint = "It is tried again."
            raise fail(FaultCode.SSH, f"Port {local} of this machine, the tunnel's near end, is taken.", hint)
        return local, remote

    def _found(self, master: SshMaster) -> tuple[int, int]:
        """Forward the ports a server may listen on, keep the first that speaks as one."""
        wanted = self.place.remote_port
        ways = [(self._forwarded(master, port), port) for port in (self._usual if wanted is None else (wanted,))]
        spoken = dict(zip(ways, _looked(self._probe, [local for local, _ in ways]), strict=True))
        chosen = next((way for speech in (Speech.API, Speech.LOCKED) for way in ways if spoken[way] is speech), None)
        if chosen is None and wanted is not None and (spoken[ways[0]] is Speech.OTHER or not self._refused(master)):
            chosen = ways[0]  # the user knows better what listens there; it may still be loading
        for way in ways:
            if way != chosen:
                master.cancel(*way)
        if chosen is None:
            raise self._no_server(master)
        return chosen

    def _forwarded(self, master: SshMaster, remote: int) -> int:
        for _ in range(TRIES):
            local = _free_port()
            if master.forward(local, remote):
                return local
            if not master.running:
                break
        raise self._failed(master, asked=True)

    def _refused(self, master: SshMaster) -> bool:
        """Whether the box refused a connection through the tunnel: ssh says so a moment after it ended."""
        until = time.monotonic() + REFUSAL_S
        while time.monotonic() < until:
            if any(_OPEN_FAILED in line for line in master.lines):
                return True
            self._given_up.wait(0.02)
        return False

    def _no_server(self, master: SshMaster) -> FaultError:
        if self._refused(master) and any("prohibited" in line for line in master.lines):
            return self._failed(master, asked=True)
        box, wanted = self.place.label, self.place.remote_port
        if wanted is not None:
            return fail(FaultCode.SSH, f"Nothing listens on port {wanted} of {box}.", "Start the server there first.")
        ports = ", ".join(map(str, self._usual))
        hint = "Start it there, or name its port: --remote-port N."
        return fail(FaultCode.SSH, f"No server was found on {box} (looked on {ports}).", hint)

    def _mend(self) -> None:
        """Bring it up again whenever it breaks, until closed or until only the user can."""
        tries = 0
        while not self._given_up.is_set():
            master = self._master
            if master is not None and master.running:
                tries = 0
                master.wait()
                if self._given_up.is_set():
                    return
                self._fault = Fault(FaultCode.SSH, f"The connection to {self.place.label} broke.", "It is made anew.")
            self._given_up.wait(PAUSES_S[min(tries, len(PAUSES_S) - 1)])
            tries += 1
            with self._lock:
                if self._given_up.is_set() or (self._master is not None and self._master.running):
                    continue
                try:
                    self._bring_up(ask=False)
                except _UserNeededError as error:
                    self._fault, self._mender = error.fault, None
                    return
                except FaultError as error:
                    self._fault = error.fault


def _private_folder(wanted: str | None) -> Path:
    """A folder of our own (0700) whose path leaves room for a socket's name."""
    for parent in (wanted or None, None, "/tmp"):  # noqa: S108  mkdtemp makes it private
        with suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix="dsr1-", dir=parent))
            if len(bytes(folder / "s")) <= LONGEST_PATH:
                return folder
            folder.rmdir()
    raise fail(FaultCode.SSH, "There is no temporary folder for ssh's socket.", "Set TMPDIR to a short path.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _looked(probe: ServerProbe, ports: Sequence[int]) -> list[Speech | None]:
    """What listens at each port; in a loop of its own, because a caller may already be in one."""

    async def look() -> list[FoundServer | None]:
        return await asyncio.gather(*(probe.look(LOOPBACK, port) for port in ports))

    with ThreadPoolExecutor(1) as pool:
        return [None if found is None else found.speech for found in pool.submit(lambda: asyncio.run(look())).result()]
