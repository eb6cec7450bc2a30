"""The benchmark's figures as a table one can read, and as a file that pyperf can compare."""

import os
import platform
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Final

import pyperf  # type: ignore[import-untyped]  # it has no types
from stream_figures import FIGURES, Case

_SLOWEST: Final = 3
"""Callbacks named a case."""
_PACKAGES: Final = ("textual", "openai")


def machine() -> str:
    """Where and when this is measured; no name of the machine."""
    now = datetime.now().astimezone()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{now:%Y-%m-%d %H:%M %Z}, {os.cpu_count()} cores ({platform.machine()}, {platform.system()}), "
        f"load {load}, Python {platform.python_version()}, {packages}"
    )


def table(cases: Sequence[Case]) -> str:
    """A row a case, each figure the median of its runs."""
    titles = ["tokens\n", "rate\n/s", "runs\n", *(figure.heading for figure in FIGURES)]
    rows = [title.split("\n") for title in titles]
    columns = [
        [*heading, *cells]
        for heading, cells in zip_longest(rows, zip(*(_cells(case) for case in cases), strict=True), fillvalue=())
    ]
    widths = [max(map(len, column)) for column in columns]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in zip(*columns, strict=True)
    ]
    return "\n".join([*lines, *(f"{case.name}: not every client came to the end" for case in cases if case.unfinished)])


def _cells(case: Case) -> list[str]:
    rate = f"{case.rate:,.0f}" if case.rate else "full"
    return [f"{case.tokens:,}", rate, str(len(case.runs)), *(figure.cell(case) for figure in FIGURES)]


def slowest(case: Case) -> str:
    """The callbacks of the event loop that took longest, with when after Enter."""
    found = sorted((slow for run in case.runs for slow in run.app.slow), key=lambda slow: -slow.seconds)
    told = (f"{slow.seconds * 1e3:.0f} ms at {slow.at:.1f} s ({slow.name})" for slow in found[:_SLOWEST])
    return f"{case.name}: slowest callbacks {'; '.join(told) or 'under 2 ms'}"


def save(cases: Sequence[Case], path: Path) -> None:
    """All runs as a pyperf suite: a benchmark a figure and case. Ratios, and what was not measured, are left out."""
    benchmarks = []
    for case in cases:
        for figure in FIGURES:
            values = [figure.of(run) for run in case.runs]
            metadata = {"name": f"{case.name}: {figure.name}", "unit": figure.unit}
            # pyperf takes no zero: a word that came with the very same read as the server's last byte is 1 µs late.
            runs = [
                pyperf.Run([max(value, 1e-6)], metadata=metadata)
                for value in values
                if figure.unit and value is not None
            ]
            if runs:
                benchmarks.append(pyperf.Benchmark(runs))
    pyperf.BenchmarkSuite(benchmarks).dump(str(path), replace=True)
