"""Mean and percentiles, as every latency of a report is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, fsum


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A list of numbers in five; in the unit of the numbers."""

    mean: float
    p50: float
    p95: float
    p99: float
    n: int
    """How many numbers there were; the 99th percentile of fewer than 100 is hardly more than their maximum."""


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean, summed without rounding (`math.fsum`), and never outside the range of the values.

    Raises:
        ValueError: there are no values.
    """
    numbers = list(values)
    if not numbers:
        raise ValueError("the mean of no values")
    return min(max(fsum(numbers) / len(numbers), min(numbers)), max(numbers))


def percentile(values: Iterable[float], q: float) -> float:
    """The `q`-th percentile (0 to 100) by linear interpolation between the two nearest values.

    R's type 7 (Hyndman and Fan 1996, “Sample Quantiles in Statistical Packages”, definition 7), the default of numpy's
    `percentile`: the value at the place `(n - 1) * q / 100` of the sorted values, counted from 0.

    Raises:
        ValueError: there are no values, or `q` is outside 0 to 100.
    """
    return _percentile(sorted(values), q)


def summarise(values: Iterable[float]) -> Summary | None:
    """Mean, median and tail of some finite numbers; None of none."""
    ordered = sorted(values)
    if not ordered:
        return None
    return Summary(
        mean=mean(ordered),
        p50=_percentile(ordered, 50),
        p95=_percentile(ordered, 95),
        p99=_percentile(ordered, 99),
        n=len(ordered),
    )


def _percentile(ordered: Sequence[float], q: float) -> float:
    if not ordered:
        raise ValueError("a percentile of no values")
    if not 0 <= q <= 100:  # noqa: PLR2004  per cent
        raise ValueError(f"{q} is no percentile")
    place = (len(ordered) - 1) * q / 100
    low = floor(place)
    high = min(low + 1, len(ordered) - 1)
    part = place - low
    below, above = ordered[low], ordered[high]
    # From the nearer end, as numpy does: then no rounding puts a higher percentile below a lower one.
    return below + (above - below) * part if part < 0.5 else above - (above - below) * (1 - part)  # noqa: PLR2004  half
