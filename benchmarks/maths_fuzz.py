"""Throws random formulas at the maths engine: it must never raise, never overflow, never emit a control character.

Run: python benchmarks/maths_fuzz.py --count 100000 --seed 1
"""

import argparse
import random
import re
import sys
import time
import traceback
from typing import Final

from dsr1_tui.render.cells import cells
from dsr1_tui.render.maths import display_form, find_maths, inline_form
from dsr1_tui.render.maths.commands import BUILDERS
from dsr1_tui.render.maths.gallery import GALLERY
from dsr1_tui.render.maths.symbols import COMMANDS

_NAMES: Final = "matrix pmatrix bmatrix vmatrix cases aligned align* array gather split equation itemize"
_ENVIRONMENTS: Final = tuple(_NAMES.split())
_PIECES: Final = [
    *("\\" + name for name in COMMANDS),
    *BUILDERS,
    *(rf"\begin{{{name}}}" for name in _ENVIRONMENTS),
    *(rf"\end{{{name}}}" for name in _ENVIRONMENTS),
    *("{", "}", "{", "}", "{", "}", "(", ")", "[", "]", "^", "_", "&", r"\\", "$", "|", "'", "%", "~", "#", '"'),
    *("x", "y", "12", "3.5", "1,000", " ", "\n", "\t", "\\", "+", "-", "=", "<", "/", "!", ","),
    *("面积", "中", "é", "e\u0301", "👍🏽", "🇫🇷"),
    *(r"\text{if $x$}", r"\operatorname{f}", r"\unknown", r"\foo{a}{b}"),
    *("\x1b[31m", "\u202e", "\u200d", "\ud800", "\x00"),
]
_FORBIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ud800-\udfff]"
)


_NESTS: Final = (
    *(("{", "}"), (r"\frac{1}{", "}"), (r"\sqrt{", "}"), ("(", ")"), (r"\left(", r"\right)"), ("x^{", "}"), ("x_", "")),
    *((r"\boxed{", "}"), (r"\text{$", "$}"), (r"\begin{cases}", r"\end{cases}"), (r"\hat", ""), ("|", "|")),
    *((r"\frac", ""), ("x^y", ""), (r"\overline{", "}"), (r"\underbrace{", "}"), ("a'", ""), (r"\binom{n}{", "}")),
)


def soup(chance: random.Random) -> str:
    """A run of tokens that mostly make no sense together."""
    return "".join(chance.choices(_PIECES, k=chance.randint(1, 60)))


def mutant(chance: random.Random) -> str:
    """A good formula with parts cut out, doubled, swapped or nested."""
    text = chance.choice(GALLERY)[1]
    for _ in range(chance.randint(1, 4)):
        first, last = sorted(chance.choices(range(len(text) + 1), k=2))
        match chance.randrange(5):
            case 0:
                text = text[:first] + text[last:]
            case 1:
                text = text[:last] + text[first:last] * chance.randint(1, 3) + text[last:]
            case 2:
                text = text[:first] + chance.choice(_PIECES) + text[first:]
            case 3:
                text = rf"\frac{{{text}}}{{{chance.choice(GALLERY)[1]}}}"
            case _:
                text = "".join(chance.sample([text[:first], text[first:last], text[last:]], k=3))
    return text[:5000]


def deep(chance: random.Random) -> str:
    """Something inside itself many times over, closed or not."""
    opener, closer = chance.choice(_NESTS)
    count = chance.choice([5, 20, 39, 40, 41, 80, 500, 2000])
    return (opener * count + "x" + closer * chance.choice([count, count - 1, 0]))[: chance.choice([4000, 5000])]


def characters(chance: random.Random) -> str:
    """Any Unicode at all."""
    return "".join(chr(chance.choice([chance.randrange(0x110000), chance.randrange(0x250)])) for _ in range(40))


def fault(body: str, width: int) -> str | None:
    """What is wrong with the forms of `body`, or None."""
    line = inline_form(body)
    if line is not None and _FORBIDDEN.search(line):
        return f"forbidden character in {line!r}"
    grid = display_form(body, width)
    if grid is None:
        return None
    sizes = {cells(row) for row in grid.rows}
    if len(sizes) != 1 or max(sizes) > width or not 0 <= grid.baseline < len(grid.rows):
        return f"rows of {sizes} cells, baseline {grid.baseline} of {len(grid.rows)}"
    found = _FORBIDDEN.search("".join(grid.rows))
    return f"forbidden character {found.group()!r}" if found else None


def main() -> int:
    """Runs the formulas and prints what came of them; the exit status is 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    makers = (soup, soup, mutant, mutant, mutant, deep, characters)
    failures = shown = 0
    slowest, slowest_body = 0.0, ""
    started = time.perf_counter()
    for _ in range(options.count):
        body = chance.choice(makers)(chance)
        width = chance.choice([1, 2, 10, 40, 60, 100, 200])
        begun = time.thread_time()
        try:
            wrong = fault(body, width)
            find_maths(body)
        except Exception:  # noqa: BLE001 - finding what is raised is what this script is for
            wrong = traceback.format_exc(limit=-3)
        spent = time.thread_time() - begun
        if spent > slowest:
            slowest, slowest_body = spent, body
        shown += inline_form(body) is not None if wrong is None else 0
        if wrong:
            failures += 1
            if failures <= 5:
                print(f"FAILED {body!r} at width {width}: {wrong}")
    print(f"{options.count} inputs, seed {options.seed}")
    print(f"{failures} failures: exceptions, rows too wide or uneven, control characters")
    print(f"{shown} had a one-line form; {time.perf_counter() - started:.0f} s in all")
    size, head = len(slowest_body), slowest_body[:60]
    print(f"slowest: {slowest * 1e3:.1f} ms of CPU for both forms of {size} characters, {head!r}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
