"""What goes to stderr while a benchmark runs: one line drawn anew on a terminal, else a line a setting."""

import os
import shutil
import sys
from collections import Counter
from typing import Final

from dsr1_tui.cli.bench_table import name_of
from dsr1_tui.cli.edge import warn
from dsr1_tui.domain.bench.plan import BenchPlan
from dsr1_tui.domain.bench.result import Run, SampleResult
from dsr1_tui.ports import Clock
from dsr1_tui.render.safe import safe
from dsr1_tui.services.bench_events import BenchEnded, BenchEvent, BenchStarted, Progress, SampleDone, SettingDone

_DIM: Final = "\x1b[2m"
_PLAIN: Final = "\x1b[0m"
_CLEAR: Final = "\r\x1b[K"
_MINUTE: Final = 60
_MINUTES: Final = 90
"""Up to here minutes are told, from here on hours."""


class BenchTalk:
    """Feed it every event; call `draw` a few times a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._live = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._dim = self._live and not os.environ.get("NO_COLOR")
        self._since = clock.monotonic()
        self._plan: BenchPlan | None = None
        self._progress: Progress | None = None
        self._setting = 0
        self._counts: Counter[tuple[int, str]] = Counter()
        self._drawn = ""

    def feed(self, event: BenchEvent) -> None:
        """Take one event into account and say what is to be said at once."""
        match event:
            case BenchStarted(run):
                self._begin(run)
            case SampleDone(result):
                self._count(result)
            case Progress():
                self._progress = event
            case SettingDone(setting):
                self._say_setting(setting)
            case BenchEnded():
                self.clear()

    def _begin(self, run: Run) -> None:
        self._plan, self._since = run.plan, self._clock.monotonic()
        for result in run.results:
            self._count(result)
        self.clear()
        plan = run.plan
        went = f", {len(run.results)} of them are there" if run.results else ""
        warn(f"{plan.total:,} samples of {plan.model}{went}. Run {run.id}")

    def _count(self, result: SampleResult) -> None:
        setting = self._setting = result.key.setting
        self._counts[setting, "samples"] += 1
        self._counts[setting, "failed"] += result.failed
        self._counts[setting, "graded"] += result.right is not None
        self._counts[setting, "right"] += result.right is True
        self._counts[setting, "tokens"] += result.output_tokens

    def _say_setting(self, setting: int) -> None:
        """One setting is measured: on a terminal the line drawn anew tells it."""
        if self._live or self._plan is None:
            return
        count = {name: self._counts[setting, name] for name in ("samples", "failed", "graded", "right", "tokens")}
        words = [f"{name_of(self._plan, setting)}: {count['samples']} samples"]
        if count["graded"]:
            words.append(f"{100 * count['right'] / count['graded']:.1f} % right")
        if count["failed"]:
            words.append(f"{count['failed']} failed")
        warn(f"{', '.join(words)}, {count['tokens']:,} tokens")

    def draw(self) -> None:
        """Bring the line up to date."""
        if not self._live:
            return
        width = shutil.get_terminal_size().columns - 1
        text = safe(self._words()).replace("\n", " ")[:width]
        if text != self._drawn:
            self._drawn = text
            _write(f"{_CLEAR}{_DIM}{text}{_PLAIN}" if self._dim else f"{_CLEAR}{text}")

    def _words(self) -> str:
        plan, progress = self._plan, self._progress
        waited = f"{self._clock.monotonic() - self._since:.0f} s"
        if plan is None:
            return f"connecting {waited} · ctrl+c stops"
        if progress is None:
            return f"warming up {waited} · ctrl+c stops"
        words = [f"{progress.done:,}/{progress.total:,}"]
        if progress.graded:
            words.append(f"{100 * progress.right / progress.graded:.1f} % right")
        if progress.tokens_per_s is not None:
            words.append(f"≈{progress.tokens_per_s:,.0f} tok/s")
        if progress.left_s is not None:
            words.append(f"≈{duration(progress.left_s)} left")
        if plan.swept:
            words.append(name_of(plan, self._setting))
        return " · ".join([*words, "ctrl+c stops"])

    def clear(self) -> None:
        """Take the line away; the next `draw` brings it back."""
        if self._drawn:
            self._drawn = ""
            _write(_CLEAR)


def duration(seconds: float) -> str:
    """Seconds as somebody would say them."""
    if seconds < _MINUTES:
        return f"{seconds:.0f} s"
    minutes = seconds / _MINUTE
    return f"{minutes:.0f} min" if minutes < _MINUTES else f"{minutes / _MINUTE:.1f} h"


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        pass  # nobody listens
