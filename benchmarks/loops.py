"""How well the loop guard tells loops from honest text: `python benchmarks/loops.py`.

Texts come from `loops_corpus.py`, cut about as the model's tokenizer does. Thresholds were set by the tuning half; the
test half is what is printed. Delays are counted from the first token of the first copy of what is then repeated, so a
loop whose copies are 300 tokens long cannot be known for one before some 600. With `--honest FILE…` the guard reads
texts of your own that do not loop, and says which of them it takes for loops.
"""

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from loops_baselines import ngram_trip, zlib_trip
from loops_corpus import LONGEST, Sample, corpus, tokens

from dsr1_tui.domain.repetition import Finding, Level, LoopGuard

Trip = tuple[int | None, int | None]
"""Tokens until a suspicion and until a loop."""


@dataclass(slots=True)
class Score:
    """What a detector did with the texts of one half."""

    loops: int = 0
    delays: list[int] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    """Looping texts in which it saw a loop before there was one."""
    honest: int = 0
    false_loops: list[str] = field(default_factory=list)
    false_suspicions: list[str] = field(default_factory=list)
    seconds: float = 0.0
    tokens: int = 0

    def take(self, sample: Sample, cut: Sequence[str], trip: Trip, seconds: float) -> None:
        """Count one text."""
        suspicion, loop = trip
        self.seconds += seconds
        self.tokens += loop or len(cut)
        if sample.loop_char is None:
            self.honest += 1
            if loop is not None:
                self.false_loops.append(f"{sample.name} at {loop}")
            elif suspicion is not None:
                self.false_suspicions.append(f"{sample.name} at {suspicion}")
            return
        self.loops += 1
        start = _token_at(cut, sample.loop_char)
        if loop is None:
            self.missed.append(sample.name)
        elif loop <= start:
            self.early.append(f"{sample.name} {start - loop} early")
        else:
            self.delays.append(loop - start)

    def row(self, name: str) -> str:
        """One line of the table."""
        delays = sorted(self.delays) or [0]
        late = delays[min(len(delays) - 1, round(len(delays) * 0.95))]
        return (
            f"{name:26} {len(self.delays):3}/{self.loops} {statistics.median(delays):8.0f} {late:7} {delays[-1]:7} "
            f"{len(self.false_loops) + len(self.early):5}/{self.honest + self.loops} "
            f"{len(self.false_suspicions):5}/{self.honest} {self.seconds / max(1, self.tokens) * 1e6:8.1f}"
        )


def guard_trip(cut: Sequence[str]) -> Trip:
    """Feed the guard token by token."""
    guard = LoopGuard()
    suspicion = None
    for count, token in enumerate(cut, 1):
        match guard.feed(token):
            case Finding(level=Level.LOOP):
                return suspicion, count
            case Finding():
                suspicion = count
            case None:
                pass
    return suspicion, None


def _only_loop(trip: Callable[[Sequence[str]], int | None], cut: Sequence[str]) -> Trip:
    return None, trip(cut)


DETECTORS: dict[str, Callable[[Sequence[str]], Trip]] = {
    "the loop guard": guard_trip,
    "zlib ratio > 2.4": partial(_only_loop, zlib_trip),
    "vLLM n-gram 2-20, 6 times": partial(_only_loop, partial(ngram_trip, max_size=20, min_size=2, min_count=6)),
    "vLLM n-gram 1-600, 4 times": partial(_only_loop, partial(ngram_trip, max_size=600, min_size=1, min_count=4)),
}


def _token_at(cut: Sequence[str], char: int) -> int:
    """How many tokens stand before a character."""
    length = 0
    for count, token in enumerate(cut):
        if length >= char:
            return count
        length += len(token)
    return len(cut)


def score(samples: Iterable[Sample], names: Iterable[str]) -> dict[str, Score]:
    """Let each detector read each text."""
    scores = {name: Score() for name in names}
    for sample in samples:
        cut = tokens(sample.text)[:LONGEST]
        for name, counted in scores.items():
            begun = time.process_time()
            trip = DETECTORS[name](cut)
            counted.take(sample, cut, trip, time.process_time() - begun)
    return scores


def read_honest(paths: Sequence[str]) -> int:
    """Say which files the guard takes for loops."""
    wrong = 0
    for path in paths:
        guard = LoopGuard()
        for token in tokens(Path(path).read_text(encoding="utf-8", errors="replace")):
            found = guard.feed(token)
            if found is not None:
                wrong += found.level is Level.LOOP
                print(f"{path}: {found.level.name.lower()} ({found.kind}) at {found.at_tokens}: {found.sample}")
    print(f"{wrong} of {len(paths)} files taken for loops")
    return 1 if wrong else 0


def main() -> int:
    """Print the table; 0 when the aims are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tuning", action="store_true", help="read the tuning half instead of the test half")
    parser.add_argument("--seed", default="", help="make other texts of the same families")
    parser.add_argument("--guard-only", action="store_true", help="leave the baselines out")
    parser.add_argument("--honest", nargs="+", metavar="FILE", help="read these honest texts instead of the corpus")
    asked = parser.parse_args()
    if asked.honest:
        return read_honest(asked.honest)
    half = [sample for sample in corpus(asked.seed) if sample.test is not asked.tuning]
    scores = score(half, list(DETECTORS)[: 1 if asked.guard_only else None])
    print(f"{'tuning' if asked.tuning else 'test'} half, Python {platform.python_version()}, {platform.machine()}")
    print(f"{'':26}   found   median     P95     max  false loop  suspect  us/token")
    for name, counted in scores.items():
        print(counted.row(name))
    guard = scores["the loop guard"]
    for title, names in (
        ("missed", guard.missed),
        ("early", guard.early),
        ("false loops", guard.false_loops),
        ("false suspicions", guard.false_suspicions),
    ):
        if names:
            print(f"{title}: {', '.join(names)}")
    wrong = guard.missed or guard.early or guard.false_loops
    return 1 if wrong or statistics.median(guard.delays) >= 300 else 0


if __name__ == "__main__":
    sys.exit(main())
