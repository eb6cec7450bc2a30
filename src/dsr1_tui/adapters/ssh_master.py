"""One connection by the system's ssh, without a shell on the far side: made, watched, forwarded through, ended."""

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from dsr1_tui.adapters import ssh_keeper
from dsr1_tui.domain.ssh import SshPlace

LOOK_S: Final = 0.05
"""Seconds between two looks whether it stands."""
UNASKED_S: Final = 60.0
"""Longest wait where nobody is asked anything; a person at a prompt has all the time that sshd gives."""
CONNECT_S: Final = 20
ALIVE_S: Final = 10
"""Seconds of silence after which ssh asks the box for a sign of life; it gives up after three."""
FORWARD_S: Final = 10.0
ENDED_S: Final = 4.0
HELD_BACK_S: Final = 0.3
"""A last line is told by us, in our words, so a line is passed on only when ssh goes on living after it."""
_LINES: Final = 100
LOOPBACK: Final = "127.0.0.1"

Say = Callable[[str], None]
"""Passes on what ssh says while it asks: a box's banner, “please try again”."""


class SshMaster:
    """A started connection; `close` must be called in the end."""

    def __init__(self, ssh: str, place: SshPlace, socket: Path, environ: Mapping[str, str], *, ask: bool) -> None:
        """Start it. `socket` lies in a private folder; ssh adds 17 characters to its path while it makes it.

        Raises:
            OSError: it cannot be started.
        """
        self._ssh = ssh
        self._socket = socket
        # Unasked means that nothing may write on the screen, but BatchMode does not reach the ssh of a ProxyJump: in a
        # session without a terminal that one cannot ask either.
        self._environ = dict(environ) if ask else {**environ, "SSH_ASKPASS_REQUIRE": "never"}
        self._ask = ask
        socket.unlink(missing_ok=True)
        self._lines: deque[tuple[float, str]] = deque(maxlen=_LINES)
        self._told = 0
        self._came = 0
        # stdin is the keeper's line to us. ssh asks by /dev/tty, so that a question piped into `ask` stays untouched.
        self._process = subprocess.Popen(  # noqa: S603  the user's own ssh, a checked destination
            [sys.executable, "-I", "-S", ssh_keeper.__file__, str(socket), *self._command(place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=self._environ,
            start_new_session=not ask,
        )
        assert self._process.stderr is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stderr,), daemon=True)
        self._reader.start()

    def _command(self, place: SshPlace) -> list[str]:
        options = {
            "ControlMaster": "yes",
            "ControlPath": str(self._socket).replace("%", "%%"),
            "ControlPersist": "no",
            "ExitOnForwardFailure": "yes",
            # The user's own forwards may be held by another session, which would fail ours.
            "ClearAllForwardings": "yes",
            "ServerAliveInterval": str(ALIVE_S),
            "ServerAliveCountMax": "3",
            "ConnectTimeout": str(CONNECT_S),
            "LogLevel": "INFO",
            "RemoteCommand": "none",
            "RequestTTY": "no",
            "PermitLocalCommand": "no",
            "BatchMode": "no" if self._ask else "yes",
        }
        port = [] if place.port is None else ["-p", str(place.port)]
        flags = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        return [self._ssh, *flags, "-N", *port, "--", place.destination]

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def lines(self) -> tuple[str, ...]:
        """What ssh wrote to stderr, the last of it."""
        return tuple(line for _, line in tuple(self._lines))

    def ready(self, say: Say, given_up: threading.Event) -> bool:
        """Wait until the box has let us in; false if ssh ended, took too long unasked, or we gave up."""
        until = time.monotonic() + UNASKED_S
        while self.running:
            if self._socket.exists():  # ssh gives it this name once it listens, which it does once it is let in
                self._pass_on(say, before=time.monotonic())
                return True
            if given_up.wait(LOOK_S) or (not self._ask and time.monotonic() > until):
                return False
            if self._ask:
                self._pass_on(say, before=time.monotonic() - HELD_BACK_S)
        self._reader.join(1.0)
        return False

    def forward(self, local: int, remote: int) -> bool:
        """Whether a port of this machine's loopback now leads to a port of the box's own."""
        return self._control("forward", "-L", f"{LOOPBACK}:{local}:localhost:{remote}")

    def cancel(self, local: int, remote: int) -> None:
        """Take a forward back."""
        self._control("cancel", "-L", f"{LOOPBACK}:{local}:localhost:{remote}")

    def wait(self) -> None:
        """Block until it has ended."""
        self._process.wait()

    def close(self) -> None:
        """End it; safe to call twice. Afterwards no process of it is left."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(ENDED_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._socket.exists():  # its keeper was killed: ssh is asked by the socket that is ours alone
            self._control("exit")
        self._reader.join(1.0)
        if not self._reader.is_alive() and self._process.stderr is not None:
            self._process.stderr.close()

    def _control(self, verb: str, *arguments: str) -> bool:
        # `-F none`: all is said by the socket; forwards of the user's config would be asked for as well.
        command = [self._ssh, "-F", "none", "-S", str(self._socket), "-O", verb, *arguments, "--", "box"]
        try:
            done = subprocess.run(  # noqa: S603  as above
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=FORWARD_S,
                env=self._environ,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0

    def _read(self, stream: IO[bytes]) -> None:
        for raw in stream:
            line = raw.decode("utf-8", "replace").strip()
            if line:
                self._lines.append((time.monotonic(), line))
                self._came += 1

    def _pass_on(self, say: Say, *, before: float) -> None:
        fresh = self._came - self._told
        for at, line in tuple(self._lines)[-fresh:] if fresh else ():
            if at > before:
                break
            self._told += 1
            say(line)


def own_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What ssh is started with: the user's environment without what is ours alone (keys among it)."""
    return {name: value for name, value in environ.items() if not name.startswith("DSR1_")}


def has_terminal() -> bool:
    """Whether there is a terminal in which ssh could ask."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
