"""Bringing a server up: installed where it is missing, told what is in the way, started."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.discovery import FoundServer, Speech
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.server.command import FoundVllm, VllmSource
from dsr1_tui.domain.server.diagnosis import FlagChange, StartCode
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import PortOwner
from dsr1_tui.services.at_port import PortTaken
from dsr1_tui.services.bring_up import BringEvent, BringPorts, Decided, Doing, bring_up
from dsr1_tui.services.neighbours import neighbours, server_at, use_neighbour, wish_again
from dsr1_tui.services.plan_serve import Wish
from dsr1_tui.services.serving import Answers, Launched, StartFailed
from support.fake_kit import World
from support.fake_plan import NOWHERE
from support.fake_server_host import NEVER, ServerScript
from support.serve_samples import RECORD


def ports(world: World) -> BringPorts:
    return BringPorts(
        engine=world.find_engine(), servers=world.servers.ports(), planner=world.plan.ports(), probe=world.probe
    )


async def brought_up(world: World, **flags: str | int) -> Sequence[BringEvent]:
    profile = ServerProfile(model="a/b").having("port", flags.get("port"))
    profile = profile.having("model", flags.get("model", "a/b"))
    async with aclosing(bring_up(ports(world), Config(), Wish(flags=profile))) as events:
        return [event async for event in events]


async def test_it_is_installed_then_decided_then_started() -> None:
    world = World()
    world.servers.times["a/b"] = [40.0]
    events = await brought_up(world)
    kinds = [type(event) for event in events]
    assert kinds.index(Doing) < kinds.index(Decided) < kinds.index(Launched)
    last = events[-1]
    assert isinstance(last, Answers)
    assert last.target.base_url == "http://127.0.0.1:8000/v1"
    assert next(event for event in events if isinstance(event, Launched)).expected_s == 40.0


async def test_a_vllm_that_is_elsewhere_is_not_installed_again() -> None:
    world = World()
    world.plan.vllm = FoundVllm(source=VllmSource.PATH, command=("vllm",), cpu=True)
    assert not any(isinstance(event, Doing) for event in await brought_up(world))


async def test_a_taken_port_is_told_with_the_next_one_that_is_free() -> None:
    world = World()
    world.servers.strangers = {8000: PortOwner(7, "nginx"), 8001: PortOwner(8, "other")}
    last = (await brought_up(world))[-1]
    assert isinstance(last, PortTaken)
    assert last.diagnosis.code is StartCode.PORT_IN_USE
    assert last.diagnosis.flags == (FlagChange(flag="--port", value="8002"),)
    assert "nginx (process 7)" in last.diagnosis.cause
    assert last.neighbour is None
    assert world.servers.launched == []


async def test_who_can_be_used_at_a_taken_port_is_told() -> None:
    world = World()
    world.servers.strangers = {8123: PortOwner(7, "vllm")}
    world.probe.found[8123] = FoundServer(Speech.API, ("tiny-r1",))
    last = (await brought_up(world, port=8123))[-1]
    assert isinstance(last, PortTaken)
    assert last.neighbour is not None
    adopted = await use_neighbour(world.servers.ports(), world.probe, last.neighbour)
    assert adopted.target == Target(base_url="http://127.0.0.1:8123/v1", model="tiny-r1")
    assert adopted.record is None
    assert world.servers.launched == []


async def test_a_server_of_ours_at_the_port_is_named_and_found_again() -> None:
    world = World()
    world.servers.adopt(RECORD)
    last = (await brought_up(world))[-1]
    assert isinstance(last, PortTaken)
    assert "a server of yours" in last.diagnosis.cause
    assert last.neighbour is not None
    assert last.neighbour.record == RECORD
    servers = world.servers.ports()
    assert await server_at(servers, Target(base_url="http://localhost:8000/v1")) == RECORD
    assert await server_at(servers, Target(base_url="http://localhost:8001/v1")) is None
    assert await server_at(servers, Target(base_url="http://box:8000/v1")) is None
    assert [one.record for one in await neighbours(servers, world.probe)] == [RECORD]
    again = wish_again(RECORD, (FlagChange(flag="--max-model-len", value="768"),))
    assert (again.flags.model, again.flags.port, again.flags.served_model_name) == (RECORD.model, 8000, None)
    flagged = wish_again(replace(RECORD, flags="--max-model-len 8192 --gpus 0,1 --quantization awq --max-num-seqs 8"))
    kept = flagged.flags
    assert (kept.max_model_len, kept.gpus, kept.quantization, kept.port) == (8192, ("0", "1"), "awq", 8000)
    assert kept.extra == ("--max-num-seqs", "8")
    assert wish_again(replace(RECORD, flags="'")).flags.model == RECORD.model, "what cannot be read is left out"


async def test_a_stranger_that_wants_a_key_or_speaks_otherwise_is_no_neighbour() -> None:
    world = World()
    for speech in (Speech.LOCKED, Speech.OTHER, Speech.SILENT):
        world.probe.found[8000] = FoundServer(speech)
        assert await neighbours(world.servers.ports(), world.probe) == ()


async def test_a_failed_start_is_told_with_cause_and_remedy() -> None:
    world = World()
    words = "vllm serve: error: unrecognized arguments: --nonsense\n"
    world.servers.scripts.append(ServerScript(log=((0.0, words),), ready_s=NEVER, ends_s=1.0, exit_code=2))
    last = (await brought_up(world))[-1]
    assert isinstance(last, StartFailed)
    assert last.diagnosis.code is StartCode.BAD_FLAG


async def test_a_failed_start_offers_a_port_that_is_free_here() -> None:
    world = World()
    words = "ERROR: [Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use\n"
    world.servers.scripts.append(ServerScript(log=((0.0, words),), ready_s=NEVER, ends_s=1.0, exit_code=1))
    events = []
    async with aclosing(bring_up(ports(world), Config(), Wish(flags=ServerProfile(model="a/b")))) as going:
        async for event in going:
            events.append(event)
            if isinstance(event, Launched):  # somebody was quicker than vLLM
                world.servers.strangers = {8000: PortOwner(7, "nginx"), 8001: PortOwner(8, "other")}
    last = events[-1]
    assert isinstance(last, StartFailed)
    assert last.diagnosis.code is StartCode.PORT_IN_USE
    assert last.diagnosis.flags == (FlagChange(flag="--port", value="8002"),)


async def test_a_folder_that_is_not_there_is_told_before_anything_is_started() -> None:
    world = World()
    with pytest.raises(FaultError, match="does not exist"):
        await brought_up(world, model="/lost/model")
    assert world.servers.launched == []


async def test_that_there_is_no_vllm_even_after_the_installation_is_told() -> None:
    world = World()
    world.plan.vllm = NOWHERE
    with pytest.raises(FaultError, match="vLLM is not installed") as caught:
        await brought_up(world)
    assert caught.value.fault.code is FaultCode.SERVER_START
    assert world.servers.launched == []
