"""All that wiring puts together for a front end, as one value of ports."""

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.steering import Steering
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import Clipboard, Clock, Conversations, EndpointOpener, LocalServer, Machine, Messages, ServerProbe

if TYPE_CHECKING:
    from dsr1_tui.services.engine import EnginePorts


class ConfigFile(Protocol):
    """The user's TOML file."""

    def load(self) -> Config:
        """Read it; a missing file is an empty config.

        Raises:
            FaultError: (config) with file and line.
        """
        ...

    def save_sampling(self, layer: SamplingLayer) -> None:
        """Write the default sampling settings, leaving the rest of the file and its comments as they are.

        Raises:
            FaultError: (config).
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """The ports a front end hands to services."""

    clock: Clock
    open_endpoint: EndpointOpener
    conversations: Conversations
    messages: Messages
    config_file: ConfigFile
    machine: Machine
    probe: ServerProbe
    clipboard: Clipboard
    open_demo: Callable[[], AbstractAsyncContextManager[Target]]
    """The recorded endpoint, which answers while the context is open."""
    find_target: Callable[[str], Target]
    """The target for what a person types while the program runs: a URL, or the name of an endpoint in the file.

    Raises `FaultError` (usage, config). The key is found by the rule of `services.resolve`.
    """
    find_engine: "Callable[[], EnginePorts]"
    """vLLM's own environment. Raises `FaultError` (usage) for a folder variable that cannot be one."""
    local_server: Callable[[], LocalServer]
    """The vLLM server of this run, always the same one; `aclose` ends it."""
    aclose: Callable[[], Coroutine[object, object, None]]
    """End our server, finish what was asked of the store and close it; safe to call twice, a front end's last act."""
    warm_up: Callable[[], Coroutine[object, object, None]]
    """Import, in a thread, what the first request needs (up to a second); for once the first screen stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What the command line asked of the chat."""

    config: Config
    target: Target | None = None
    """`None` where neither flags, environment nor file name one: the start screen looks around."""
    flags: SamplingLayer
    """Sampling flags: above everything else in this run."""
    steering: Steering = field(default_factory=Steering)
    """Steering flags, likewise."""
    rules: Rules | None = None
    resume: str | None = None
    """Prefix of a conversation's id; empty for the last one; `None` for a new one."""
    demo: bool = False
