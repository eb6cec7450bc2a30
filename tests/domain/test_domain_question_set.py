"""Every answer of the shipped set, found again by trying, counting or measuring rather than by the usual reasoning."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import combinations, pairwise, permutations, product
from math import atan, cos, hypot, isqrt, pi, prod, radians, sin, sqrt, tan

import pytest
import sympy

from dsr1_tui.adapters.question_files import shipped_questions
from dsr1_tui.domain.boxed import final_boxed
from dsr1_tui.domain.language import language_of
from dsr1_tui.domain.questions import BenchQuestion

QUESTIONS = {item.id: item for item in shipped_questions().questions}
LEVELS = {"arithmetic": 9, "school": 11, "high-school": 10, "competition": 10}

Tried = Callable[[], object]


def only(found: list[int]) -> int:
    assert len(found) == 1
    return found[0]


def integral(f: Callable[[float], float], low: float, high: float, steps: int = 1000) -> float:
    """Simpson's rule."""
    width = (high - low) / steps
    inner = sum(f(low + i * width) * (4 if i % 2 else 2) for i in range(1, steps))
    return (f(low) + inner + f(high)) * width / 3


def remainder_by_digits() -> int:
    rest = 0
    for digit in "123456789":
        rest = (rest * 10 + int(digit)) % 97
    return rest


def night_train() -> float:
    left = datetime(2026, 3, 1, 21, 47)  # noqa: DTZ001  one time zone, as the question says
    return (datetime(2026, 3, 2, 6, 12) - left) / timedelta(minutes=1)  # noqa: DTZ001  as above


def nearest_to_the_corner() -> float:
    return min(hypot(20 * (1 - i / 84100), 21 * i / 84100) for i in range(84101))


def ratio_of_the_series() -> float:
    low, high = 0.0, 0.9
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(12 * middle**k for k in range(400)) < 30 else (low, middle)
    return low


def last_digits() -> str:
    rest = 1
    for _ in range(2026):
        rest = rest * 7 % 1000
    return f"{rest:03d}"


def sparse_subsets() -> int:
    return sum(
        sum(chosen) % 2 == 1 and all(b - a > 1 for a, b in pairwise(chosen))
        for size in range(13)
        for chosen in combinations(range(1, 13), size)
    )


def bisector() -> float:
    """Along the ray at 30°, until it is on the line from B to C."""
    b, c = (7.0, 0.0), (8 * cos(radians(60)), 8 * sin(radians(60)))
    low, high = 0.0, 10.0
    for _ in range(80):
        far = (low + high) / 2
        x, y = far * cos(radians(30)), far * sin(radians(30))
        side = (c[0] - b[0]) * (y - b[1]) - (c[1] - b[1]) * (x - b[0])
        low, high = (far, high) if side > 0 else (low, far)
    return low


def heads_first() -> float:
    """All sequences of coins at once, flip by flip; what is still open after 200 flips is less than rounding."""
    won, going = 0.0, {("", 0): 1.0}
    for _ in range(200):
        after: dict[tuple[str, int], float] = {}
        for (side, run), chance in going.items():
            for coin in "HT":
                length = run + 1 if coin == side else 1
                if coin == "H" and length == 2:
                    won += chance / 2
                elif not (coin == "T" and length == 3):
                    after[coin, length] = after.get((coin, length), 0.0) + chance / 2
        going = after
    return won


def lattice_paths() -> int:
    ways = {(0, 0): 1}
    for x, y in product(range(9), repeat=2):
        if (x, y) != (0, 0):
            allowed = y <= x and (x, y) != (4, 4)
            ways[x, y] = ways.get((x - 1, y), 0) + ways.get((x, y - 1), 0) if allowed else 0
    return ways[8, 8]


def three_for_b() -> int:
    # b - 18 = 216 / (a - 12) is below 1 beyond a = 228
    return sum((rest := Fraction(1, 6) - Fraction(2, a)) > 0 and (3 / rest).denominator == 1 for a in range(1, 1000))


def sequence_sum() -> int:
    first, step = only_pair([(a, d) for a in range(-50, 50) for d in range(50) if a + 2 * d == 11 and a + 8 * d == 35])
    return sum(first + step * i for i in range(20))


def only_pair(found: list[tuple[int, int]]) -> tuple[int, int]:
    assert len(found) == 1
    return found[0]


def tenths(holds: Callable[[Fraction], bool]) -> list[Fraction]:
    return [x for i in range(-300, 301) if holds(x := Fraction(i, 10))]


def ages() -> int:
    return only([m for m in range(6, 60) for leo in range(6, 60) if 2 * (m - 6) == 3 * (leo - 6) and m + leo == 42])


def tangent_value() -> float:
    angle = atan(2)
    assert tan(angle) == pytest.approx(2)
    return (3 * sin(angle) + cos(angle)) / (sin(angle) - cos(angle))


def largest_power() -> str:
    return max([(3**20, "A"), (2**31, "B"), (5**14, "C"), (10**9, "D")])[1]


def committees() -> int:
    return sum(sum(who >= 5 for who in chosen) >= 2 for chosen in combinations(range(9), 4))


