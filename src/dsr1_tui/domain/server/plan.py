"""A server that can be started: every flag decided, nothing left to look up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dsr1_tui.domain.target import Target, is_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """What is run, and where it will answer."""

    profile: str
    """Name under which earlier starts are remembered: the profile's, else the model's."""
    model: str
    """As vLLM is given it: a hub name or an absolute folder."""
    served_name: str
    """The model's name on the wire."""
    host: str
    """The address it listens on."""
    port: int
    command: tuple[str, ...]
    """The whole command line; never holds a key."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Laid over the user's own; never holds a key."""
    api_key: str | None = field(default=None, repr=False)
    """Handed over as `VLLM_API_KEY` in the environment, so that no process list shows it."""
    key_file: Path | None = None
    """Where the key is kept (0600), where we made it."""
    flags: str = ""
    """What was chosen, as flags that say it once more (`typed_flags.flags_line`); never holds a key."""
    cwd: Path | None = None

    @property
    def target(self) -> Target:
        """Where this machine reaches it."""
        near = self.host if is_loopback(self.host) else "127.0.0.1"
        host = f"[{near}]" if ":" in near else near
        return Target(base_url=f"http://{host}:{self.port}/v1", model=self.served_name, api_key=self.api_key)
