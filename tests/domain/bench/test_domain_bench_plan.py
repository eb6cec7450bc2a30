from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.bench.plan import SampleKey, checked, choose, differences, prompts_digest, single
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.sampling import Sampling
from support.bench_samples import bench_plan, bench_run, question_set, sample


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_every_sample_is_asked_for_once(questions: int, repeats: int, settings: int) -> None:
    plan = bench_plan(["1"] * questions, temperatures=[0.1 * one for one in range(settings)], repeats=repeats)
    keys = list(plan.samples())
    assert len(keys) == plan.total == questions * repeats * settings
    assert set(Counter(keys).values()) == {1}
    assert [key.setting for key in keys] == sorted(key.setting for key in keys)
    assert plan.todo(keys) == 0
    assert plan.todo(keys[1:]) == 1


@given(st.integers(0, 5), st.integers(0, 1))
def test_a_repeat_has_one_seed_in_every_setting(repeat: int, question: int) -> None:
    plan = bench_plan(temperatures=(0.3, 0.6, 1.2), repeats=6)
    sent = [plan.sampling(SampleKey(setting, f"q{question + 1}", repeat)) for setting in range(3)]
    assert [one.seed for one in sent] == [7 + repeat] * 3
    assert [one.temperature for one in sent] == [0.3, 0.6, 1.2]
    assert all(one.top_p == 0.95 for one in sent)


def test_without_a_seed_none_is_sent() -> None:
    plan = replace(bench_plan(), settings=(Sampling(temperature=0.6),))
    assert plan.sampling(SampleKey(0, "q1", 3)).seed is None


@pytest.mark.parametrize("field", ["repeats", "concurrency", "warm_up", "model", "settings", "prompts", "set_digest"])
def test_what_makes_another_measurement_is_named(field: str) -> None:
    plan = bench_plan()
    other = {
        "repeats": 3,
        "concurrency": 9,
        "warm_up": 4,
        "model": "other",
        "settings": (Sampling(),),
        "prompts": "x",
        "set_digest": "y",
    }
    changed = replace(plan, **{field: other[field]})  # type: ignore[arg-type]  # the table holds each field's type
    assert len(differences(plan, changed)) == 1
    assert differences(plan, plan) == ()


def test_a_server_may_move() -> None:
    plan = bench_plan()
    assert differences(plan, replace(plan, address="http://elsewhere/v1", endpoint="elsewhere")) == ()


@pytest.mark.parametrize("changes", [{"repeats": 0}, {"concurrency": 0}, {"warm_up": -1}, {"repeats": 10_000}])
def test_numbers_out_of_range_are_refused(changes: dict[str, int]) -> None:
    with pytest.raises(FaultError, match="must be"):
        checked(replace(bench_plan(), **changes))  # type: ignore[arg-type]  # whole numbers all


def test_a_seed_must_leave_room_for_the_repeats() -> None:
    with pytest.raises(FaultError, match="smaller --seed"):
        checked(replace(bench_plan(), settings=(Sampling(seed=2**63 - 1),)))


def test_tags_and_limit_choose() -> None:
    whole = question_set(["1", "2", "3", "4"])
    assert [one.id for one in choose(whole, tags=[{"part:1"}]).questions] == ["q1", "q3"]
    assert [one.id for one in choose(whole, tags=[{"part:1", "part:0"}, {"sum"}], limit=3).questions] == [
        "q1",
        "q2",
        "q3",
    ]
    with pytest.raises(FaultError, match=r"There are: part:0, part:1, sum\."):
        choose(whole, tags=[{"part:1"}, {"part:0"}])
    with pytest.raises(FaultError, match="None has a tag"):
        choose(single("Q?", None), tags=[{"x"}])


def test_a_single_question_is_a_set() -> None:
    asked = single("What?", "4")
    assert (asked.questions[0].question, asked.questions[0].answer) == ("What?", "4")
    assert asked.digest != single("What?", "5").digest


def test_prompts_that_run_into_each_other_differ() -> None:
    assert prompts_digest(["ab", "c"]) != prompts_digest(["a", "bc"])


def test_a_run_is_complete_when_all_is_there() -> None:
    plan = bench_plan(["4"], repeats=2)
    assert not bench_run(plan, sample("q1", 0)).complete
    assert bench_run(plan, sample("q1", 1), sample("q1", 0)).complete
