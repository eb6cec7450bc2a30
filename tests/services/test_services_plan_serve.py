from dataclasses import replace

import pytest

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.server.command import OFFLINE, VllmSource
from dsr1_tui.domain.server.diagnosis import FlagChange
from dsr1_tui.domain.server.model import ModelPlace, ModelState, known_facts
from dsr1_tui.domain.server.profile import DEFAULT_MODEL, ServerProfile
from dsr1_tui.services.plan_serve import Wish, settle_start
from support.fake_plan import AWQ, CPU_ENGINE, NOWHERE, FakePlan, gpus

LAB = Config(servers={"lab": ServerProfile(model=AWQ, port=9000, max_model_len=8192)}, server="lab")


def test_flags_stand_over_the_profile_and_that_over_the_defaults() -> None:
    settled = settle_start(FakePlan().ports(), LAB, Wish(flags=ServerProfile(port=9001)))
    assert (settled.name, settled.plan.profile, settled.plan.port) == ("lab", "lab", 9001)
    assert settled.profile.max_model_len == 8192
    assert settled.profile.reasoning_parser == "deepseek_r1"
    assert settled.said == ServerProfile(model=AWQ, port=9001, max_model_len=8192), "without the defaults"
    assert settled.fault is None


def test_a_diagnosiss_changes_stand_over_all() -> None:
    changes = (FlagChange(flag="--max-model-len", value="768"), FlagChange(flag="--port", value="8001"))
    flags = ServerProfile(port=9001, max_model_len=4096)
    settled = settle_start(FakePlan().ports(), LAB, Wish(flags=flags, name="lab", changes=changes))
    assert (settled.plan.port, settled.profile.max_model_len) == (8001, 768)
    assert "--max-model-len 768" in " ".join(settled.plan.command)


def test_the_default_length_is_not_beyond_the_model() -> None:
    facts = known_facts(DEFAULT_MODEL)
    assert facts is not None
    short = ModelState(model="a/b", place=ModelPlace.ABSENT, facts=replace(facts, max_model_len=16_384))
    plan = FakePlan(models={"a/b": short})
    asked = Wish(flags=ServerProfile(model="a/b"))
    assert settle_start(plan.ports(), Config(), asked).profile.max_model_len == 16_384
    more = Wish(flags=ServerProfile(model="a/b", max_model_len=20_000))
    fault = settle_start(plan.ports(), Config(), more).fault
    assert fault is not None
    assert "16384" in fault.hint


def test_the_configured_command_comes_first() -> None:
    config = Config(vllm_command=("/opt/python3.12",))
    settled = settle_start(FakePlan().ports(), config, Wish())
    assert settled.vllm.source is VllmSource.CONFIGURED
    assert settled.plan.command[:4] == ("/opt/python3.12", "-m", "vllm.entrypoints.cli.main", "serve")


def test_a_key_is_taken_made_or_not_needed() -> None:
    plan = FakePlan(environ={"LAB_KEY": "sk-lab"})
    assert settle_start(plan.ports(), Config(), Wish()).plan.api_key is None
    named = settle_start(plan.ports(), Config(), Wish(flags=ServerProfile(api_key_env="LAB_KEY")))
    assert (named.plan.api_key, named.plan.key_file, named.key_from) == ("sk-lab", None, "from $LAB_KEY")
    open_ = Wish(flags=ServerProfile(host="0.0.0.0", expose=True))
    made = settle_start(plan.ports(), Config(), open_)
    assert (made.plan.api_key, plan.made) == ("sk-made", ["server"])
    assert str(made.plan.key_file) in made.key_from
    inherited = FakePlan(environ={"VLLM_API_KEY": "sk-env"})
    assert settle_start(inherited.ports(), Config(), open_).plan.api_key == "sk-env", "vLLM would take it anyway"
    assert inherited.made == []


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(name="lub"), "There is no server profile “lub”. Did you mean lab? Known: lab."),
        (Wish(flags=ServerProfile(model="/lost/x")), "does not exist"),
        (Wish(flags=ServerProfile(api_key_env="NONE_SET")), "holds no key"),
        (Wish(flags=ServerProfile(host="0.0.0.0")), "lets other machines reach"),
    ],
)
def test_what_cannot_be_settled_is_told(wish: Wish, words: str) -> None:
    with pytest.raises(FaultError) as caught:
        settle_start(FakePlan().ports(), LAB, wish)
    assert caught.value.fault.code is FaultCode.USAGE
    assert words in caught.value.fault.line


def test_where_there_is_no_vllm_that_is_the_fault() -> None:
    fault = settle_start(FakePlan(vllm=NOWHERE).ports(), Config(), Wish()).fault
    assert fault is not None
    assert fault.code is FaultCode.SERVER_START
    assert "engine install" in fault.hint


def test_offline_is_for_what_is_here() -> None:
    plan = FakePlan(machine=gpus(0), vllm=CPU_ENGINE)
    here = settle_start(plan.ports(), Config(), Wish(flags=ServerProfile(model=AWQ, offline=True)))
    assert OFFLINE.items() <= dict(here.plan.environment).items()
    assert here.fault is None
    away = settle_start(plan.ports(), Config(), Wish(flags=ServerProfile(offline=True)))
    assert away.fault is not None
    assert "not on this machine" in away.fault.message
