"""The inner supervisor's loop: relays the log, hears its program, and ends the server with all that it started."""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from dsr1_tui.adapters.process_identity import identity_of, this_process
from dsr1_tui.adapters.server_host.log_writer import LogWriter
from dsr1_tui.adapters.server_host.order import KEEP, READY, Order
from dsr1_tui.adapters.server_host.process_table import (
    Process,
    descendants,
    family,
    running_processes,
    send,
    send_group,
)
from dsr1_tui.adapters.server_host.state_file import Kept, mark_of, write_state
from dsr1_tui.domain.fault import FaultError

_LINUX: Final = sys.platform.startswith("linux")
_TICK_S: Final = 0.5
_ENDING_TICK_S: Final = 0.05
_SURVEY_S: Final = 5.0
"""Between two looks at the server's descendants where the system does not hand orphans over to us."""
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD)

Starter = Callable[[Order], "subprocess.Popen[bytes]"]


class Watch:
    """One server's life."""

    def __init__(
        self, order: Order, *, start: Starter, parent_gone: Callable[[], bool], guard_gone: Callable[[], bool]
    ) -> None:
        """Start it.

        Raises:
            OSError: it, or its log, cannot be.
        """
        self._limits = order.limits
        self._parent_gone = parent_gone
        self._guard_gone = guard_gone
        self._log = LogWriter(order.record.log, order.limits.log_bytes)
        self._kept = Kept(replace(order.record, supervisor=mark_of(this_process())))
        self._selector = selectors.DefaultSelector()
        self._hear_signals()
        self._server = start(order)
        self._known: set[Process] = set()
        self._deadline: float | None = None
        self._asked = False
        self._swept = False
        self._surveyed = 0.0
        self._heard = b""
        self._note(server=mark_of(identity_of(self._server.pid)))
        assert self._server.stdout is not None, "it was asked for"
        os.set_blocking(self._server.stdout.fileno(), False)
        self._selector.register(self._server.stdout, selectors.EVENT_READ, self._relay)
        self._selector.register(0, selectors.EVENT_READ, self._hear)

    def run(self, rest: bytes) -> None:
        """Watch until nothing of it is left; `rest` is what the program said before."""
        self._obey(rest)
        while not self._over():
            tick = _TICK_S if self._deadline is None else _ENDING_TICK_S
            heard = self._selector.select(tick)
            self._obey_signals()  # first: who said "keep" and is gone now meant it
            for key, _ in heard:
                key.data()
            self._judge(time.monotonic())
        self._drain()
        self._log.close()

    def _hear_signals(self) -> None:
        # A handler, never "ignore": the server would inherit that.
        near, far = socket.socketpair()
        for end in (near, far):
            os.set_blocking(end.fileno(), False)
        self._pending: list[int] = []
        for number in _SIGNALS:
            signal.signal(number, lambda number, _: self._pending.append(number))
        signal.set_wakeup_fd(far.fileno(), warn_on_full_buffer=False)
        self._ends = (near, far)
        self._selector.register(near, selectors.EVENT_READ, lambda: near.recv(4096))

    def _judge(self, now: float) -> None:
        """Decide what follows from what was heard."""
        self._reap()
        ended = self._kept.record.exit_code is not None
        if self._guard_gone() or (not self._kept.record.kept and self._parent_gone()):
            self._end(now, self._limits.abandoned_s)
        if ended:
            self._end(now, self._limits.orphans_s)
            self._sweep()
        if self._deadline is not None and now > self._deadline:
            self._kill()
        if not _LINUX and now - self._surveyed > _SURVEY_S:
            self._surveyed = now
            self._known |= family(self._server.pid, running_processes())

    def _obey_signals(self) -> None:
        while self._pending:
            self._signalled(self._pending.pop(0), time.monotonic())

    def _signalled(self, number: int, now: float) -> None:
        """SIGUSR1 keeps, SIGINT asks to end, SIGTERM too and kills when it comes again, SIGUSR2 kills."""
        if number == signal.SIGUSR1:
            self._note(kept=True)
        elif number == signal.SIGUSR2 or (number == signal.SIGTERM and self._asked):
            self._end(now, 0.0)
        elif number in {signal.SIGINT, signal.SIGTERM}:
            self._asked = self._asked or number == signal.SIGTERM
            self._end(now, self._limits.requested_s)

    def _end(self, now: float, limit_s: float) -> None:
        """Ask all to end, once; the nearest limit counts."""
        until = now + limit_s
        if self._deadline is None:
            if not _LINUX:
                self._known |= family(self._server.pid, running_processes())
            self._note(ending=True)
            if self._kept.record.exit_code is None:  # else its number is nobody's, or another's
                send_group(self._server.pid, signal.SIGTERM)
        self._deadline = until if self._deadline is None else min(self._deadline, until)

    def _sweep(self) -> None:
        """Ask those to end that the server left behind in groups of their own; it ends its own children itself."""
        if not self._swept:
            self._swept = True
            send(self._left(), signal.SIGTERM)

    def _kill(self) -> None:
        if self._kept.record.exit_code is None:
            send_group(self._server.pid, signal.SIGKILL)
        send(self._left(), signal.SIGKILL)

    def _left(self) -> set[int]:
        """What runs of all that the server started, itself included."""
        table = running_processes()
        if _LINUX:
            return descendants([os.getpid()], table)
        # Its parent may have changed since, which the start time does not.
        starts = {process.pid: process.started for process in self._known}
        known = {pid for pid, started in starts.items() if pid in table and table[pid].started == started}
        return descendants(known, table) | known | {process.pid for process in family(self._server.pid, table)}

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self._server.pid:
                    self._drain()
                    self._server.returncode = os.waitstatus_to_exitcode(ended[1])
                    self._note(exit_code=self._server.returncode)

    def _over(self) -> bool:
        if self._kept.record.exit_code is None:
            return False
        if not _LINUX:
            return not self._left()
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:  # all that lost their parents came to us, so having none means that none is left
            return True
        return False

    def _relay(self) -> None:
        assert self._server.stdout is not None, "it was asked for"
        data = os.read(self._server.stdout.fileno(), 65536)
        if data:
            self._log.write(data)
        else:
            self._selector.unregister(self._server.stdout)

    def _drain(self) -> None:
        """Keep the last words, which may still be in the pipe."""
        assert self._server.stdout is not None, "it was asked for"
        with suppress(OSError):
            while data := os.read(self._server.stdout.fileno(), 65536):
                self._log.write(data)

    def _hear(self) -> None:
        data = os.read(0, 4096)
        if data:
            self._obey(data)
            return
        self._selector.unregister(0)
        if not self._kept.record.kept:
            self._end(time.monotonic(), self._limits.abandoned_s)

    def _obey(self, data: bytes) -> None:
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            word, _, value = line.decode("ascii", "replace").partition(" ")
            if word == KEEP:
                self._note(kept=True)
            elif word == READY:
                self._note(ready_s=float(value))

    def _note(self, *, ending: bool | None = None, **changes: object) -> None:
        """Write down what changed."""
        record = replace(self._kept.record, **changes)  # type: ignore[arg-type]  # fields by name, each set above
        kept = Kept(record, ending=self._kept.ending if ending is None else ending)
        if kept != self._kept:
            self._kept = kept
            with suppress(FaultError):  # a full disk must not end the watch
                write_state(kept)
