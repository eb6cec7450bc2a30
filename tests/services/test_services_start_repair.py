from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultCode
from dsr1_tui.domain.server.diagnosis import Diagnosis, FlagChange, StartCode
from dsr1_tui.domain.server.hub import HUB
from dsr1_tui.domain.server.model import ModelPlace, ModelState
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.ports import PortOwner
from dsr1_tui.services.plan_serve import Wish, settle_start
from dsr1_tui.services.server_status import servers_now
from dsr1_tui.services.start_repair import repaired
from support.fake_plan import FakePlan
from support.fake_server_host import FakeServers, ServerScript
from support.server_stage import standin_plan

WHOLE = ModelState(model="a/whole", place=ModelPlace.CACHE, folder=Path("/hub/whole"))
MIRROR = "http://mirror.invalid"


class Hubs:
    """Hubs of which some are out of reach; what was looked at is kept."""

    def __init__(self, *dead: str) -> None:
        self.dead, self.asked = dead, list[str]()

    def __call__(self, endpoint: str) -> str:
        self.asked.append(endpoint)
        return f"{endpoint}: Connection refused." if endpoint in self.dead else ""


def said(code: StartCode) -> Diagnosis:
    return Diagnosis(code=code, cause="It failed.", remedy="As the log says.", flags=())


async def mended(
    code: StartCode, *, servers: FakeServers | None = None, hubs: Hubs | None = None, **asked: str | bool
) -> Diagnosis:
    plan = FakePlan(models={WHOLE.model: WHOLE})
    ports = replace(plan.ports(), hub=hubs)
    profile = ServerProfile(model="a/b")
    for name, value in asked.items():
        profile = profile.having(name, value)
    settled = settle_start(ports, Config(), Wish(flags=profile), dry=True)
    return await repaired((servers or FakeServers()).ports(), ports, settled, said(code))


async def test_the_port_that_is_offered_is_free() -> None:
    servers = FakeServers(strangers={8000: PortOwner(7, "nginx"), 8001: PortOwner(8, "ollama")})
    servers.launch(standin_plan("serves", port=8002), keep=True)
    assert (await mended(StartCode.PORT_IN_USE, servers=servers)).flags == (FlagChange(flag="--port", value="8003"),)
    again = await mended(StartCode.PORT_IN_USE)
    assert (again.flags, again.remedy) == ((), "The port is free again: start it once more.")


async def test_other_causes_stay_as_they_are() -> None:
    assert await mended(StartCode.BAD_FLAG, hubs=Hubs(HUB)) == said(StartCode.BAD_FLAG)


async def test_a_hub_out_of_reach_is_told_with_what_helps() -> None:
    dead = await mended(StartCode.HUB_OFFLINE, hubs=Hubs(HUB))
    assert dead.cause == f"It failed. {HUB}: Connection refused."
    assert "--hf-endpoint URL" in dead.remedy
    whole = await mended(StartCode.HUB_OFFLINE, hubs=Hubs(HUB), model=WHOLE.model)
    assert whole.flags == (FlagChange(flag="--offline", value=""),)
    other = await mended(StartCode.HUB_OFFLINE, hubs=Hubs(MIRROR), hf_endpoint=MIRROR)
    assert other.flags == (FlagChange(flag="--hf-endpoint", value=HUB),)
    assert await mended(StartCode.HUB_OFFLINE, hubs=Hubs()) == said(StartCode.HUB_OFFLINE), "it is something else"


async def test_offline_is_told_to_be_left_away_and_the_hub_is_not_asked() -> None:
    hubs = Hubs(HUB)
    off = await mended(StartCode.HUB_OFFLINE, hubs=hubs, offline=True)
    assert off.flags == (FlagChange(flag="--offline", value=None),)
    assert hubs.asked == []


@pytest.mark.parametrize(
    ("model", "asked", "environ", "looked"),
    [
        ("a/b", {}, {}, [HUB]),
        ("a/b", {}, {"HF_ENDPOINT": MIRROR}, [MIRROR, HUB]),
        ("a/b", {}, {"HF_HUB_OFFLINE": "1"}, []),
        ("a/b", {"offline": True}, {}, []),
        (WHOLE.model, {}, {}, []),
    ],
)
def test_the_hub_is_looked_at_before_a_start_that_needs_it(
    model: str, asked: dict[str, bool], environ: dict[str, str], looked: list[str]
) -> None:
    hubs = Hubs(HUB, MIRROR)
    plan = FakePlan(models={WHOLE.model: WHOLE}, environ=environ)
    wish = Wish(flags=ServerProfile(model=model, offline=asked.get("offline")))
    settled = settle_start(replace(plan.ports(), hub=hubs), Config(), wish)
    assert hubs.asked == looked
    codes = [concern.code for concern in settled.concerns if concern.flags == () and "reach" in concern.message]
    assert codes == [StartCode.HUB_OFFLINE] * bool(looked)
    if looked:
        assert settled.fault is not None
        assert settled.fault.code is FaultCode.UNREACHABLE
    hubs.asked.clear()
    settle_start(replace(plan.ports(), hub=hubs), Config(), wish, dry=True)
    assert hubs.asked == [], "a dry run needs no hub"


async def test_servers_as_they_are_now() -> None:
    servers = FakeServers(scripts=[ServerScript(ready_s=5.0), ServerScript(ready_s=0.0)])
    late = servers.launch(standin_plan("serves", port=8000), keep=True)
    up = servers.came_up(servers.launch(standin_plan("serves", port=8001), keep=False), 1.0)
    servers.clock.advance(3)
    ports = replace(servers.ports(), memory=lambda record: 7 if record.port == 8001 else None)
    first, second = await servers_now(ports)
    assert (first.record, first.state, first.up_s, first.memory_bytes) == (up, "ready", 3.0, 7)
    assert (second.record, second.state, second.memory_bytes) == (late, "starting", None)
    servers.clock.advance(3)
    assert [now.state for now in await servers_now(ports)] == ["ready", "ready"], "nobody wrote down that it is"
