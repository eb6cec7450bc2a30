"""The servers that are there already: ours, and a stranger's at the port one wants; which of ours a chat is on."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from dsr1_tui.domain.discovery import Speech
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.server.diagnosis import FlagChange
from dsr1_tui.domain.server.profile import PORT, ServerProfile
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.domain.server.typed_flags import read_flags
from dsr1_tui.domain.target import Target, is_loopback
from dsr1_tui.ports import ServerProbe
from dsr1_tui.services.adopting import HOST, Adopted, adopt_port, adopt_server
from dsr1_tui.services.plan_serve import Wish
from dsr1_tui.services.serve import ServePorts


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A server that can be used without starting one."""

    port: int
    model: str
    """Its name on the wire; empty where it serves none, or several."""
    record: ServerRecord | None
    """`None`: a stranger's."""


async def neighbours(ports: ServePorts, probe: ServerProbe, port: int | None = None) -> tuple[Neighbour, ...]:
    """Ours, newest first, then a stranger's at `port` (8000 by default) if it speaks OpenAI's API and wants no key."""
    wanted = PORT if port is None else port
    records = await asyncio.to_thread(ports.host.running)
    ours = [Neighbour(record.port, record.served_name, record) for record in records]
    if any(record.port == wanted for record in records):
        return tuple(ours)
    found = await probe.look(HOST, wanted)
    if found is None or found.speech is not Speech.API:
        return tuple(ours)
    model = found.models[0] if len(found.models) == 1 else ""
    return (*ours, Neighbour(wanted, model, None))


async def use_neighbour(ports: ServePorts, probe: ServerProbe, neighbour: Neighbour) -> Adopted:
    """Use it.

    Raises:
        FaultError: as `adopt_server` and `adopt_port`.
    """
    if neighbour.record is not None:
        return await adopt_server(ports, neighbour.record)
    return await adopt_port(ports, probe, neighbour.port)


async def server_at(ports: ServePorts, target: Target) -> ServerRecord | None:
    """The server of ours that answers for a target; `None` where it is a stranger's, or elsewhere."""
    if not is_here(target):
        return None
    port = urlsplit(target.base_url).port
    for record in await asyncio.to_thread(ports.host.running):
        if record.port == port:
            return record
    return None


def is_here(target: Target) -> bool:
    """Whether a target is a port of this machine, not the near end of a tunnel."""
    return target.via is None and is_loopback(urlsplit(target.base_url).hostname or "")


async def held_servers(ports: ServePorts) -> tuple[ServerRecord, ...]:
    """The servers that this run started and nobody kept: they would end with it."""
    return await asyncio.to_thread(ports.own.held)


def wish_again(record: ServerRecord, changes: tuple[FlagChange, ...] = ()) -> Wish:
    """What starts a server of ours again that another run started: as it was, at its port, with changed flags."""
    name = record.served_name if record.served_name != record.model else None
    own = ServerProfile(model=record.model, served_model_name=name, port=record.port)
    with suppress(SettingError):  # kept by another version of this program: its model and place have to do
        own = own.over(read_flags(record.flags))
    return Wish(flags=own, changes=changes)
