"""The process that compares formulas with math-verify: started by `maths_judge`, killed by it without loss.

Run as a script. Input: one JSON line with `path` (folders to look for packages in) and `memory` (bytes), then one
`[gold, answer, seconds]` a comparison. Output: `true` once it is ready, then `true` or `false` for each. It ends with
its input.
"""

import json
import logging
import os
import resource
import signal
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

SPARE_S = 2
"""CPU seconds beyond a pair's limit after which the system ends this process: for when nobody is left to kill it."""


def limit_memory(size: int) -> None:
    """No more address space than `size` bytes; macOS knows the limit and does not hold it."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_time(seconds: float) -> None:
    """End this process by SIGXCPU after so many CPU seconds from now: it works inside one long multiplication too."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime + seconds) + SPARE_S
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def take_output() -> TextIO:
    """The pipe to the parent; whatever else is printed goes nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    return answers


class Verifier:
    """math-verify, without its own alarms (the parent kills) and without its reader of Python expressions."""

    def __init__(self) -> None:
        from math_verify import LatexExtractionConfig, parse, verify  # noqa: PLC0415  after the limits are set

        self._parse = parse
        self._verify = verify
        self._config = (LatexExtractionConfig(),)

    def same(self, gold: str, answer: str) -> bool:
        """Whether one is accepted as the other, in either direction.

        `verify` is not symmetric: it turns an assignment or a relation into the other side's form in one direction
        only. Each acceptance is a proof, so one is enough.
        """
        one, other = self._read(gold), self._read(answer)
        return bool(one and other) and (self._accepts(one, other) or self._accepts(other, one))

    def _read(self, body: str) -> list[Any]:
        found: list[Any] = self._parse(
            f"\\boxed{{{body}}}", self._config, fallback_mode="no_fallback", parsing_timeout=None
        )
        return found

    def _accepts(self, gold: list[Any], answer: list[Any]) -> bool:
        # 12 and 30 digits instead of 6 and 15: 1.0000001 is not 1
        return bool(self._verify(gold, answer, float_rounding=12, numeric_precision=30, timeout_seconds=None))


def main() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = take_output()
    settings = json.loads(sys.stdin.readline() or "{}")
    limit_memory(settings["memory"])
    sys.path.extend(folder for folder in settings["path"] if Path(folder).is_absolute() and folder not in sys.path)
    warnings.simplefilter("ignore")
    logging.disable()
    verifier = Verifier()
    verifier.same("x + 1", "1 + x")  # the first formula builds the grammar's tables
    print("true", file=answers, flush=True)
    for line in sys.stdin:
        gold, answer, seconds = json.loads(line)
        limit_time(seconds)
        try:
            same = verifier.same(gold, answer)
        except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, MemoryError):
            same = False
        print("true" if same else "false", file=answers, flush=True)


if __name__ == "__main__":
    main()
