"""A server's port, seen from outside: whether it answers, and whether it is our server that does."""

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from dsr1_tui.adapters.server_host.port_owner import port_owner, port_owners, why_not_free
from dsr1_tui.adapters.server_host.process_table import family, running_processes
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.ports import PortOwner

HOST: Final = "127.0.0.1"
HEALTH_S: Final = 5.0
NEAR: Final = 20
"""Ports above the one that is wanted that are tried before any: they are easier to remember."""
HIGHEST: Final = 65_535
_STATUS_OK: Final = b" 200 "


@dataclass(frozen=True, slots=True)
class LocalDoor:
    """Satisfies `ports.ServerDoor`."""

    async def answers(self, record: ServerRecord) -> bool:
        """Ask `/health`, then look whose socket it is."""
        where = urlsplit(record.target.base_url)
        if not await is_healthy(where.hostname or "127.0.0.1", record.port):
            return False
        return await asyncio.to_thread(_is_its_own, record)

    def owner(self, port: int) -> PortOwner | None:
        """Who listens at a port."""
        return port_owner(port)

    def free_port(self, wanted: int) -> int:
        """That port, or the next free one, or any; who asks takes it a moment later, so it may be taken then."""
        for port in range(wanted, min(wanted + NEAR, HIGHEST) + 1):
            if why_not_free(HOST, port) is None:
                return port
        try:
            with socket.socket() as probe:
                probe.bind((HOST, 0))
                found: int = probe.getsockname()[1]
                return found
        except OSError as error:
            raise fail(FaultCode.SERVER_START, f"There is no free port: {error.strerror}.") from None

    def key(self, record: ServerRecord) -> str | None:
        """The key from its file."""
        if record.key_file is None:
            return None
        try:
            return record.key_file.read_text("utf-8").strip() or None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            hint = "Stop the server and start it again: a new key is made."
            raise fail(FaultCode.SERVER_START, f"{record.key_file} cannot be read: {reason}.", hint) from None


async def is_healthy(host: str, port: int) -> bool:
    """Whether a server says that it is ready to answer."""
    try:
        async with asyncio.timeout(HEALTH_S):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                shown = f"[{host}]" if ":" in host else host
                writer.write(f"GET /health HTTP/1.1\r\nHost: {shown}:{port}\r\nConnection: close\r\n\r\n".encode())
                return _STATUS_OK in await reader.readline()
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError, ValueError):  # ValueError: a stranger's endless first line
        return False


def _is_its_own(record: ServerRecord) -> bool:
    """Whether it is not a stranger who listens at the server's port.

    A stranger is one that is none of its processes and is older than it: a command like `docker run` has the port
    held by a process elsewhere, but by one that came later. Where the system does not tell, it is believed.
    """
    server = record.server
    if server is None:
        return False
    owners = {owner.pid for owner in port_owners(record.port)}
    table = running_processes()
    if not owners or owners & {process.pid for process in family(server.pid, table)}:
        return True
    starts = [table[pid].started for pid in owners if pid in table]
    # Ticks since boot on Linux; elsewhere a date, which is not compared.
    return not all(
        start.isdigit() and server.started.isdigit() and int(start) < int(server.started) for start in starts
    )
