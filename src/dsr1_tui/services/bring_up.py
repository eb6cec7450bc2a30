"""Bring up a vLLM on this machine: install it where it is missing, see what is in the way, start it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import assert_never

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
from dsr1_tui.ports import ServerProbe
from dsr1_tui.services.at_port import PortTaken, who_is_at
from dsr1_tui.services.engine import EnginePorts, engine_status, install_engine, prepare_engine
from dsr1_tui.services.plan_serve import NO_VLLM, PlanPorts, Settled, Wish, settle_start
from dsr1_tui.services.serve import ServePorts, start_server
from dsr1_tui.services.serving import StartEvent, StartFailed
from dsr1_tui.services.start_repair import repaired


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
    """Do it; `Answers`, `StartFailed` (with what works here now) or `PortTaken` (nothing was started) comes last.

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
    if (taken := await who_is_at(ports.servers, ports.probe, settled.plan.host, settled.plan.port)) is not None:
        yield taken
        return
    async with aclosing(start_server(ports.servers, settled.plan)) as starts:
        async for start in starts:
            yield await _mended(ports, settled, start)


async def _mended(ports: BringPorts, settled: Settled, event: StartEvent) -> StartEvent:
    """A failure offers what works here now, not only what its log tells."""
    if not isinstance(event, StartFailed):
        return event
    why = await repaired(ports.servers, ports.planner, settled, event.diagnosis)
    return replace(event, diagnosis=why)


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
