"""Where benchmark runs are kept."""

from collections.abc import Sequence
from typing import Protocol

from dsr1_tui.domain.bench.result import Run, SampleResult


class RunLog(Protocol):
    """A run that is being measured; nobody else can open it meanwhile. Every method may block."""

    @property
    def run(self) -> Run:
        """As it was when it was opened."""
        ...

    def append(self, results: Sequence[SampleResult]) -> None:
        """Keep results: when this returns they survive a crash of the machine.

        Raises:
            FaultError: (store) they cannot be written; what was there before is unharmed.
        """
        ...

    def close(self) -> None:
        """Let go of it; safe to call twice."""
        ...


class BenchRuns(Protocol):
    """The kept runs. Every method may block (call it in a thread)."""

    def begin(self, run: Run) -> RunLog:
        """Keep a new run, without results.

        Raises:
            FaultError: (store) it cannot be written.
        """
        ...

    def resume(self, name: str) -> RunLog:
        """Open a kept run to go on with it. `name` as with `load`.

        Raises:
            FaultError: as `load`; (store) another program measures it, or it cannot be written.
        """
        ...

    def load(self, name: str) -> Run:
        """A run by the beginning of its id, `last` for the newest, or the path of its file.

        Raises:
            FaultError: (not-found) there is none, or several begin so; (store) which line of it cannot be read.
        """
        ...

    def listed(self) -> tuple[Run, ...]:
        """The runs that can be read, newest first."""
        ...
