from dataclasses import replace

import pytest

from dsr1_tui.domain.bench.plan import differences
from dsr1_tui.domain.bench.sweep import Sweep
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SERVER, Sampling, SamplingLayer
from dsr1_tui.domain.steering import ForcedThinking, LoopPolicy, Steering
from dsr1_tui.services.bench_plan import take_up_plan
from support.bench_world import BenchWorld, wish_for
from support.fake_endpoint import FakeEndpoint
from support.vote_world import PLAIN_MODEL


async def test_settings_are_those_that_ask_would_send() -> None:
    config = Config(sampling=SamplingLayer(top_p=0.9, max_tokens=100))
    plan = (await BenchWorld().sitting(wish_for(sampling=SamplingLayer(max_tokens=200)), config)).plan
    assert plan.settings == (Sampling(temperature=0.6, top_p=0.9, max_tokens=200, seed=0),)
    assert (plan.model, plan.rules, plan.endpoint) == ("tiny-r1", Rules.R1, "127.0.0.1:8000")
    assert plan.address == "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize(("layer", "seed"), [(SamplingLayer(), 0), (SamplingLayer(seed=42), 42)])
async def test_the_first_seed(layer: SamplingLayer, seed: int) -> None:
    assert (await BenchWorld().sitting(wish_for(sampling=layer))).plan.settings[0].seed == seed


async def test_no_seed_where_that_is_said() -> None:
    assert (await BenchWorld().sitting(wish_for(sampling=SamplingLayer(seed=SERVER)))).plan.settings[0].seed is None


@pytest.mark.parametrize(
    ("answers", "steering", "directive"),
    [
        (("4", "6"), Steering(), True),
        ((None, "6"), Steering(), True),
        ((None, None), Steering(), None),
        (("4", "6"), Steering(directive=False), False),
        (("4", "6"), Steering(preset="code"), None),
        (("4", "6"), Steering(preset="auto"), True),
    ],
)
async def test_a_box_is_asked_for_where_an_answer_is_known(
    answers: tuple[str | None, ...], steering: Steering, directive: bool | None
) -> None:
    plan = (await BenchWorld().sitting(wish_for(answers, steering=steering))).plan
    assert plan.steering.directive is directive


@pytest.mark.parametrize(
    ("policy", "held"),
    [(None, LoopPolicy.STOP), (LoopPolicy.RETRY, LoopPolicy.STOP), (LoopPolicy.TELL, LoopPolicy.TELL)],
)
async def test_loops_are_ended_or_told(policy: LoopPolicy | None, held: LoopPolicy) -> None:
    plan = (await BenchWorld().sitting(wish_for(steering=Steering(loop_policy=policy)))).plan
    assert plan.steering.loop_policy is held


async def test_a_budget_must_leave_room_in_every_setting() -> None:
    wish = wish_for(steering=Steering(budget_tokens=300), sweeps=(Sweep("max_tokens", (1000, 300)),))
    with pytest.raises(FaultError, match="takes all of max_tokens 300"):
        await BenchWorld().sitting(wish)


async def test_forced_thinking_is_a_rule_of_r1() -> None:
    world = BenchWorld()
    world.endpoint.listed = (PLAIN_MODEL,)
    with pytest.raises(FaultError, match="--think prefill"):
        await world.sitting(wish_for(steering=Steering(thinking=ForcedThinking.PREFILL)))


async def test_a_kept_plan_is_taken_up_as_it_was() -> None:
    world = BenchWorld()
    sitting = await world.sitting()
    again = await take_up_plan(world.endpoint, sitting.plan, Config())
    assert again == sitting
    assert differences(again.plan, (await world.sitting()).plan) == ()


async def test_another_model_or_other_words_are_another_run() -> None:
    world = BenchWorld()
    plan = (await world.sitting()).plan
    with pytest.raises(FaultError, match="begun with the model"):
        await take_up_plan(FakeEndpoint(models=(PLAIN_MODEL,)), plan, Config())
    changed = replace(plan, steering=replace(plan.steering, instructions="Be brief."))
    with pytest.raises(FaultError, match="in other words"):
        await take_up_plan(world.endpoint, changed, Config())


async def test_a_set_limited_keeps_the_digest_of_the_whole() -> None:
    wish = wish_for(("1", "2", "3"), limit=2, tags=(frozenset({"sum"}),))
    plan = (await BenchWorld().sitting(wish)).plan
    assert [one.id for one in plan.questions.questions] == ["q1", "q2"]
    assert (plan.set_size, plan.set_digest) == (3, wish.questions.digest)
