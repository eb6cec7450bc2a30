"""What the doctor needs from the world, and what it is asked to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dsr1_tui.domain.engine import EngineRecord
from dsr1_tui.domain.fault import Fault
from dsr1_tui.domain.server.command import FoundVllm
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import (
    EndpointOpener,
    EndpointProber,
    EngineWatch,
    Hardware,
    ServerDoor,
    ServerHost,
    StoreReader,
    TerminalReader,
)
from dsr1_tui.services.config_file import ConfigFile
from dsr1_tui.services.plan_serve import PlanPorts


class EngineReader(Protocol):
    """vLLM's installations. Every method may block."""

    def record(self) -> EngineRecord | None:
        """What the engine's own environment tells of itself; `None` where there is none.

        Raises:
            FaultError: (engine-install) its folder holds other things, or cannot be read.
        """
        ...

    def python(self) -> str | None:
        """Version of the Python in it; `None` where there is none. Never raises."""
        ...

    def version(self, found: FoundVllm) -> str | None:
        """The version, read off its files; `None` where it cannot be told. Never raises, starts nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorFolders:
    """Where things lie, or will lie."""

    data: Path
    engine: Path
    hub: Path
    """The hub's cache of models."""
    config_file: Path
    database: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorPorts:
    """All that is looked at."""

    hardware: Hardware
    watch: EngineWatch
    terminal: TerminalReader
    store: StoreReader
    door: ServerDoor
    servers: ServerHost
    engine: EngineReader
    planner: PlanPorts
    config_file: ConfigFile
    open_endpoint: EndpointOpener
    probe: EndpointProber
    folders: DoctorFolders
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorWish:
    """What is to be looked at."""

    target: Target | None = None
    """The endpoint that somebody named; `None`: a server of ours that runs, else vLLM's usual port."""
    fault: Fault | None = None
    """Why the endpoint that somebody named cannot be gone to at all (a tunnel that does not open, a wrong flag)."""
    model: str | None = None
    """The model to look for, here and on the endpoint."""
    profile: str | None = None
    """A server profile in the config file."""
    ask_terminal: bool = False
    """Whether the terminal may be asked by control sequences; never while a screen is drawn."""
