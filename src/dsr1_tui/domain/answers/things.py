"""What stands in formulas beside sums and products: sets, tuples, intervals, factorials, each with its one spelling."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, factorial
from typing import Final

from dsr1_tui.domain.answers.algebra import HUGE, OPAQUE, Poly, atom, number
from dsr1_tui.domain.answers.form import FormKind

MOST_FACTORIAL: Final = 30
MOST_CHOSEN: Final = 200


@dataclass(frozen=True, slots=True)
class Thing:
    """What is no number."""

    kind: FormKind
    key: str
    exact: bool


Value = Poly | Thing


def is_exact(value: Value) -> bool:
    """Whether a different key means a different value."""
    return value.exact if isinstance(value, Thing) else OPAQUE not in value.key


def sequence(opens: str, items: Sequence[Value], closes: str) -> Thing:
    """A tuple, or an interval: two ends with brackets; infinite ends are open."""
    keys = [item.key for item in items]
    if len(items) == 2:  # noqa: PLR2004  an interval's ends, or a pair
        opens = "(" if keys[0] == "-1*∞^1" else opens
        closes = ")" if keys[1] == "1*∞^1" else closes
    else:
        opens, closes = "(", ")"
    return Thing(FormKind.SEQUENCE, f"{opens}{','.join(keys)}{closes}", all(map(is_exact, items)))


def set_of(items: Sequence[Value]) -> Value:
    """A finite set; one of a single value is that value."""
    if len(items) == 1:
        return items[0]
    keys = sorted({item.key for item in items})
    if len(keys) == 1:
        return items[0]
    return Thing(FormKind.SET, "{" + ",".join(keys) + "}", all(map(is_exact, items)))


def union_of(items: Sequence[Value]) -> Thing:
    """Sets put together; parts that overlap are not merged, so it is never exact."""
    return Thing(FormKind.UNION, "∪".join(sorted({item.key for item in items})), exact=False)


def as_poly(value: Value) -> Poly:
    """A value to reckon with; what is no number becomes one atom."""
    return atom(f"{OPAQUE}{value.key}") if isinstance(value, Thing) else value


def factorial_of(value: Poly) -> Poly:
    """n!, worked out where it is small."""
    size = _whole(value, MOST_FACTORIAL)
    if size is None:
        return atom(f"{OPAQUE if value.constant is None else HUGE}fac({value.key})")
    return number(factorial(size))


def binomial(above: Poly, below: Poly) -> Poly:
    """N over k, worked out where it is small."""
    many, few = _whole(above, MOST_CHOSEN), _whole(below, MOST_CHOSEN)
    if many is None or few is None:
        known = above.constant is not None and below.constant is not None
        return atom(f"{HUGE if known else OPAQUE}binom({above.key};{below.key})")
    return number(comb(many, few))


def _whole(value: Poly, most: int) -> int | None:
    size = value.constant
    return int(size) if size is not None and size.denominator == 1 and 0 <= size <= most else None
