"""Tells whether a port can be listened at, and by whom it is taken."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from dsr1_tui.ports import PortOwner

_PROC: Final = Path("/proc")
_LISTENS: Final = "0A"
"""TCP_LISTEN in /proc/net/tcp."""
_CONNECT_S: Final = 0.3


def why_not_free(host: str, port: int) -> OSError | None:
    """Why a server could not listen there now; `None` if it could."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        return error if isinstance(error, OSError) else OSError(f"{host} is not an address")
    for family, kind, protocol, _, address in found:
        try:
            with socket.socket(family, kind, protocol) as probe:
                # As the server itself does: a port whose last connections are still closing is free.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            return error
    if sys.platform == "darwin" and _accepts(host, port):  # there the option also lets one bind beside a wildcard
        return OSError("Address already in use")
    return None


def _accepts(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=_CONNECT_S):
        return True
    return False


def port_owner(port: int) -> PortOwner | None:
    """Who listens at a port of this machine; `None` if nobody does or it cannot be told."""
    return next(_owners(port), None)


def port_owners(port: int) -> tuple[PortOwner, ...]:
    """All who listen there: a server's processes may share the socket."""
    return tuple(_owners(port))


def _owners(port: int) -> Iterator[PortOwner]:
    if not (_PROC / "net/tcp").exists():
        yield from _owners_by_lsof(port)
        return
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    if not sockets:
        return
    for pid in sorted(int(folder.name) for folder in _PROC.iterdir() if folder.name.isdigit()):
        if _holds(pid, sockets):
            yield PortOwner(pid, _name_of(pid))


def _listening(port: int) -> Iterator[int]:
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (_PROC / "net" / table).read_text("ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                    yield int(fields[9])


def _holds(pid: int, sockets: set[str]) -> bool:
    folder = _PROC / str(pid) / "fd"
    with suppress(OSError):  # another user's, or it ended
        for held in folder.iterdir():
            with suppress(OSError):
                if str(held.readlink()) in sockets:
                    return True
    return False


def _name_of(pid: int) -> str:
    try:
        words = (_PROC / str(pid) / "comm").read_text("utf-8", "replace")
    except OSError:
        return ""
    return _printable(words)


def _owners_by_lsof(port: int) -> Iterator[PortOwner]:
    command = ("lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc")
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=10)  # noqa: S603  a fixed program
    except (OSError, subprocess.TimeoutExpired):
        return
    for pid, name in re.findall(r"^p(\d+)\nc(.*)$", done.stdout, re.MULTILINE):
        yield PortOwner(int(pid), _printable(name))


def _printable(name: str) -> str:
    return "".join(char for char in name.strip() if char.isprintable())[:40]
