"""How the servers of ours are now: whether they answer, and what memory they take."""

import asyncio
from dataclasses import dataclass

from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.services.serve import ServePorts, running_servers


@dataclass(frozen=True, slots=True)
class ServerNow:
    """A server of ours that runs."""

    record: ServerRecord
    answers: bool
    up_s: float
    """Seconds since it was started."""
    memory_bytes: int | None
    """Main memory of all its processes; `None` where it cannot be told."""

    @property
    def state(self) -> str:
        """In a word or three."""
        if self.record.exit_code is not None:
            return "ending"
        if self.answers:
            return "ready"
        # Only who started it writes down when it was ready, and may have gone before.
        return "starting" if self.record.ready_s is None else "does not answer"


async def servers_now(ports: ServePorts) -> tuple[ServerNow, ...]:
    """Those that run, newest first; takes up to some 5 s where one does not answer. Never raises."""
    return tuple(await asyncio.gather(*(_now(ports, record) for record in await running_servers(ports))))


async def _now(ports: ServePorts, record: ServerRecord) -> ServerNow:
    answers, memory = await asyncio.gather(ports.door.answers(record), asyncio.to_thread(ports.memory, record))
    return ServerNow(record, answers, max(0.0, ports.clock.now() - record.started), memory)
