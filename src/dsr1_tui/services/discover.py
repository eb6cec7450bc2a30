"""Looks around for the start screen: servers at their usual ports and what this machine is, all at once."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from dsr1_tui.domain.discovery import PLACES, Findings, Looked, Place
from dsr1_tui.ports import Machine, ServerProbe


async def look(probe: ServerProbe, places: Sequence[Place] = PLACES) -> tuple[Looked, ...]:
    """What listens at each place, in their order; takes as long as the slowest probe."""
    found = await asyncio.gather(*(probe.look(place.host, place.port) for place in places))
    return tuple(Looked(place, server) for place, server in zip(places, found, strict=True))


async def discover(
    machine: Machine, probe: ServerProbe, *, configured: Sequence[str] = (), places: Sequence[Place] = PLACES
) -> AsyncGenerator[Findings, None]:
    """The findings as they come in: first with what is known without looking, last with everything.

    The servers are told apart from the machine, because a driver may take seconds to answer.
    """
    names = tuple(configured)
    yield Findings(configured=names)
    # The facts are read by blocking calls, so in a thread; one thread, so that a hung driver holds up no other.
    facts = asyncio.create_task(asyncio.to_thread(machine.facts))
    try:
        servers = await look(probe, places)
        yield Findings(servers=servers, configured=names)
        yield Findings(servers=servers, configured=names, machine=await facts)
    finally:
        facts.cancel()
