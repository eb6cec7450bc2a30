"""vLLM servers on this machine: started, found again, listened to, ended."""

from dataclasses import dataclass
from typing import Protocol

from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.record import ServerRecord


@dataclass(frozen=True, slots=True)
class ServerState:
    """A server of ours as it is now."""

    record: ServerRecord
    """As its supervisor last wrote it."""
    runs: bool
    """Whether it, or what watches over it, is alive: that very process, not another with its number."""


@dataclass(frozen=True, slots=True)
class LogPart:
    """A piece of a server's log."""

    text: str
    """As it was written: raw, never to be shown as it is."""
    offset: int
    """Where the next piece begins, in bytes since the server's start; rotation does not move it."""


@dataclass(frozen=True, slots=True)
class PortOwner:
    """Who listens at a port."""

    pid: int
    name: str
    """The program's name, printable; empty where it cannot be told."""


class ServerHost(Protocol):
    """The machine that servers run on. Every method may block for moments (call it in a thread)."""

    def launch(self, plan: ServerPlan, *, keep: bool) -> ServerRecord:
        """Start a server; it ends with this program, however that ends, unless it is kept.

        Raises:
            FaultError: (server-start) the port is taken, the program cannot be started, the log cannot be written.
        """
        ...

    def running(self) -> tuple[ServerRecord, ...]:
        """The servers of ours that are alive, whichever run started them, newest first; never raises."""
        ...

    def look(self, record: ServerRecord) -> ServerState:
        """How one of them is now; never raises."""
        ...

    def end(self, record: ServerRecord, *, kill: bool) -> bool:
        """Ask a server and all its processes to end, or kill them; whether there was anything to end. Never raises.

        A process that only has its number is not touched.
        """
        ...

    def keep(self, record: ServerRecord) -> ServerRecord:
        """Let a server outlive the program that started it.

        Raises:
            FaultError: (server-start) it does not run any more.
        """
        ...


class OwnServers(Protocol):
    """The servers that this run of the program started."""

    def held(self) -> tuple[ServerRecord, ...]:
        """Those that are alive and not kept: they would end with the program. Blocks for moments, never raises."""
        ...


class ServerLogs(Protocol):
    """What servers leave behind: their logs, and how long they took. Every method may block (call it in a thread)."""

    def recent(self) -> tuple[ServerRecord, ...]:
        """The servers whose logs are still there, ended ones too, newest first; never raises."""
        ...

    def read(self, record: ServerRecord, offset: int) -> LogPart:
        """What the log holds from `offset` on, at most a quarter of a MiB; empty at its end. Never raises."""
        ...

    def expected_s(self, profile: str) -> float | None:
        """The median of the seconds that the last starts of this profile took; `None` where there was none."""
        ...

    def came_up(self, record: ServerRecord, took_s: float) -> ServerRecord:
        """Remember that it answers; the record with that. Never raises: it is only an estimate that would be lost."""
        ...


class ServerDoor(Protocol):
    """A server's port, from outside."""

    async def answers(self, record: ServerRecord) -> bool:
        """Whether it says that it is ready, and it is this server that says so, not a stranger; never raises."""
        ...

    def owner(self, port: int) -> PortOwner | None:
        """Who listens at a port of this machine; `None` if nobody does or it cannot be told. Blocks, never raises."""
        ...

    def free_port(self, wanted: int) -> int:
        """That port of this machine if it is free, else the next one that is, or any. Blocks for a moment.

        Raises:
            FaultError: (server-start) there is none.
        """
        ...

    def key(self, record: ServerRecord) -> str | None:
        """The key kept for a server of ours; `None` where it has none. Blocks.

        Raises:
            FaultError: (server-start) the key file cannot be read.
        """
        ...
