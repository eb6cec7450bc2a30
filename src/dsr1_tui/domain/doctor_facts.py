"""What the checks look at: GPUs and who holds them, engines, the terminal, disks, the database, a server's answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from dsr1_tui.domain.request import ModelInfo


@dataclass(frozen=True, slots=True)
class GpuHolder:
    """A process that holds a GPU's memory."""

    pid: int
    name: str = ""
    """The program, printable and without its arguments; empty where it cannot be told."""
    used_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuState:
    """One GPU as it is now."""

    index: int
    name: str
    total_bytes: int | None = None
    free_bytes: int | None = None
    holders: tuple[GpuHolder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuReading:
    """What NVIDIA's library or tool tells."""

    source: str = ""
    """`NVML` or `nvidia-smi`; empty where there is neither."""
    gpus: tuple[GpuState, ...] = ()
    driver: tuple[int, ...] | None = None
    trouble: str = ""
    """Why it tells nothing although it is there, a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """An engine that nobody watches over any more."""

    pids: tuple[int, ...]
    name: str
    server: str = ""
    """The id of the server of ours that it belongs to; empty for one that dsr1-chat did not start."""
    stoppable: bool = False
    """Whether `dsr1-chat serve stop` reaches it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineProcesses:
    """The engines on this machine."""

    ours: Mapping[int, str] = field(default_factory=dict)
    """Processes of servers of ours: the id of each one's server by its number."""
    orphans: tuple[Orphan, ...] = ()


class Multiplexed(StrEnum):
    """What stands between this program and the terminal."""

    NO = ""
    TMUX = "tmux"
    SCREEN = "GNU screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalFacts:
    """The terminal; what is `None` is not known."""

    on_terminal: bool
    """Whether stdout is one."""
    term: str = ""
    program: str = ""
    """What `TERM_PROGRAM` calls it."""
    colours: int = 0
    """16, 256 or 2²⁴; 0 where `TERM` knows none."""
    encoding: str = ""
    columns: int = 0
    lines: int = 0
    ssh: bool = False
    around: Multiplexed = Multiplexed.NO
    tmux_clipboard: str | None = None
    """tmux's `set-clipboard`: on, external or off."""
    clipboard: bool | None = None
    """Whether the terminal says that it takes OSC 52; many that do say nothing."""
    kitty_keys: bool | None = None
    """Whether the terminal speaks kitty's keyboard protocol."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk that holds, or will hold, a folder."""

    free_bytes: int
    device: int
    """Tells two disks apart."""
    writable: bool
    """Whether this user may write into the nearest folder that exists."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder whose disk matters."""

    label: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreHealth:
    """The conversations' database."""

    there: bool
    size_bytes: int = 0
    problems: tuple[str, ...] = ()
    """What SQLite's quick_check finds, a line each; empty where all is well."""
    whole: bool = True
    """Whether it was looked at to its end within the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """A server's first answers."""

    models: tuple[ModelInfo, ...]
    version: str = ""
    """vLLM's, where it tells one."""
    took_s: float = 0.0
    skew_s: float | None = None
    """Its clock minus ours, in seconds, to a second or so; `None` where it does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A tiny request that shows what a server understands."""

    model: str
    max_tokens: int
    budget: int | None = None
    """`thinking_token_budget`."""
    interval: int | None = None
    """`stream_interval`."""
    only_token: int | None = None
    """The one token it may say, again and again, with `repetition_detection` asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back."""

    chunks: int = 0
    """Those with text."""
    first_s: float | None = None
    """From sending to the first text; `None` where none came."""
    field: str = ""
    """The delta's field that reasoning came in; empty where none came."""
    thought: str = ""
    content: str = ""
    finish: str = ""
