"""The user's configuration as values; reading and writing the file is an adapter's."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dsr1_tui.domain.presets import Presets
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.server.profile_file import OnQuit
from dsr1_tui.domain.steering import Steering


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointConfig:
    """A named endpoint (`[endpoints.lab]`)."""

    base_url: str
    """A URL, or `ssh://user@box/PORT` (in the file also as `ssh` and `remote_port`) for one behind a tunnel."""
    model: str | None = None
    api_key_env: str | None = None
    """Name of the environment variable that holds the key; the key itself is never in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole file."""

    endpoint: str | None = None
    """Name of the endpoint to use when none is asked for."""
    endpoints: Mapping[str, EndpointConfig] = field(default_factory=dict)
    sampling: SamplingLayer = field(default_factory=SamplingLayer)
    """Default sampling settings (`[sampling]`), above the preset, below the conversation."""
    presets: Presets = field(default_factory=Presets)
    """The built-in presets and the user's own (`[presets.NAME]`)."""
    steering: Steering = field(default_factory=Steering)
    """Defaults (`[chat]`): preset, instructions, thinking, loop policy, thinking budget."""
    servers: Mapping[str, ServerProfile] = field(default_factory=dict)
    """The user's server profiles (`[servers.NAME]`), in the order of the file."""
    server: str | None = None
    """Name of the server profile to use when none is asked for (`[server] profile`)."""
    on_quit: OnQuit = OnQuit.ASK
    """What becomes of a server that the chat started when the chat is left (`[server] on_quit`)."""
    vllm_command: tuple[str, ...] = ()
    """How vLLM is called (`[server] command`); empty: it is looked for."""
