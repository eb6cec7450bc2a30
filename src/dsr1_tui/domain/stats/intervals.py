"""Intervals of 95 % for shares and means, honest about repeats: five answers to one question are not five questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, sqrt
from typing import Final

from dsr1_tui.domain.stats.quantiles import normal_quantile, t_quantile

UPPER: Final = 0.975
"""The quantile that leaves 2.5 % on either side."""


class Method(StrEnum):
    """How an interval came about, as a report names it."""

    WILSON = "wilson"
    CLUSTERED_WILSON = "clustered-wilson"
    CLUSTERED_T = "clustered-t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value, and how far it can be trusted."""

    value: float
    ci95: tuple[float, float] | None
    """Lower and upper end; None where one value says nothing about the spread."""
    n: int
    """Samples."""
    clusters: int
    """Questions the samples are answers to."""
    effective_n: float | None
    """Independent samples that would say as much; None where no share is estimated."""
    method: Method


def wilson(successes: float, n: float) -> tuple[float, float]:
    """The Wilson score interval of a share, without continuity correction (Wilson 1927, JASA 22).

    Both may be fractions, for effective sample sizes.

    Raises:
        ValueError: not 0 <= successes <= n, or n is 0.
    """
    if not 0 <= successes <= n or n <= 0:
        raise ValueError(f"{successes} of {n}")
    share, z = successes / n, normal_quantile(UPPER)
    centre = share + z * z / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    scale = 1 + z * z / n
    # At the ends the formula gives 0 and 1 but for rounding.
    low = 0.0 if successes == 0 else max(0.0, (centre - reach) / scale)
    high = 1.0 if successes == n else min(1.0, (centre + reach) / scale)
    return low, high


def clustered_share(groups: Sequence[Sequence[float]]) -> Estimate | None:
    """The mean of scores between 0 and 1 (right or wrong, pass@k, cons@k), each group the samples of one question.

    Questions are the clusters, and the interval speaks of all questions of the kind. The standard error is Miller's
    clustered one (“Adding Error Bars to Evals”, 2024, arXiv:2411.00640): its square is the sum over questions of (the
    sum of deviations from the mean)², over n². Because it is 0 at 0 % and 100 %, and a normal interval leaves the range
    0 to 1, it is turned into an effective sample size, `p(1 - p) / se²`, at most n, shrunk for the few degrees of
    freedom by `(t(n - 1) / t(clusters - 1))²` (Korn and Graubard 1998, Survey Methodology 24), and given to Wilson's
    formula (Dean and Pagano 2015, J. Surv. Stat. Methodol. 3, compare such intervals). Consequences:

    - one sample a question: Wilson's interval as it is;
    - all right or all wrong: repeats count for nothing, the size is the number of questions (then shrunk);
    - a single question: its repeats are independent draws, and Wilson's interval speaks of this question alone.

    Groups without a sample are left out; None if no sample is left.

    Raises:
        ValueError: a score is outside 0 to 1.
    """
    groups = [group for group in groups if group]
    scores = [score for group in groups for score in group]
    if any(not 0 <= score <= 1 for score in scores):
        raise ValueError("a score outside 0 to 1")
    if not scores:
        return None
    n, clusters = len(scores), len(groups)
    value = min(1.0, fsum(scores) / n)
    size = float(n)
    method = Method.WILSON if clusters in (1, n) else Method.CLUSTERED_WILSON
    if method is Method.CLUSTERED_WILSON:
        variance = _clustered_variance(groups, value, n)
        spread = value * (1 - value)
        if spread <= 0:
            size = float(clusters)
        elif spread < variance * n:
            size = spread / variance
        size *= (t_quantile(UPPER, n - 1) / t_quantile(UPPER, clusters - 1)) ** 2
    ci95 = wilson(value * size, size)
    return Estimate(value=value, ci95=ci95, n=n, clusters=clusters, effective_n=size, method=method)


def clustered_mean(groups: Sequence[Sequence[float]]) -> Estimate | None:
    """The mean of any numbers (tokens, seconds), each group the samples of one question.

    The interval is the mean ± t(clusters - 1) standard errors: Miller's clustered ones as in `clustered_share`, with
    the usual factor clusters / (clusters - 1) on the square (Cameron and Miller 2015, “A Practitioner's Guide to
    Cluster-Robust Inference”). With as many samples for each question that is the t interval of the questions' means.
    A single question's samples count as clusters of their own. None without a sample.
    """
    groups = [group for group in groups if group]
    if not groups:
        return None
    clusters = len(groups)
    parts = [[number] for number in groups[0]] if clusters == 1 else groups
    n = sum(map(len, parts))
    value = fsum(number for group in parts for number in group) / n
    ci95 = None
    if (count := len(parts)) > 1:
        variance = _clustered_variance(parts, value, n) * count / (count - 1)
        reach = t_quantile(UPPER, count - 1) * sqrt(variance)
        ci95 = (value - reach, value + reach)
    return Estimate(value=value, ci95=ci95, n=n, clusters=clusters, effective_n=None, method=Method.CLUSTERED_T)


def _clustered_variance(groups: Sequence[Sequence[float]], value: float, n: int) -> float:
    """The square of Miller's clustered standard error."""
    return fsum(fsum(score - value for score in group) ** 2 for group in groups) / n**2
