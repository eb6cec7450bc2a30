"""What a benchmark tells its front end."""

from dataclasses import dataclass

from dsr1_tui.domain.bench.report import BenchReport
from dsr1_tui.domain.bench.result import Run, SampleResult
from dsr1_tui.domain.fault import Fault


@dataclass(frozen=True, slots=True)
class BenchStarted:
    """First event."""

    run: Run
    """With what an earlier sitting measured."""


@dataclass(frozen=True, slots=True)
class SampleDone:
    """A sample ended and is kept."""

    result: SampleResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is; at least once a second."""

    done: int
    total: int
    right: int
    graded: int
    """Samples of questions with a known answer that did not fail."""
    tokens_per_s: float | None
    """Of all requests of this sitting together, as far as they have ended; an estimate while it runs."""
    left_s: float | None
    """Seconds that the rest takes if it goes on like this sitting; an estimate. `None` before the first sample."""


@dataclass(frozen=True, slots=True)
class SettingDone:
    """All samples of a setting are there."""

    setting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchEnded:
    """Last event."""

    report: BenchReport
    fault: Fault | None = None
    """Why it ended before its end."""


BenchEvent = BenchStarted | SampleDone | Progress | SettingDone | BenchEnded
