"""The environment that vLLM is installed into."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dsr1_tui.domain.engine import EngineMachine, EngineRecord


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a command wrote, without its end."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended; the last it is heard of."""

    code: int
    """Exit status; negative: the signal that ended it."""


class EngineHost(Protocol):
    """The machine that vLLM is installed on."""

    def machine(self, folder: Path) -> EngineMachine:
        """What it is, for an engine in `folder`; may block for seconds (call it in a thread), never raises."""
        ...

    def run(self, argv: Sequence[str]) -> AsyncGenerator[Line | Ended, None]:
        """Run a command: its output line by line, then `Ended`; closing the generator ends it and its children.

        Raises:
            FaultError: (engine-install) it cannot be started.
        """
        ...


class EngineHome(Protocol):
    """The folder that holds vLLM's own environment. Every method may block (call it in a thread)."""

    def hold(self) -> AbstractContextManager[None]:
        """Make the folder and keep other installations out of it while the context is open.

        Raises:
            FaultError: (engine-install) it cannot be made, holds other things, or another installation is at work.
        """
        ...

    def record(self) -> EngineRecord | None:
        """What it tells of itself; `None` where there is nothing.

        Raises:
            FaultError: (engine-install) it holds other things.
        """
        ...

    def keep(self, record: EngineRecord) -> None:
        """Write the record so that it is there whole or not at all.

        Raises:
            FaultError: (engine-install).
        """
        ...

    def clear(self) -> None:
        """Remove all that is in it.

        Raises:
            FaultError: (engine-install) something cannot be removed, or it holds other things.
        """
        ...

    def used_bytes(self) -> int:
        """Bytes of disk it takes, files with several names counted once; never raises."""
        ...
