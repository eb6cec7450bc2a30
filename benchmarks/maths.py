"""Times the maths engine on formulas of 500 characters: median CPU time of many runs, for each form and for both.

Run: python benchmarks/maths.py
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Final

from dsr1_tui.render.maths import display_form, inline_form

_WIDTH: Final = 100
_LENGTH: Final = 500
_STEPS: Final = (
    r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a} = \frac{5 \pm \sqrt{(-5)^2 - 4 \cdot 6}}{2} = \frac{5 \pm 1}{2}, \quad ",
    r"\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}, \quad \int_0^1 x^2\,dx = \left. \frac{x^3}{3} \right|_0^1, ",
    r"f(x) = \begin{cases} x^2 & \text{if } x \ge 0 \\ -x & \text{otherwise} \end{cases}, 3^{100} \equiv 1 \pmod 5, ",
)


def formulas() -> dict[str, str]:
    """Formulas of just under 500 characters, by what they are."""
    mixed = ""
    while len(mixed) + len(step := _STEPS[mixed.count("=") % len(_STEPS)]) <= _LENGTH:
        mixed += step
    rows = r" \\ ".join(rf"S_{{{n}}} &= \frac{{{n}(n+{n})}}{{2}} + \sqrt{{x^2 + {n}}}" for n in range(1, 11))
    return {
        "steps with fractions, roots, sums, cases": mixed + "x+1=" * ((_LENGTH - len(mixed)) // 4),
        "aligned equations, ten rows": rf"\begin{{aligned}} {rows} \end{{aligned}}"[:_LENGTH],
        "one symbol after another": "x+1=" * (_LENGTH // 4),
        "nested fractions": r"\frac{1}{1+" * 30 + "x" + "}" * 30,
    }


def median_ms(run: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Median and least CPU time of a call, in milliseconds; other processes do not count."""
    times: list[float] = []
    for _ in range(repeats):
        begun = time.thread_time()
        run()
        times.append((time.thread_time() - begun) * 1e3)
    return statistics.median(times), min(times)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=200)
    repeats: int = parser.parse_args().repeats
    print(
        f"{'formula':42} {'chars':>5}  {'one line':>14}  {'two dimensions':>14}  {'both':>14}   CPU ms, median (least)"
    )
    for name, body in formulas().items():
        columns: list[tuple[float, float]] = [
            median_ms(lambda body=body: inline_form(body), repeats),  # type: ignore[misc]  # a lambda's default has no type  # a default binds the loop's value
            median_ms(lambda body=body: display_form(body, _WIDTH), repeats),  # type: ignore[misc]  # a lambda's default has no type  # as above
            median_ms(lambda body=body: (inline_form(body), display_form(body, _WIDTH)), repeats),  # type: ignore[misc]  # a lambda's default has no type
        ]
        figures = "  ".join(f"{middle:5.2f} ({least:5.2f})".rjust(14) for middle, least in columns)
        shown = "" if inline_form(body) else "  refused"
        print(f"{name:42} {len(body):5}  {figures}{shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
