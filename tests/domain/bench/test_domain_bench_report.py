"""The report: figures worked out by hand, and what must not depend on the order of the samples."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.bench.reporting import NO_ANSWERS, NO_BOXES, NO_SAMPLES, report_of
from dsr1_tui.domain.bench.result import SampleResult
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import FaultCode
from dsr1_tui.domain.published import Metric
from dsr1_tui.domain.questions import QuestionSet
from dsr1_tui.domain.stats import wilson
from support.bench_samples import BEGAN, bench_plan, bench_run, failure, sample


def test_shares_by_hand() -> None:
    plan = bench_plan(repeats=3)
    results = [
        sample("q1", 0, box="4", right=True),
        sample("q1", 1, box="4", right=True),
        sample("q1", 2, box="5"),
        sample("q2", 0, box="1"),
        sample("q2", 1, reason=FinishReason.LENGTH),
        sample("q2", 2, box="6", right=True),
    ]
    (run,) = report_of(bench_run(plan, *results)).runs
    assert run.accuracy is not None
    assert run.accuracy.value == pytest.approx(3 / 6)
    assert (run.accuracy.n, run.accuracy.clusters) == (6, 2)
    assert run.pass_at_1 == pytest.approx((2 / 3 + 1 / 3) / 2)
    assert run.cons_at_k is not None
    assert run.cons_at_k.k == 3
    assert run.cons_at_k.estimate.value == pytest.approx((1 + 1 / 2) / 2), "q2 is a tie of a right and a wrong box"
    assert run.rates is not None
    assert (run.rates.truncated, run.rates.looped, run.rates.no_box) == pytest.approx((1 / 6, 0, 0))
    assert run.alike.boxes == pytest.approx((1 / 3 + 0) / 2)
    assert (run.requests, run.failures, run.answers) == (6, 0, 5)


def test_one_repeat_has_the_interval_of_wilson() -> None:
    plan = bench_plan(["1"] * 10, repeats=1)
    results = [sample(f"q{at}", box="1", right=at <= 3) for at in range(1, 11)]
    (run,) = report_of(bench_run(plan, *results)).runs
    assert run.accuracy is not None
    assert run.accuracy.ci95 == pytest.approx(wilson(3, 10))


def test_failures_are_counted_apart() -> None:
    plan = bench_plan(repeats=2)
    results = [sample("q1", 0, box="4", right=True), failure("q1", 1), failure("q2", 0)]
    (run,) = report_of(bench_run(plan, *results)).runs
    assert (run.requests, run.failures, run.planned) == (3, 2, 4)
    assert run.faults == {FaultCode.REFUSED: 2}
    assert run.accuracy is not None
    assert (run.accuracy.value, run.accuracy.n) == (1.0, 1)
    assert run.latency_s is not None
    assert run.latency_s.n == 1
    assert run.cons_at_k is None, "no question has all of its samples"


def test_overall_speed_leaves_pauses_out() -> None:
    plan = bench_plan(repeats=2)
    results = [
        sample("q1", 0, tokens=100, began=BEGAN, latency_s=4.0),
        sample("q2", 0, tokens=100, began=BEGAN + 2, latency_s=4.0),
        sample("q1", 1, tokens=100, began=BEGAN + 9_000, latency_s=2.0),
        sample("q2", 1, tokens=100, began=BEGAN + 9_001, latency_s=1.0),
    ]
    (run,) = report_of(bench_run(plan, *results)).runs
    assert run.tokens_per_s_overall == pytest.approx(400 / 8)
    assert run.output_tokens_total == 400


@pytest.mark.parametrize(
    ("answers", "results", "why"),
    [
        ((None, None), [sample("q1", box="4", right=None)], NO_ANSWERS),
        (("4", "6"), [sample("q1"), sample("q2", reason=FinishReason.LOOP)], NO_BOXES),
        (("4", "6"), [failure("q1")], NO_SAMPLES),
        (("4", "6"), [], NO_SAMPLES),
        (("4", None), [sample("q2", box="4", right=None)], NO_SAMPLES),
        (("4", "6"), [sample("q1", box="5")], ""),
    ],
)
def test_why_there_is_no_accuracy(answers: tuple[str | None, ...], results: list[SampleResult], why: str) -> None:
    (run,) = report_of(bench_run(bench_plan(answers, repeats=1), *results)).runs
    assert run.why_not == why
    assert (run.accuracy is None) == (run.pass_at_1 is None) == bool(why)


def test_likeness_is_that_of_answers_to_one_question() -> None:
    plan = bench_plan(repeats=2)
    results = [
        sample("q1", 0, answer="one two three"),
        sample("q1", 1, answer="one two four"),
        sample("q2", 0, answer="又是一个答案"),
        sample("q2", 1, answer=" "),
    ]
    (run,) = report_of(bench_run(plan, *results)).runs
    assert run.alike.questions == 1
    assert run.alike.rouge_l == pytest.approx(2 / 3)
    assert run.alike.diversity == pytest.approx(1 / 3)
    assert run.alike.distinct is not None
    assert run.alike.distinct[0] == pytest.approx(4 / 6)


def test_settings_are_told_apart_and_an_unmeasured_one_is_there() -> None:
    plan = bench_plan(["4"], temperatures=(0.3, 1.2), repeats=1)
    report = report_of(bench_run(plan, sample("q1", setting=1, box="4", right=True)))
    assert [run.settings.temperature for run in report.runs] == [0.3, 1.2]
    assert [run.requests for run in report.runs] == [0, 1]
    assert (report.done, report.complete) == (1, False)


def test_published_figures_stand_beside_a_set_of_theirs() -> None:
    plan = bench_plan()
    named = QuestionSet(name="aime_2024", questions=plan.questions.questions)
    plan = replace(plan, questions=named, model="deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B")
    found = {one.metric: one.value for one in report_of(bench_run(plan)).published}
    assert found == {Metric.PASS_1: 28.9, Metric.CONS_64: 52.7}
    assert report_of(bench_run(bench_plan())).published == ()


REASONS = st.sampled_from([FinishReason.STOP, FinishReason.LENGTH, FinishReason.LOOP])


@st.composite
def measured(draw: st.DrawFn) -> list[SampleResult]:
    plan = bench_plan(temperatures=(0.3, 1.2), repeats=3)
    found = []
    for key in plan.samples():
        box = draw(st.sampled_from([None, "4", "6", "9"]))
        reason = draw(REASONS)
        known = {"q1": "4", "q2": "6"}[key.question]
        one = sample(
            key.question,
            key.repeat,
            setting=key.setting,
            box=box,
            right=reason is FinishReason.STOP and box == known,
            reason=reason,
            latency_s=draw(st.floats(0.01, 9)),
            tokens=draw(st.integers(0, 99)),
        )
        found.append(failure(key.question, key.repeat, setting=key.setting) if draw(st.booleans()) else one)
    return found


@settings(max_examples=40, deadline=None)
@given(measured(), st.randoms(use_true_random=False))
def test_the_order_in_which_samples_ended_changes_nothing(results: list[SampleResult], chance: random.Random) -> None:
    plan = bench_plan(temperatures=(0.3, 1.2), repeats=3)
    shuffled = list(results)
    chance.shuffle(shuffled)
    one, other = report_of(bench_run(plan, *results)), report_of(bench_run(plan, *shuffled))
    assert [replace(run, faults={}) for run in one.runs] == [replace(run, faults={}) for run in other.runs]
    for run in one.runs:
        assert run.requests == run.planned == 6
        if run.rates is not None:
            assert 0 <= run.rates.truncated + run.rates.looped + run.rates.no_box <= 1 + 1e-9
        if run.accuracy is not None and run.accuracy.ci95 is not None:
            low, high = run.accuracy.ci95
            assert 0 <= low <= run.accuracy.value <= high <= 1


def test_tokens_a_second_of_a_request_are_over_all_of_it() -> None:
    assert sample("q1", tokens=30, latency_s=1.5).tokens_per_s == 20
    assert sample("q1", tokens=0).tokens_per_s is None
    assert sample("q1", latency_s=0).tokens_per_s is None
