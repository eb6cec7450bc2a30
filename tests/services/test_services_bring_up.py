from contextlib import aclosing

import pytest

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.ports import PortOwner
from dsr1_tui.services.bring_up import Doing, Ready, bring_up
from support.fake_kit import World
from support.fake_plan import NOWHERE
from support.fake_server_host import NEVER, ServerScript


async def brought_up(world: World, model: str = "a/b") -> list[Doing | Ready]:
    bringing = bring_up(world.find_engine(), world.servers.ports(), world.plan.ports(), Config(), model)
    async with aclosing(bringing) as events:
        return [event async for event in events]


async def test_it_says_how_far_it_is_and_how_long_it_takes() -> None:
    world = World()
    world.servers.times["a/b"] = [40.0]
    *doing, last = await brought_up(world)
    assert isinstance(last, Ready)
    assert last.target.base_url == "http://127.0.0.1:8000/v1"
    assert Doing("starting vLLM on a/b · starting · 0 of ≈40 s", "a server starts") in doing


async def test_a_taken_port_is_passed_by() -> None:
    world = World()
    world.servers.strangers = {8000: PortOwner(7, "nginx")}
    last = (await brought_up(world))[-1]
    assert isinstance(last, Ready)
    assert last.target.base_url == "http://127.0.0.1:8001/v1"
    assert world.servers.launched[0].port == 8001


async def test_a_failed_start_is_told_with_cause_and_remedy() -> None:
    world = World()
    words = "vllm serve: error: unrecognized arguments: --nonsense\n"
    world.servers.scripts.append(ServerScript(log=((0.0, words),), ready_s=NEVER, ends_s=1.0, exit_code=2))
    with pytest.raises(FaultError) as caught:
        await brought_up(world)
    assert caught.value.fault.code is FaultCode.SERVER_START
    assert "--nonsense" in caught.value.fault.line
    assert caught.value.fault.hint


async def test_a_folder_that_is_not_there_is_told_before_anything_is_started() -> None:
    world = World()
    with pytest.raises(FaultError, match="does not exist"):
        await brought_up(world, "/lost/model")
    assert world.servers.launched == []


async def test_that_there_is_no_vllm_is_told_at_once() -> None:
    world = World()
    world.plan.vllm = NOWHERE
    with pytest.raises(FaultError, match="vLLM is not installed"):
        await brought_up(world)
    assert world.servers.launched == []
