"""What the doctor looks at, as small Protocols; none of them changes anything."""

from pathlib import Path
from typing import Protocol

from dsr1_tui.domain.doctor_facts import (
    Disk,
    EngineProcesses,
    GpuReading,
    Heard,
    Hello,
    StoreHealth,
    TerminalFacts,
    Trial,
)
from dsr1_tui.domain.target import Target


class Hardware(Protocol):
    """GPUs and disks. Every method may block for seconds (call it in a thread), never raises."""

    def gpus(self) -> GpuReading:
        """The GPUs with their free memory, and who holds it."""
        ...

    def disk(self, folder: Path) -> Disk | None:
        """The disk of a folder that need not exist; `None` where it cannot be told."""
        ...


class EngineWatch(Protocol):
    """The engines that run on this machine."""

    def engines(self) -> EngineProcesses:
        """Ours, and those nobody watches over. Blocks, never raises, signals nothing."""
        ...


class TerminalReader(Protocol):
    """The terminal."""

    def read(self, *, ask: bool) -> TerminalFacts:
        """What it is; `ask` lets it be asked by control sequences, where it could answer. Blocks for moments."""
        ...


class StoreReader(Protocol):
    """The conversations' database, looked at without being changed."""

    def health(self) -> StoreHealth:
        """Whether it is whole. Blocks.

        Raises:
            FaultError: (store, store-newer) it cannot be read.
        """
        ...


class EndpointProbe(Protocol):
    """Tiny requests to one server; every method but `aclose` may raise `FaultError`, as `Endpoint.models` does."""

    async def hello(self) -> Hello:
        """What it serves and what it is."""
        ...

    async def hear(self, trial: Trial) -> Heard:
        """Ask for a few tokens.

        Raises:
            FaultError: (refused) a field that the trial sends is not taken, among others.
        """
        ...

    async def tokens(self, model: str, text: str) -> tuple[int, ...]:
        """A text's tokens, by `/tokenize`."""
        ...

    async def complete(self, model: str) -> None:
        """Ask `/v1/completions` for one token."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class EndpointProber(Protocol):
    """Makes probes."""

    def __call__(self, target: Target) -> EndpointProbe:
        """One for `target`; connects lazily."""
        ...
