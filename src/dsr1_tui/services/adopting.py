"""Uses a server that already listens: one of ours, found by its state file, or a stranger's, which is never stopped."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui.domain.discovery import Speech
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import ServerProbe
from dsr1_tui.services.serve import ServePorts

HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Adopted:
    """A server that is used without having been started."""

    target: Target
    """With its key, where it is ours."""
    record: ServerRecord | None
    """`None`: a stranger's, which nobody here may stop."""
    ready: bool
    """Whether it answers; one of ours may still be coming up (`await_server` watches it)."""


async def adopt_server(ports: ServePorts, record: ServerRecord) -> Adopted:
    """Use a server of ours.

    Raises:
        FaultError: (server-start) it does not run any more, or its key cannot be read.
    """
    state = await asyncio.to_thread(ports.host.look, record)
    if not state.runs:
        raise fail(FaultCode.SERVER_START, f"The server on port {record.port} runs no more.", "Start it again.")
    key = await asyncio.to_thread(ports.door.key, state.record)
    ready = await ports.door.answers(state.record)
    return Adopted(replace(state.record.target, api_key=key), state.record, ready)


async def adopt_port(ports: ServePorts, probe: ServerProbe, port: int) -> Adopted:
    """Use what listens at a port of this machine: ours by its record, a stranger's as it is.

    Raises:
        FaultError: (unreachable) nothing listens; (not-an-api) it does not speak OpenAI's API; (server-start) as above.
    """
    for record in await asyncio.to_thread(ports.host.running):
        if record.port == port:
            return await adopt_server(ports, record)
    found = await probe.look(HOST, port)
    if found is None:
        raise fail(FaultCode.UNREACHABLE, f"Nothing listens on port {port}.", "Start a server: dsr1-chat serve.")
    if found.speech not in {Speech.API, Speech.LOCKED}:
        owner = await asyncio.to_thread(ports.door.owner, port)
        who = f" ({owner.name or 'a program'}, process {owner.pid})" if owner else ""
        what = f"What listens on port {port}{who} does not speak OpenAI's API."
        raise fail(FaultCode.NOT_AN_API, what, "Take another port.")
    model = found.models[0] if len(found.models) == 1 else None
    return Adopted(Target(base_url=f"http://{HOST}:{port}/v1", model=model), None, ready=True)
