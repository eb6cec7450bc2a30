"""What is kept of a server that we started, so that a later run finds it, and never signals a stranger."""

from dataclasses import dataclass
from pathlib import Path

from dsr1_tui.domain.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessMark:
    """A process, told apart from a later one with the same number."""

    pid: int
    started: str
    """Its start time, as the system tells it."""
    boot: str
    """The system start it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRecord:
    """One server of ours."""

    id: str
    """Names its files."""
    profile: str
    model: str
    served_name: str
    host: str
    port: int
    supervisor: ProcessMark
    """The small process that watches over it."""
    server: ProcessMark | None = None
    """The leader of its process group; `None` until it was started."""
    log: Path
    started: float
    """Unix seconds."""
    kept: bool
    """Whether it outlives the program that started it."""
    ready_s: float | None = None
    """Seconds from start to ready; `None` while it is not."""
    exit_code: int | None = None
    """How it ended, negative for the signal; `None` while it runs or where nobody saw it."""
    key_file: Path | None = None
    flags: str = ""
    """What was chosen for it, as flags that say it once more."""
    owner: ProcessMark | None = None
    """The program that started it, with which it ends where it is not kept."""

    @property
    def target(self) -> Target:
        """Where it answers, without its key."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  compared, not bound
        host = f"[{host}]" if ":" in host else host
        return Target(base_url=f"http://{host}:{self.port}/v1", model=self.served_name)
