"""What any `ServePorts` must do: one suite, run against real processes and against the fake."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import pytest

from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.services.serve import ServePorts

PATIENCE_S = 20.0


class HostStage(Protocol):
    """Gives servers of one kind."""

    def ports(self) -> ServePorts:
        """Those of one run of the program; each call is another run's."""
        ...

    def plan(self, part: str, *, port: int | None = None, profile: str = "r1") -> ServerPlan:
        """A server that plays a part of the stand-in: `serves`, `stubborn`, `fails`."""
        ...


async def until(ports: ServePorts, wanted: Callable[[], object]) -> None:
    """Wait, as the ports do, until something comes true."""
    async with asyncio.timeout(PATIENCE_S):
        while not wanted():
            await ports.sleep(0.02)


async def until_it_answers(ports: ServePorts, record: ServerRecord) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await ports.door.answers(record):
            await ports.sleep(0.02)


class HostContract:
    """Inherit it as `Test…` and give it a `stage` fixture."""

    async def test_started_answering_and_ended(self, stage: HostStage) -> None:
        ports = stage.ports()
        plan = stage.plan("serves")
        record = ports.host.launch(plan, keep=False)
        assert (record.port, record.profile, record.kept, record.exit_code) == (plan.port, "r1", False, None)
        assert record.server is not None
        assert ports.host.running() == (record,)
        assert ports.own.held() == (record,)
        await until_it_answers(ports, record)
        owner = ports.door.owner(plan.port)
        assert owner is not None
        assert owner.pid == record.server.pid
        assert ports.door.free_port(plan.port) != plan.port
        assert ports.logs.came_up(record, 3.0).ready_s == 3.0
        await until(ports, lambda: ports.host.look(record).record.ready_s == 3.0)
        assert ports.host.end(record, kill=False)
        await until(ports, lambda: not ports.host.look(record).runs)
        assert ports.host.look(record).record.exit_code == -15
        assert not ports.host.end(record, kill=False)
        assert not await ports.door.answers(record)
        assert ports.host.running() == ()
        assert [known.id for known in ports.logs.recent()] == [record.id]

    async def test_one_that_does_not_heed_is_killed(self, stage: HostStage) -> None:
        ports = stage.ports()
        record = ports.host.launch(stage.plan("stubborn"), keep=False)
        await until(ports, lambda: "core" in ports.logs.read(record, 0).text)
        assert ports.host.end(record, kill=False)
        assert ports.host.end(record, kill=False)
        assert ports.host.look(record).runs
        assert ports.host.end(record, kill=True)
        await until(ports, lambda: not ports.host.look(record).runs)
        assert ports.host.look(record).record.exit_code == -9

    async def test_a_failed_start_leaves_its_code_and_its_log(self, stage: HostStage) -> None:
        ports = stage.ports()
        record = ports.host.launch(stage.plan("fails"), keep=False)
        await until(ports, lambda: not ports.host.look(record).runs)
        assert ports.host.look(record).record.exit_code == 1
        part = ports.logs.read(record, 0)
        assert "the model does not fit" in part.text
        assert part.offset == len(part.text.encode())
        assert ports.logs.read(record, part.offset) == type(part)("", part.offset)
        assert ports.logs.read(record, 5).text == part.text[5:]

    async def test_a_port_is_given_to_one(self, stage: HostStage) -> None:
        ports = stage.ports()
        record = ports.host.launch(stage.plan("serves"), keep=False)
        await until_it_answers(ports, record)
        with pytest.raises(FaultError, match=f"Port {record.port} is taken") as caught:
            ports.host.launch(stage.plan("serves", port=record.port), keep=False)
        assert caught.value.fault.code is FaultCode.SERVER_START
        assert ports.host.running() == (record,)

    async def test_two_are_told_apart_newest_first(self, stage: HostStage) -> None:
        ports = stage.ports()
        one = ports.host.launch(stage.plan("serves"), keep=False)
        two = ports.host.launch(stage.plan("serves", profile="two"), keep=False)
        assert ports.host.running() == (two, one)
        ports.host.end(two, kill=True)
        await until(ports, lambda: not ports.host.look(two).runs)
        assert ports.host.running() == (one,)
        assert [known.id for known in ports.logs.recent()] == [two.id, one.id]

    async def test_one_is_kept(self, stage: HostStage) -> None:
        ports = stage.ports()
        record = ports.host.launch(stage.plan("serves"), keep=False)
        kept = ports.host.keep(record)
        assert kept.kept
        assert ports.host.running() == (kept,)
        assert ports.own.held() == ()
        ports.host.end(kept, kill=True)
        await until(ports, lambda: not ports.host.look(kept).runs)
        with pytest.raises(FaultError, match="runs no more"):
            ports.host.keep(kept)

    async def test_what_starts_took_is_remembered(self, stage: HostStage) -> None:
        ports = stage.ports()
        assert ports.logs.expected_s("r1") is None
        record = ports.host.launch(stage.plan("serves"), keep=False)
        for took in (40.0, 50.0, 90.0):
            ports.logs.came_up(record, took)
        assert ports.logs.expected_s("r1") == 50.0
        assert ports.logs.expected_s("two") is None