CHECKS: dict[str, Tried] = {
    "en-order-of-operations": lambda: 387 + sum([58] * 14) - 996 // 12,
    "en-rolls": lambda: Fraction(315, 100) / 7 * 40,
    "en-fractions": lambda: Fraction(5 * 3 + 7 * 2 - 9, 36),
    "en-coat": lambda: (rise := 15000 + 15000 // 5) // 100 - Fraction(rise * 35, 10000),
    "en-remainder-97": remainder_by_digits,
    "en-night-train": night_train,
    "en-largest-power": largest_power,
    "en-linear-equation": lambda: only([x for x in range(-999, 999) if 3 * (x - 4) - 5 * (2 - x) == 2 * x + 8]),
    "en-ages": ages,
    "en-mean-of-eleven": lambda: only([x for x in range(6, 999) if 6 + 9 * 13 + x == 11 * 14]),
    "en-altitude": nearest_to_the_corner,
    "en-two-dice": lambda: Fraction(sum(a * b % 6 == 0 for a, b in product(range(1, 7), repeat=2)), 36),
    "en-peppers": lambda: len(set(permutations("PEPPERS"))),
    "en-integer-set": lambda: "\\{" + ",".join(str(x) for x in range(-50, 51) if abs(x * x - 10) < 7) + "\\}",
    "en-cos-sin": lambda: cos(radians(75)) * sin(radians(15)),
    "en-geometric-series": ratio_of_the_series,
    "en-open-box": lambda: max(Fraction(i, 100) * (30 - 2 * Fraction(i, 100)) ** 2 for i in range(1501)),
    "en-integral": lambda: integral(lambda x: x * float(sympy.E) ** (2 * x), 0, 1),
    "en-neither-2-3-7": lambda: sum(all(n % d for d in (2, 3, 7)) for n in range(1, 1001)),
    "en-pairs": three_for_b,
    "en-last-digits": last_digits,
    "en-sparse-subsets": sparse_subsets,
    # n³ + 81 leaves -648 when divided by n + 9, so no n above 639 can do
    "en-largest-divisor": lambda: max(n for n in range(1, 10_000) if (n**3 + 81) % (n + 9) == 0),
    "en-bisector": bisector,
    "en-coin-runs": heads_first,
    "en-lattice-paths": lattice_paths,
    "zh-mixed-operations": lambda: prod([-3] * 3) + 4 * (7 - 12) // -2,
    "zh-discount": lambda: 480 * 3 // 4 - 30,
    "zh-parking-lot": lambda: only([three for three in range(24) if 3 * three + 4 * (23 - three) == 80]),
    "zh-two-trains": lambda: Fraction(only([m for m in range(1, 600) if 75 * m + 60 * m == 315 * 60]), 60),
    "zh-arithmetic-sequence": sequence_sum,
    "zh-tangent": tangent_value,
    "zh-committee": committees,
    "zh-cone": lambda: integral(lambda h: pi * (3 * (1 - h / sqrt(5**2 - 3**2))) ** 2, 0, sqrt(5**2 - 3**2)),
    "zh-weekday": lambda: "星期" + "一二三四五六日"[(2 + 3**100) % 7],
    # (n + 7)² < n² + 15n + 26 < (n + 8)² for n > 23
    "zh-perfect-square": lambda: only([n for n in range(1, 9999) if isqrt(v := n * n + 15 * n + 26) ** 2 == v]),
    "zh-ordered-triples": lambda: sum(x <= y <= 15 - x - y for x, y in product(range(16), repeat=2)),
}
"""What is found for each question; a text has to be the answer, a number has to be its value."""


def value_of(answer: str) -> sympy.Expr:
    text = answer
    while (changed := re.sub(r"\\frac\{((?:[^{}]|\{[^{}]*\})*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)) != text:
        text = changed
    text = re.sub(r"(\d)(?=\\)", r"\1*", text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", text).replace("\\pi", "pi").replace("^", "**")
    return sympy.sympify(text, locals={"e": sympy.E})


@pytest.mark.parametrize("name", CHECKS)
def test_the_answer_is_found_again(name: str) -> None:
    answer, found = QUESTIONS[name].answer, CHECKS[name]()
    assert answer is not None
    if isinstance(found, str):
        assert answer == found
    elif isinstance(found, float):
        assert float(value_of(answer)) == pytest.approx(found, abs=1e-7)
    else:
        assert value_of(answer) == sympy.Rational(str(found))


def test_the_intervals() -> None:
    inside = tenths(lambda x: x * x - 11 * x + 24 < 0)
    assert (QUESTIONS["en-quadratic-inequality"].answer, float(inside[0]), float(inside[-1])) == ("(3,8)", 3.1, 7.9)
    within = tenths(lambda x: abs(2 * x - 5) <= 7)
    assert (QUESTIONS["zh-absolute-value"].answer, float(within[0]), float(within[-1])) == ("[-1,6]", -1.0, 6.0)


def test_the_point() -> None:
    on_axis = [x for x in tenths(lambda _: True) if (x + 2) * (-5 - 7) == (0 - 7) * (4 + 2)]
    assert on_axis == [Fraction(3, 2)]
    assert QUESTIONS["en-x-intercept"].answer == r"\left(\frac{3}{2},0\right)"


def test_every_answer_is_checked() -> None:
    assert set(QUESTIONS) == {*CHECKS, "en-quadratic-inequality", "zh-absolute-value", "en-x-intercept"}


@pytest.mark.parametrize("item", QUESTIONS.values(), ids=QUESTIONS)
def test_each_is_in_its_language_and_fits_a_box(item: BenchQuestion) -> None:
    language = str(language_of(item.question))
    assert item.id.startswith(f"{language}-")
    assert f"language:{language}" in item.tags
    assert final_boxed(f"So it is $\\boxed{{{item.answer}}}$.") == item.answer


def test_levels_and_languages() -> None:
    tags = Counter(tag for item in QUESTIONS.values() for tag in item.tags)
    assert {level: tags[f"level:{level}"] for level in LEVELS} == LEVELS
    assert (tags["language:en"], tags["language:zh"]) == (28, 12)
    assert len({item.question for item in QUESTIONS.values()}) == 40
