"""The examination as a whole: every check once, none that hangs or breaks holds the others up."""

import asyncio
import threading
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.domain import doctor
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.doctor import KINDS, Check, CheckId, Kind, State, Topic
from dsr1_tui.domain.doctor_facts import EngineProcesses, TerminalFacts
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import PortOwner
from dsr1_tui.services.doctor import examine
from dsr1_tui.services.doctor_ports import DoctorWish
from support.fake_config import FakeConfigFile
from support.fake_doctor import FakeDoctor, FakeProbe, broken_config

NAMED = DoctorWish(target=Target(base_url="http://127.0.0.1:8000/v1"))
ENDPOINT = {known for known, kind in KINDS.items() if kind.topic is Topic.ENDPOINT}


async def examined(world: FakeDoctor, wish: DoctorWish = NAMED) -> dict[CheckId, Check]:
    found: dict[CheckId, Check] = {}
    async with aclosing(examine(world.ports(), wish)) as checks:
        async for check in checks:
            assert check.id not in found, "told twice"
            found[check.id] = check
    assert set(found) == set(CheckId), "every check is told"
    return found


async def test_all_is_well_on_a_good_machine() -> None:
    world = FakeDoctor()
    found = await examined(world)
    not_ok = {known: check for known, check in found.items() if check.state is not State.OK}
    assert set(not_ok) == {CheckId.MODEL, CheckId.QUANTIZATION}, "the default model is not downloaded yet"
    assert {check.state for check in not_ok.values()} == {State.SKIPPED}
    assert world.probe.closed
    assert world.probe.most_at_once == 1, "no trial slows another"
    assert world.asked == [False], "the terminal is not asked unless that is wished"


async def test_without_a_server_its_checks_are_skipped_and_say_what_would_make_them_run() -> None:
    found = await examined(FakeDoctor(), DoctorWish())
    assert {known for known in ENDPOINT if found[known].state is State.SKIPPED} == ENDPOINT
    assert all("dsr1-chat serve" in found[known].remedy for known in ENDPOINT)


async def test_a_server_of_ours_that_runs_is_looked_at_with_its_key() -> None:
    world = FakeDoctor()
    key = Path("/state/keys/p.key")
    world.servers.keys[key] = "sk-own"
    plan = ServerPlan(profile="p", model="m", served_name="tiny-r1", host="127.0.0.1", port=8123, command=("vllm",))
    world.servers.launch(replace(plan, key_file=key), keep=True)
    found = await examined(world, DoctorWish())
    assert found[CheckId.ENDPOINT].state is State.OK
    assert [(target.base_url, target.api_key) for target in world.targets] == [("http://127.0.0.1:8123/v1", "sk-own")]


async def test_an_endpoint_that_was_named_and_is_not_there_fails_and_its_other_checks_are_skipped() -> None:
    world = FakeDoctor(probe=FakeProbe(fault=Fault(FaultCode.UNREACHABLE, "Nothing answers.", "Start it.")))
    found = await examined(world)
    assert (found[CheckId.ENDPOINT].state, found[CheckId.ENDPOINT].remedy) == (State.FAIL, "Start it.")
    assert {found[known].state for known in ENDPOINT - {CheckId.ENDPOINT}} == {State.SKIPPED}


async def test_a_tunnel_that_did_not_open_is_the_endpoints_fault() -> None:
    fault = Fault(FaultCode.SSH, "No permission on box.", "Check the key.")
    found = await examined(FakeDoctor(), DoctorWish(fault=fault))
    assert (found[CheckId.ENDPOINT].state, found[CheckId.ENDPOINT].found) == (State.FAIL, "No permission on box.")


async def test_a_broken_config_is_told_and_the_others_go_by_the_defaults() -> None:
    found = await examined(FakeDoctor(config_file=broken_config()))
    assert (found[CheckId.CONFIG].state, found[CheckId.CONFIG].remedy) == (State.FAIL, "Correct it.")
    assert found[CheckId.PORT].state is State.OK


