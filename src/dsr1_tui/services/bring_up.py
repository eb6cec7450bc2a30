"""Bring up a vLLM on this machine: install it where it is missing, see what is in the way, start it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, assert_never

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.engine import (
    GB,
    Build,
    Downloaded,
    EngineEvent,
    Installed,
    Replaced,
    Said,
    StepBegan,
    StepDone,
)
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.server.command import VllmSource
from dsr1_tui.domain.server.diagnosis import Diagnosis, FlagChange, StartCode
from dsr1_tui.ports import ServerProbe
from dsr1_tui.services.engine import EnginePorts, engine_status, install_engine, prepare_engine
from dsr1_tui.services.neighbours import Neighbour, neighbours
from dsr1_tui.services.plan_serve import NO_VLLM, PlanPorts, Settled, Wish, settle_start
from dsr1_tui.services.serve import ServePorts, start_server
from dsr1_tui.services.serving import StartEvent

_TRIED: Final = 20
"""Ports after the wanted one that are tried before any free one is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BringPorts:
    """What bringing a server up needs from the world."""

    engine: EnginePorts
    planner: PlanPorts
    servers: ServePorts
    probe: ServerProbe


@dataclass(frozen=True, slots=True)
class Doing:
    """What is being done to install it, and a detail that changes."""

    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What is about to be started."""

    settled: Settled


@dataclass(frozen=True, slots=True)
class PortTaken:
    """Last event where somebody listens at the port: nothing was started."""

    diagnosis: Diagnosis
    """With another port among its flags."""
    neighbour: Neighbour | None
    """Who listens there, if it can be used instead."""


BringEvent = Doing | Decided | PortTaken | StartEvent


@dataclass(frozen=True, slots=True)
class Needs:
    """What bringing it up takes before it can begin."""

    installed: bool
    build: Build
    sentence: str


async def needs(engine: EnginePorts) -> Needs:
    """Look whether vLLM has to be installed first.

    Raises:
        FaultError: (engine-install) what the machine lacks for it.
    """
    status = await engine_status(engine)
    if status.installed and status.record is not None:
        return Needs(installed=True, build=status.record.build, sentence=f"vLLM {status.record.version} is installed.")
    prepared = await prepare_engine(engine, cpu=False)
    build = "CPU build, 3.6 GB" if prepared.plan.build is Build.CPU else "CUDA build"
    sentence = f"vLLM ({build}) will be installed into {prepared.plan.folder} first."
    return Needs(installed=False, build=prepared.plan.build, sentence=sentence)


async def bring_up(ports: BringPorts, config: Config, wish: Wish) -> AsyncGenerator[BringEvent, None]:
    """Do it; `Answers`, `StartFailed` or `PortTaken` comes last.

    Closing the generator before ends what runs; a later call goes on with an installation.

    Raises:
        FaultError: (engine-install) the installation failed; (usage) the model, or what the file says of servers,
            cannot be; (server-start) it cannot be started at all.
    """
    settled = await asyncio.to_thread(settle_start, ports.planner, config, wish)
    # An environment of ours that is there but has no record was left unfinished: the installation goes on.
    if settled.vllm.source in {VllmSource.NOWHERE, VllmSource.ENGINE}:
        status = await engine_status(ports.engine)
        if not status.installed:
            doing = Doing("installing vLLM")
            async with aclosing(install_engine(ports.engine, await prepare_engine(ports.engine, cpu=False))) as events:
                async for event in events:
                    doing = _told(doing, event)
                    yield doing
            settled = await asyncio.to_thread(settle_start, ports.planner, config, wish)
    if settled.vllm.source is VllmSource.NOWHERE:
        raise FaultError(NO_VLLM)
    yield Decided(settled)
    if (taken := await _taken(ports, settled.plan.port)) is not None:
        yield taken
        return
    async with aclosing(start_server(ports.servers, settled.plan)) as starts:
        async for start in starts:
            yield start


async def _taken(ports: BringPorts, port: int) -> PortTaken | None:
    """Who is at the port, and which one is free; `None` where nobody is."""
    free = await asyncio.to_thread(_free_near, ports.servers, port)
    if free == port:
        return None
    there = await neighbours(ports.servers, ports.probe, port)
    owner = await asyncio.to_thread(ports.servers.door.owner, port)
    who = f"{owner.name or 'a program'} (process {owner.pid})" if owner is not None else "another program"
    neighbour = next((one for one in there if one.port == port), None)
    if neighbour is not None and neighbour.record is not None:
        who = f"a server of yours, {neighbour.record.served_name}"
    diagnosis = Diagnosis(
        code=StartCode.PORT_IN_USE,
        cause=f"Port {port} is taken by {who}.",
        remedy=f"Take port {free}, which is free" + (", or use the server that is there." if neighbour else "."),
        flags=(FlagChange(flag="--port", value=str(free)),),
    )
    return PortTaken(diagnosis, neighbour)


def _free_near(servers: ServePorts, port: int) -> int:
    """The port, else one of the next ones, else any."""
    free = servers.door.free_port(port)
    if free == port:
        return port
    near = range(port + 1, min(port + _TRIED, 65_535) + 1)
    return next((one for one in near if servers.door.free_port(one) == one), free)


def _told(before: Doing, event: EngineEvent) -> Doing:
    match event:
        case StepBegan(step, number, total, _):
            return Doing(f"installing vLLM, step {number} of {total}: {step.title}")
        case Said(text):
            return Doing(before.what, text.strip() or before.detail)
        case Downloaded(name, done, total):
            return Doing(before.what, f"{name} {done / GB:.2f} of {total / GB:.2f} GB".strip())
        case Replaced() | StepDone():
            return before
        case Installed(version):
            return Doing(f"vLLM {version} is installed")
        case _:
            assert_never(event)
