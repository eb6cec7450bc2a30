"""All that wiring puts together for a front end, as one value of ports."""

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.steering import Steering
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import (
    Clipboard,
    Clock,
    Conversations,
    EndpointOpener,
    Judge,
    Machine,
    Messages,
    ServerProbe,
    Tokenizers,
    Tunnels,
)
from dsr1_tui.services.config_file import ConfigFile

if TYPE_CHECKING:
    from dsr1_tui.services.doctor_ports import DoctorPorts
    from dsr1_tui.services.engine import EnginePorts
    from dsr1_tui.services.plan_serve import PlanPorts
    from dsr1_tui.services.serve import ServePorts


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
    tokenizers: Tokenizers
    open_demo: Callable[[], AbstractAsyncContextManager[Target]]
    """The recorded endpoint, which answers while the context is open."""
    find_target: Callable[[str], Target]
    """The target for what a person types while the program runs: a URL, or the name of an endpoint in the file.

    Raises `FaultError` (usage, config). The key is found by the rule of `services.resolve`.
    """
    open_judge: Callable[[], Judge]
    """Somebody who says whether two boxed answers are equal; whoever opens it closes it."""
    tunnels: Tunnels
    """Ways to remote boxes; `aclose` ends them."""
    find_engine: "Callable[[], EnginePorts]"
    """vLLM's own environment. Raises `FaultError` (usage) for a folder variable that cannot be one."""
    find_servers: "Callable[[], ServePorts]"
    """The vLLM servers of this machine, always through the same ports; `aclose` ends those of this run."""
    find_planner: "Callable[[], PlanPorts]"
    """What settling a server's start needs."""
    find_doctor: "Callable[[], DoctorPorts]"
    """What the doctor looks at. Raises `FaultError` (usage) as above."""
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
    keep: bool = False
    """Whether a server that the chat starts is kept when it is left, without asking."""
