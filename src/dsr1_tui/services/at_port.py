"""Who has the port that a server is to be started at: one of ours, a stranger one can use, or somebody else."""

import asyncio
from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.discovery import FoundServer, Speech
from dsr1_tui.domain.server.diagnosis import Diagnosis, FlagChange, StartCode
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.ports import PortOwner, ServerProbe
from dsr1_tui.services.adopting import HOST
from dsr1_tui.services.neighbours import Neighbour
from dsr1_tui.services.serve import ServePorts

LAST: Final = 65_535
_SEEN: Final = frozenset({HOST, "localhost", "0.0.0.0", "::"})  # noqa: S104  compared, not bound
"""The addresses that a look at 127.0.0.1 tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortTaken:
    """A port that is not free."""

    port: int
    owner: PortOwner | None
    """Whose process listens; `None` where that cannot be told."""
    record: ServerRecord | None
    """Which server of ours it is; `None`: none."""
    found: FoundServer | None
    """What speaks there; `None` where nothing answers."""
    free: int
    """The next port that is free."""

    @property
    def usable(self) -> bool:
        """Whether one can chat with it."""
        return self.record is not None or (self.found is not None and self.found.speech in {Speech.API, Speech.LOCKED})

    @property
    def base_url(self) -> str:
        """Where it is reached."""
        return self.record.target.base_url if self.record is not None else f"http://{HOST}:{self.port}/v1"

    @property
    def neighbour(self) -> Neighbour | None:
        """Who listens there, if it can be used as it is; a stranger that wants a key cannot."""
        if self.record is not None:
            return Neighbour(self.port, self.record.served_name, self.record)
        if self.found is None or self.found.speech is not Speech.API:
            return None
        return Neighbour(self.port, self.found.models[0] if len(self.found.models) == 1 else "", None)

    @property
    def beside(self) -> tuple[FlagChange, ...]:
        """What starts it beside whoever has the port."""
        return (FlagChange(flag="--port", value=str(self.free)),)

    @property
    def diagnosis(self) -> Diagnosis:
        """Who has it and what to do, as of a start that failed."""
        who = "another program"
        if self.record is not None:
            who = f"a server of yours, {self.record.served_name}"
        elif self.owner is not None:
            who = f"{self.owner.name or 'a program'} (process {self.owner.pid})"
        return Diagnosis(
            code=StartCode.PORT_IN_USE,
            cause=f"Port {self.port} is taken by {who}.",
            remedy=f"Take port {self.free}, which is free"
            + (", or use the server that is there." if self.neighbour else "."),
            flags=self.beside,
        )


async def who_is_at(ports: ServePorts, probe: ServerProbe, host: str, port: int) -> PortTaken | None:
    """Look at the port a server would listen at; `None` where it is free, or this cannot tell.

    Raises:
        FaultError: (server-start) it is taken, and no other is free.
    """
    if host not in _SEEN:
        return None
    running = await asyncio.to_thread(ports.host.running)
    record = next((record for record in running if record.port == port), None)
    # One of ours that still starts does not listen yet.
    free = await asyncio.to_thread(ports.door.free_port, port if record is None else min(port + 1, LAST))
    if free == port:
        return None
    return PortTaken(
        port=port,
        owner=await asyncio.to_thread(ports.door.owner, port),
        record=record,
        found=None if record is not None else await probe.look(HOST, port),
        free=free,
    )
