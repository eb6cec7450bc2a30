"""Bring up a vLLM on this machine: install it where it is missing, start it on a model, wait until it answers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, assert_never

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
    engine_python,
)
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import Clock, LocalServer
from dsr1_tui.services.engine import EnginePorts, engine_status, install_engine, prepare_engine

DEFAULT_MODEL: Final = "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"
LOOK_S: Final = 0.5
"""Seconds between two looks at a server that starts."""


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
    engine: EnginePorts, server: LocalServer, clock: Clock, model: str
) -> AsyncGenerator[Doing | Ready, None]:
    """Do it; `Ready` comes last. Closing the generator ends what runs; a later call goes on with the installation.

    Raises:
        FaultError: (engine-install) the installation failed; (engine-died) the server did not come up.
    """
    status = await engine_status(engine)
    if not status.installed:
        doing = Doing("installing vLLM")
        async with aclosing(install_engine(engine, await prepare_engine(engine, cpu=False))) as events:
            async for event in events:
                doing = _told(doing, event)
                yield doing
        status = await engine_status(engine)
    cpu = status.record is None or status.record.build is Build.CPU
    began = clock.monotonic()
    await asyncio.to_thread(server.start, engine_python(status.folder), model, cpu=cpu)
    coming = asyncio.ensure_future(server.ready())
    try:
        while not coming.done():
            since = clock.monotonic() - began
            yield Doing(f"starting vLLM on {model} · {since:.0f} s", await asyncio.to_thread(server.last_line))
            await asyncio.wait({coming}, timeout=LOOK_S)
        yield Ready(coming.result())
    finally:
        coming.cancel()


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
