"""Intervals against scipy, by their laws, and by how often they hold the truth."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as reference

from dsr1_tui.domain.stats import Method, clustered_mean, clustered_share, t_quantile, wilson


@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (0, 40), (40, 40), (1, 3), (17, 40), (23, 200), (999, 1000)])
def test_wilson_is_scipys(k: int, n: int) -> None:
    wanted = reference.binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((wanted.low, wanted.high), abs=1e-12)


def test_wilson_refuses_what_is_no_share() -> None:
    for k, n in ((1, 0), (-1, 5), (6, 5), (math.nan, 5)):
        with pytest.raises(ValueError, match="of"):
            wilson(k, n)


@settings(max_examples=80)
@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_one_sample_a_question_is_wilson(right: list[bool]) -> None:
    found = clustered_share([[float(each)] for each in right])
    assert found is not None
    assert found.method is Method.WILSON
    assert found.ci95 == pytest.approx(wilson(sum(right), len(right)), abs=1e-12)


def test_repeats_that_are_all_alike_count_once() -> None:
    groups = [[float(i % 3 == 0)] * 5 for i in range(60)]
    found = clustered_share(groups)
    assert found is not None
    shrunk = 60 * (t_quantile(0.975, 299) / t_quantile(0.975, 59)) ** 2
    assert found.effective_n == pytest.approx(shrunk)
    assert found.ci95 == pytest.approx(wilson(shrunk / 3, shrunk))
    assert (found.n, found.clusters, found.method) == (300, 60, Method.CLUSTERED_WILSON)


def test_the_standard_error_is_the_published_formula() -> None:
    groups = [[1.0, 0.0, 1.0], [0.0], [1.0, 1.0], [0.0, 0.0, 0.0, 1.0]]
    found = clustered_share(groups)
    assert found is not None
    assert found.effective_n is not None
    flat = [score for group in groups for score in group]
    n, centre = len(flat), sum(flat) / len(flat)
    simple = sum((score - centre) ** 2 for score in flat) / n**2
    pairs = sum(
        (a - centre) * (b - centre)
        for group in groups
        for i, a in enumerate(group)
        for j, b in enumerate(group)
        if i != j
    )
    size = min(centre * (1 - centre) / (simple + pairs / n**2), n)
    assert found.effective_n == pytest.approx(size * (t_quantile(0.975, n - 1) / t_quantile(0.975, 3)) ** 2)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_nothing_or_all_right_still_has_a_width(score: float) -> None:
    found = clustered_share([[score] * 5] * 40)
    assert found is not None
    assert found.ci95 is not None
    assert found.value == score
    low, high = found.ci95
    alone_low, alone_high = wilson(score * 40, 40)
    assert min(low, 1 - high) == 0
    assert alone_high - alone_low < high - low < 0.12


def test_a_single_question_speaks_of_itself() -> None:
    found = clustered_share([[1.0, 0.0, 1.0, 1.0, 0.0]])
    assert found is not None
    assert found.ci95 == wilson(3, 5)
    assert found.method is Method.WILSON


def test_two_questions_say_next_to_nothing() -> None:
    found = clustered_share([[1.0] * 20, [0.0] * 20])
    assert found is not None
    assert found.ci95 is not None
    assert found.ci95[1] - found.ci95[0] > 0.9


def test_nothing_measured_is_none_and_nonsense_is_refused() -> None:
    assert clustered_share([]) is None
    assert clustered_share([[], []]) is None
    assert clustered_mean([[]]) is None
    for score in (1.5, -0.1, math.nan):
        with pytest.raises(ValueError, match="outside"):
            clustered_share([[score]])


groups_of_scores = st.lists(
    st.lists(st.floats(min_value=0, max_value=1).map(lambda x: round(x, 3)), max_size=6), min_size=1, max_size=12
)


@settings(max_examples=80)
@given(groups_of_scores)
def test_an_interval_holds_its_value_in_0_to_1_and_ignores_order(groups: list[list[float]]) -> None:
    found = clustered_share(groups)
    if found is None:
        assert not any(groups)
        return
    assert found.ci95 is not None
    assert found.effective_n is not None
    assert 0 <= found.ci95[0] <= found.value + 1e-12
    assert found.value - 1e-12 <= found.ci95[1] <= 1
    assert 0 < found.effective_n <= found.n
    again = clustered_share([list(reversed(group)) for group in reversed(groups)])
    assert again is not None
    assert again.ci95 == pytest.approx(found.ci95, abs=1e-9)


@pytest.mark.parametrize("spread", [0.5, 5.0])
def test_the_interval_holds_the_truth_where_the_plain_one_does_not(spread: float) -> None:
    """40 questions whose difficulty follows a beta distribution with mean 0.4, 5 samples each, 400 times."""
    rng = Random(7)
    held = plain = 0
    for _ in range(400):
        chances = [rng.betavariate(0.4 * spread, 0.6 * spread) for _ in range(40)]
        groups = [[float(rng.random() < chance) for _ in range(5)] for chance in chances]
        found = clustered_share(groups)
        assert found is not None
        assert found.ci95 is not None
        held += found.ci95[0] <= 0.4 <= found.ci95[1]
        low, high = wilson(sum(map(sum, groups)), 200)
        plain += low <= 0.4 <= high
    assert 0.93 <= held / 400 <= 0.98
    assert plain / 400 < 0.91


def test_the_mean_of_equal_groups_is_the_t_interval_of_their_means() -> None:
    groups = [[3.0, 4.0, 8.0], [10.0, 11.0, 12.0], [5.0, 5.0, 6.0], [1.0, 9.0, 2.0]]
    found = clustered_mean(groups)
    assert found is not None
    means = [float(np.mean(group)) for group in groups]
    wanted = reference.t.interval(0.95, 3, loc=np.mean(means), scale=reference.sem(means))
    assert found.ci95 == pytest.approx(wanted)
    assert (found.n, found.clusters) == (12, 4)


def test_the_mean_of_one_question_is_the_t_interval_of_its_samples() -> None:
    values = [3.0, 4.0, 8.0, 2.5]
    found = clustered_mean([values])
    assert found is not None
    wanted = reference.t.interval(0.95, 3, loc=np.mean(values), scale=reference.sem(values))
    assert found.ci95 == pytest.approx(wanted)
    alone = clustered_mean([[3.0]])
    assert alone is not None
    assert (alone.value, alone.ci95, alone.clusters) == (3.0, None, 1)