async def test_a_profile_decides_model_port_and_memory() -> None:
    servers = {"big": ServerProfile(model="/lost/model", port=8111), "other": ServerProfile(port=8112)}
    world = FakeDoctor(config_file=FakeConfigFile(Config(servers=servers)))
    world.servers.strangers = {8112: PortOwner(9, "nginx")}
    lost = await examined(world, replace(NAMED, profile="big"))
    assert lost[CheckId.MODEL].state is State.FAIL
    assert lost[CheckId.FIT].state is lost[CheckId.QUANTIZATION].state is State.SKIPPED
    taken = await examined(world, replace(NAMED, profile="other"))
    assert "8112 is taken by nginx (pid 9)" in taken[CheckId.PORT].found
    unknown = await examined(world, replace(NAMED, profile="none"))
    assert "no server profile" in unknown[CheckId.MODEL].found


async def test_awq_asked_of_a_plain_model_is_caught() -> None:
    servers = {"awq": ServerProfile(quantization="awq")}
    found = await examined(
        FakeDoctor(config_file=FakeConfigFile(Config(servers=servers))), replace(NAMED, profile="awq")
    )
    assert found[CheckId.QUANTIZATION].state is State.FAIL
    assert "without --quantization" in found[CheckId.QUANTIZATION].remedy


async def test_the_named_endpoint_at_the_port_is_no_stranger() -> None:
    world = FakeDoctor()
    world.servers.strangers = {8000: PortOwner(9, "python3")}
    assert (await examined(world))[CheckId.PORT].state is State.OK
    other = DoctorWish(target=Target(base_url="http://box:8000/v1"))
    assert (await examined(world, other))[CheckId.PORT].state is State.WARN
    world.found = EngineProcesses(ours={9: "tiny-1"})
    assert "tiny-1" in (await examined(world, other))[CheckId.PORT].found


def short(monkeypatch: pytest.MonkeyPatch, *known: CheckId) -> None:
    kinds = {name: replace(kind, limit_s=0.05) if name in known else kind for name, kind in KINDS.items()}
    monkeypatch.setattr(doctor, "KINDS", kinds)
    monkeypatch.setattr("dsr1_tui.services.doctor.KINDS", kinds)
    assert isinstance(kinds[known[0]], Kind)


async def test_a_driver_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    short(monkeypatch, CheckId.GPU, CheckId.DRIVER, CheckId.ENGINE)
    stuck = threading.Event()

    def hang() -> None:
        stuck.wait(60)

    found = await examined(FakeDoctor(look=hang))
    assert {known for known, check in found.items() if "did not end within" in check.found} == {
        CheckId.GPU,
        CheckId.DRIVER,
        CheckId.ENGINE,
    }
    stuck.set()


async def test_a_check_that_breaks_is_told_and_the_others_go_on() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    found = await examined(FakeDoctor(look=broken))
    assert found[CheckId.GPU].state is State.FAIL
    assert "ZeroDivisionError" in found[CheckId.GPU].found
    assert found[CheckId.PORT].state is State.OK


async def test_a_store_that_cannot_be_read_is_its_own_check() -> None:
    fault = Fault(FaultCode.STORE_NEWER, "Written by a newer dsr1-chat.", "Update dsr1-chat.")
    found = await examined(FakeDoctor(store=fault))
    assert (found[CheckId.STORE].state, found[CheckId.STORE].remedy) == (State.FAIL, "Update dsr1-chat.")


async def test_closing_it_ends_what_runs_and_closes_the_connections() -> None:
    world = FakeDoctor(probe=FakeProbe(hangs=True))
    checks = examine(world.ports(), NAMED)
    async for check in checks:
        if check.id is CheckId.ENDPOINT:
            break
    await checks.aclose()
    assert world.probe.closed
    assert len(asyncio.all_tasks()) == 1, "nothing of it is left"


async def test_in_a_pipe_the_terminal_is_skipped() -> None:
    found = await examined(FakeDoctor(terminal=TerminalFacts(on_terminal=False)))
    assert found[CheckId.TERMINAL].state is State.SKIPPED
