"""Installs, tells of and removes vLLM's own environment; an installation goes on where an earlier one stopped."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from dsr1_tui.domain.engine import (
    VERSION_MARK,
    CpuFiles,
    Downloaded,
    EngineEvent,
    EnginePlan,
    EngineRecord,
    EngineStatus,
    EngineStep,
    Installed,
    Replaced,
    Said,
    StepBegan,
    StepDone,
)
from dsr1_tui.domain.engine_plan import lacking, plan_engine
from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.pip_talk import file_named, progress, trouble
from dsr1_tui.ports import Clock, EngineHome, EngineHost, Line

KEPT_LINES: Final = 200
"""Lines of a command's output in which the reason of a failure is looked for: pip repeats itself a lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePorts:
    """What the verbs need from the world."""

    host: EngineHost
    home: EngineHome
    clock: Clock
    folder: Path
    files: CpuFiles


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and what stands in its way."""

    plan: EnginePlan
    record: EngineRecord | None
    """What an earlier run left in the folder."""
    fault: Fault | None

    def is_done(self, step: EngineStep) -> bool:
        """Whether an earlier run of this very plan did a step."""
        return self.record is not None and self.record.recipe == self.plan.recipe and step.id in self.record.done


async def prepare_engine(ports: EnginePorts, *, cpu: bool) -> Prepared:
    """Look at the machine and plan; changes nothing.

    Args:
        ports: the world.
        cpu: take the CPU build even where there is a CUDA GPU.

    Raises:
        FaultError: (engine-install) the folder holds other things.
    """
    record = await asyncio.to_thread(ports.home.record)
    machine = await asyncio.to_thread(ports.host.machine, ports.folder)
    plan = plan_engine(machine, ports.folder, ports.files, cpu=cpu)
    used = 0 if record is None else await asyncio.to_thread(ports.home.used_bytes)
    return Prepared(plan, record, lacking(machine, plan.build, used_bytes=used))


async def install_engine(ports: EnginePorts, prepared: Prepared) -> AsyncGenerator[EngineEvent, None]:
    """Do the steps that are not done; `Installed` comes last.

    Closing the generator (or cancelling its task) ends the command that runs; the next call goes on with its step.

    Raises:
        FaultError: (engine-install) what the machine lacks, or why a step failed.
    """
    if prepared.fault is not None:
        raise FaultError(prepared.fault)
    began = ports.clock.monotonic()
    plan = prepared.plan
    with ports.home.hold():
        record = await asyncio.to_thread(ports.home.record)  # anew: another installation may have ended meanwhile
        if record is not None and record.recipe != plan.recipe:
            if record.done:
                yield Replaced(record.recipe)
            await asyncio.to_thread(ports.home.clear)
            record = None
        if record is None:
            record = EngineRecord(recipe=plan.recipe, build=plan.build)
            ports.home.keep(record)
        for number, step in enumerate(plan.steps, 1):
            skipped = step.id in record.done
            yield StepBegan(step, number, len(plan.steps), skipped)
            if skipped:
                continue
            since = ports.clock.monotonic()
            version = record.version
            async with aclosing(_do(ports.host, step)) as events:
                async for event in events:
                    if isinstance(event, Said) and event.text.startswith(VERSION_MARK):
                        version = event.text.removeprefix(VERSION_MARK).strip()
                    yield event
            record = replace(record, done=(*record.done, step.id), version=version)
            ports.home.keep(record)
            yield StepDone(step, ports.clock.monotonic() - since)
    used = await asyncio.to_thread(ports.home.used_bytes)
    yield Installed(record.version or "", ports.clock.monotonic() - began, used)


async def engine_status(ports: EnginePorts) -> EngineStatus:
    """What there is.

    Raises:
        FaultError: (engine-install) the folder holds other things.
    """
    record = await asyncio.to_thread(ports.home.record)
    used = 0 if record is None else await asyncio.to_thread(ports.home.used_bytes)
    return EngineStatus(folder=ports.folder, record=record, used_bytes=used)


async def remove_engine(ports: EnginePorts) -> None:
    """Remove it.

    Raises:
        FaultError: (engine-install) it cannot be removed, is not ours, or is just being installed.
    """
    with ports.home.hold():
        await asyncio.to_thread(ports.home.clear)


async def _do(host: EngineHost, step: EngineStep) -> AsyncGenerator[Said | Downloaded, None]:
    """Try the ways of a step until one ends well."""
    fault: Fault | None = None
    for argv in step.ways:
        heard: deque[str] = deque(maxlen=KEPT_LINES)
        code = 0
        name = ""
        async with aclosing(host.run(argv)) as output:
            async for event in output:
                if not isinstance(event, Line):
                    code = event.code
                elif (bytes_ := progress(event.text)) is not None:
                    yield Downloaded(name, *bytes_)
                else:
                    name = file_named(event.text) or name
                    heard.append(event.text)
                    yield Said(event.text)
        if code == 0:
            return
        fault = trouble(step.title, tuple(heard), code)
    assert fault is not None, "a step has at least one way"
    raise FaultError(fault)
