"""Watches over one server from a session of its own, and ends it when the program that started it is gone.

It is two processes. The inner one starts the server, keeps its log and its state file, and listens to a pipe whose end
means that the program is gone. The outer one only waits for the inner one: should that be killed, it kills what is
left. On Linux both are the reapers of all that descends from them, so a process that left the server's group,
or its parents, is found too; elsewhere descendants are looked for while they still have their parents.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Final, NoReturn

from dsr1_tui.adapters.process_identity import ProcessIdentity, identity_of, is_alive
from dsr1_tui.adapters.server_host.order import Order
from dsr1_tui.adapters.server_host.process_table import descendants, family, running_processes, send, send_group
from dsr1_tui.adapters.server_host.state_file import identity_from, read_state, state_path
from dsr1_tui.adapters.server_host.watch import Watch

_LINUX: Final = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
"""prctl(2)."""
_LOOK_S: Final = 0.05
_PATIENCE_S: Final = 30.0
"""After so long a killed process hangs in the kernel, and waiting for it helps nobody."""


def main() -> NoReturn:
    """Read the order from stdin, go into the background, and do it."""
    parent = identity_of(os.getppid())
    line, rest = _order_line()
    order = Order.from_line(line)
    if os.fork():
        os._exit(0)  # the program has no child of ours to wait for
    _reap_descendants()
    inner = os.fork()
    if not inner:
        os.setsid()
        _inner(order, parent, rest)
        os._exit(0)
    _let_go(0)
    _let_go(1)
    _outer(order, inner)
    os._exit(0)


def _order_line() -> tuple[bytes, bytes]:
    """The first line of stdin, and what came behind it."""
    heard = b""
    while b"\n" not in heard:
        data = os.read(0, 65536)
        if not data:
            os._exit(1)  # the program was gone before it had said all
        heard += data
    line, _, rest = heard.partition(b"\n")
    return line, rest


def _inner(order: Order, parent: ProcessIdentity, rest: bytes) -> None:
    guard = os.getppid()
    _reap_descendants()
    try:
        watch = Watch(order, start=_started, parent_gone=lambda: _is_gone(parent), guard_gone=lambda: _moved(guard))
    except OSError as error:
        where = str(error.filename or order.command[0])
        _reply({"where": where, "why": error.strerror or type(error).__name__})
        return
    _reply({"started": True})
    watch.run(rest)


def _reply(words: dict[str, object]) -> None:
    with suppress(OSError):
        os.write(1, json.dumps(words).encode() + b"\n")
    _let_go(1)


def _let_go(number: int) -> None:
    """Put nothing in a descriptor's place, so that its pipe has one holder less."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, number)
    os.close(nothing)


def _started(order: Order) -> "subprocess.Popen[bytes]":
    """The server, in a session of its own."""
    us = os.getpid()
    return subprocess.Popen(  # noqa: S603  the plan's own command
        order.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(order.environment),
        cwd=order.cwd,
        start_new_session=True,
        preexec_fn=(lambda: _end_with(us)) if _LINUX else None,  # noqa: PLW1509  this process has one thread
    )


def _end_with(parent: int) -> None:
    """In the server before it is one: should both our processes be killed at once, the kernel still asks it to end."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _reap_descendants() -> None:
    if _LINUX:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(what: int, value: int) -> None:
    with suppress(OSError, AttributeError):  # a C library without it: the other ways still hold
        ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


def _is_gone(parent: ProcessIdentity) -> bool:
    """Whether the program is gone: a child that it forked may hold the pipe longer than it lives."""
    if _LINUX:
        return not is_alive(parent)
    try:
        os.kill(parent.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _moved(guard: int) -> bool:
    return os.getppid() != guard


def _outer(order: Order, inner: int) -> None:
    while True:
        with suppress(ChildProcessError):
            if os.waitpid(-1, 0)[0] != inner:
                continue
        break
    until = time.monotonic() + _PATIENCE_S
    while _kill_rest(order) and time.monotonic() < until:
        time.sleep(_LOOK_S)


def _kill_rest(order: Order) -> bool:
    """Kill what a supervisor that was killed itself has left; whether there was something."""
    table = running_processes()
    left = descendants([os.getpid()], table)
    kept = read_state(state_path(order.record))
    server = kept.record.server if kept else None
    if server is not None and is_alive(identity_from(server)):
        send_group(server.pid, signal.SIGKILL)
        left |= {process.pid for process in family(server.pid, table)}
    send(left, signal.SIGKILL)
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return bool(left)
