"""Means, percentiles and quantiles against numpy and scipy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as reference

from dsr1_tui.domain.stats import mean, normal_quantile, percentile, summarise, t_quantile

numbers = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False).map(lambda value: round(value, 6))


@settings(max_examples=60)
@given(st.lists(numbers, min_size=1, max_size=60), st.floats(min_value=0, max_value=100))
def test_percentile_is_numpys(values: list[float], q: float) -> None:
    assert percentile(values, q) == pytest.approx(float(np.percentile(values, q)), rel=1e-12, abs=1e-6)


def test_a_summary_by_hand() -> None:
    found = summarise([4.0, 1.0, 3.0, 2.0])
    assert found is not None
    assert (found.mean, found.p50, found.n) == (2.5, 2.5, 4)
    assert found.p95 == pytest.approx(3.85)
    assert found.p99 == pytest.approx(3.97)
    assert summarise([]) is None


@settings(max_examples=60)
@given(st.lists(numbers, min_size=1, max_size=60))
def test_a_summary_stays_in_range_in_order_and_ignores_the_order(values: list[float]) -> None:
    found = summarise(values)
    assert found is not None
    assert min(values) <= found.p50 <= found.p95 <= found.p99 <= max(values)
    assert min(values) <= found.mean <= max(values)
    assert summarise(sorted(values, reverse=True)) == found


def test_what_has_no_value_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        mean([])
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)
    for q in (-1, 100.5, math.nan):
        with pytest.raises(ValueError, match="no percentile"):
            percentile([1.0], q)


def test_the_normal_quantile() -> None:
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, rel=1e-14)


@pytest.mark.parametrize("df", [1, 1.5, 2, 3, 4, 5, 7, 10, 19, 39, 99, 199, 299, 300, 301, 500, 2000, 1e5, 1e7])
def test_t_quantiles_are_scipys(df: float) -> None:
    for p in (1e-4, 0.001, 0.025, 0.05, 0.3, 0.4999, 0.5, 0.5001, 0.6, 0.9, 0.95, 0.975, 0.995, 0.9999):
        assert t_quantile(p, df) == pytest.approx(float(reference.t.ppf(p, df)), rel=1e-10, abs=1e-10)


def test_t_quantiles_outside_their_range_are_refused() -> None:
    for p, df in ((0.0, 5.0), (1.0, 5.0), (0.9, 0.5), (0.9, math.nan)):
        with pytest.raises(ValueError, match=r"between 0 and 1|degrees of freedom"):
            t_quantile(p, df)
