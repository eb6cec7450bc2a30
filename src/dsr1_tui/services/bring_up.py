"""Bring up a vLLM on this machine: install it where it is missing, start it on a model, wait until it answers."""

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
from dsr1_tui.domain.fault import FaultCode, FaultError, fail
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.target import Target
from dsr1_tui.services.engine import EnginePorts, engine_status, install_engine, prepare_engine
from dsr1_tui.services.plan_serve import PlanPorts, Wish, settle_start
from dsr1_tui.services.serve import ServePorts, start_server
from dsr1_tui.services.serving import Answers, Launched, Progressed, StartFailed


@dataclass(frozen=True, slots=True)
class Doing:
    """What is being done, and a detail that changes."""

    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """It answers."""

    target: Target


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


async def bring_up(
    engine: EnginePorts, servers: ServePorts, planner: PlanPorts, config: Config, model: str
) -> AsyncGenerator[Doing | Ready, None]:
    """Do it; `Ready` comes last. Closing the generator ends what runs; a later call goes on with the installation.

    Raises:
        FaultError: (engine-install) the installation failed; (usage) the model, or what the file says of servers,
            cannot be; (server-start) the server did not come up, with cause and remedy.
    """
    status = await engine_status(engine)
    if not status.installed:
        doing = Doing("installing vLLM")
        async with aclosing(install_engine(engine, await prepare_engine(engine, cpu=False))) as events:
            async for event in events:
                doing = _told(doing, event)
                yield doing
    plan = await asyncio.to_thread(_plan, servers, planner, config, model)
    starting, estimate = f"starting vLLM on {model}", ""
    async with aclosing(start_server(servers, plan)) as starts:
        async for start in starts:
            match start:
                case Launched(_, expected_s):
                    estimate = "" if expected_s is None else f" of ≈{expected_s:.0f}"
                    yield Doing(starting)
                case Progressed(progress, elapsed_s, last_line):
                    yield Doing(f"{starting} · {progress.phase} · {elapsed_s:.0f}{estimate} s", last_line)
                case Answers(_, target):
                    yield Ready(target)
                case StartFailed(_, diagnosis):
                    raise fail(FaultCode.SERVER_START, diagnosis.cause, diagnosis.remedy)
                case _:
                    assert_never(start)


def _plan(servers: ServePorts, planner: PlanPorts, config: Config, model: str) -> ServerPlan:
    """The server on this model, at its port or, where that is taken, at another."""
    wish = Wish(flags=ServerProfile(model=model))
    settled = settle_start(planner, config, wish)
    if settled.fault is not None:
        raise FaultError(settled.fault)
    port = servers.door.free_port(settled.plan.port)
    if port != settled.plan.port:
        settled = settle_start(planner, config, replace(wish, flags=replace(wish.flags, port=port)))
    return settled.plan


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
