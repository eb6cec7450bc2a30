"""What is told of each size and rate: one list of figures makes the table and the file."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from stream_clients import AppRun
from stream_measure import Streamed


@dataclass(frozen=True, slots=True)
class Run:
    """One answer, streamed to the app and to each bare client."""

    tokens: int
    app: AppRun
    typed: Streamed
    raw: Streamed


@dataclass(frozen=True, slots=True)
class Case:
    """One size at one rate, as often as it was run."""

    tokens: int
    rate: float
    """Tokens a second; 0 for as fast as they are taken."""
    runs: list[Run] = field(default_factory=list)

    @property
    def name(self) -> str:
        """In words."""
        return f"{self.tokens:,} tokens at {f'{self.rate:,.0f}/s' if self.rate else 'full speed'}"

    @property
    def unfinished(self) -> bool:
        """Whether a client did not come to the end of an answer within the limit: its figures mean little then."""
        return not all(each.done for run in self.runs for each in (run.app.streamed, run.typed, run.raw))


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of the table."""

    name: str
    heading: str
    """Two lines."""
    of: Callable[[Run], float | None]
    """In seconds, bytes, or times."""
    unit: str
    """`second`, `byte` (pyperf's names), or empty for a ratio."""
    scale: float = 1
    """From that to the table's unit."""
    digits: int = 0

    def median(self, case: Case) -> float | None:
        """Over its runs; `None` where the machine does not tell it."""
        known = [value for run in case.runs if (value := self.of(run)) is not None]
        return statistics.median(known) if known else None

    def cell(self, case: Case) -> str:
        """As the table has it."""
        value = self.median(case)
        return "-" if value is None else f"{value * self.scale:,.{self.digits}f}"


def _median(values: list[float]) -> float | None:
    return statistics.median(values) if values else None


def _worst(values: list[float]) -> float | None:
    return max(values, default=None)


MB: Final = 1 / 1024**2
MS: Final = 1e3
US: Final = 1e6

FIGURES: Final = (
    Figure("time", "whole\ns", lambda run: run.app.streamed.seconds, "second", digits=1),
    Figure("CPU", "CPU\ns", lambda run: run.app.streamed.cpu_s, "second", digits=2),
    Figure("CPU per token", "a token\nµs", lambda run: run.app.streamed.cpu_s / run.tokens, "second", US),
    Figure("CPU, typed client", "typed\nCPU s", lambda run: run.typed.cpu_s, "second", digits=2),
    Figure("CPU, raw client", "raw\nCPU s", lambda run: run.raw.cpu_s, "second", digits=2),
    Figure("CPU to typed", "ours :\ntyped", lambda run: run.app.streamed.cpu_s / run.typed.cpu_s, "", digits=2),
    Figure("CPU to raw", "ours :\nraw", lambda run: run.app.streamed.cpu_s / run.raw.cpu_s, "", digits=2),
    Figure("end lag", "end lag\ns", lambda run: run.app.streamed.lag_s, "second", digits=2),
    Figure("end lag, typed client", "typed\nlag s", lambda run: run.typed.lag_s, "second", digits=2),
    Figure("echo, median", "echo\nms", lambda run: _median([*run.app.streamed.echoes]), "second", MS),
    Figure("echo, worst", "worst\nms", lambda run: _worst([*run.app.streamed.echoes]), "second", MS),
    Figure("echo after the end, worst", "after\nms", lambda run: _worst([*run.app.streamed.after]), "second", MS),
    Figure("callback, worst", "callback\nms", lambda run: _worst([s.seconds for s in run.app.slow]), "second", MS),
    Figure("written", "written\nKB", lambda run: run.app.streamed.written, "byte", 1 / 1024),
    Figure("peak memory", "peak\nMB", lambda run: run.app.streamed.peak_rss, "byte", MB),
)
