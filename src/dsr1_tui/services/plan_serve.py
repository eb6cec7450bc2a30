"""Settles what server is to be started: settings laid together, vLLM found, the model looked at, a key made."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import Fault, FaultCode, fail
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.server.command import ApiKey, FoundVllm, VllmSource, is_exposed, plan_server
from dsr1_tui.domain.server.concern import Concern, Grade
from dsr1_tui.domain.server.diagnosis import FlagChange, StartCode
from dsr1_tui.domain.server.hub import HUB, hub_of, needs_hub, out_of_reach
from dsr1_tui.domain.server.model import ModelState
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.preflight import look_ahead
from dsr1_tui.domain.server.profile import DEFAULT_MODEL, ServerProfile, defaults, with_changes
from dsr1_tui.domain.server.profile_fields import BY_NAME, check
from dsr1_tui.domain.server.quantization import near
from dsr1_tui.domain.server.typed_flags import flags_line
from dsr1_tui.ports import Machine

NO_VLLM: Final = Fault(
    FaultCode.SERVER_START,
    "vLLM is not installed here.",
    "Install it: dsr1-chat engine install; or name its command in the config file ([server] command).",
)
VLLM_KEY: Final = "VLLM_API_KEY"
"""Where vLLM looks for its key."""


class Keys(Protocol):
    """The keys that are kept for servers which other machines reach. Every method may block."""

    def key(self, name: str) -> ApiKey:
        """The key of a profile, made the first time.

        Raises:
            FaultError: (server-start) it cannot be kept.
        """
        ...


class VllmFinder(Protocol):
    """Finds vLLM."""

    def __call__(self, configured: tuple[str, ...], *, gpu: bool) -> FoundVllm:
        """The one to start; may block for moments.

        Raises:
            FaultError: (server-start) the configured command does not exist.
        """
        ...


class ModelReader(Protocol):
    """Looks at a model's files."""

    def __call__(self, model: str) -> ModelState:
        """What there is of it on this machine; may block for moments.

        Raises:
            FaultError: (usage) a folder that does not exist.
        """
        ...


class HubReach(Protocol):
    """Looks whether the model hub, or a mirror, answers."""

    def __call__(self, endpoint: str) -> str:
        """Why nothing answers at that address, one sentence; empty where something does. Blocks for 2 s at most."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPorts:
    """What settling a start needs from the world."""

    machine: Machine
    find_vllm: VllmFinder
    read_model: ModelReader
    keys: Keys
    environ: Mapping[str, str]
    hub: HubReach | None = None
    """`None`: the hub is not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A start that can be made, or the reason why it should not be."""

    plan: ServerPlan
    name: str | None
    """The profile in the config file that it is made from."""
    said: ServerProfile
    """What flags and file say, without the defaults: what is shown to be typed again, or saved."""
    profile: ServerProfile
    """The whole."""
    vllm: FoundVllm
    model: ModelState
    concerns: tuple[Concern, ...]
    exposed: bool
    key_from: str = ""
    """Where the key comes from, in words; empty without one."""

    @property
    def fault(self) -> Fault | None:
        """What vLLM would refuse after a minute, or that there is no vLLM."""
        if self.vllm.source is VllmSource.NOWHERE:
            return NO_VLLM
        first = next((concern for concern in self.concerns if concern.grade is Grade.REFUSAL), None)
        if first is None:
            return None
        unreachable = first.code is StartCode.HUB_OFFLINE and not self.profile.offline
        return Fault(FaultCode.UNREACHABLE if unreachable else FaultCode.USAGE, first.message, first.hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asked to be started."""

    flags: ServerProfile = field(default_factory=ServerProfile)
    name: str | None = None
    """A profile in the config file; `None` takes the default one, if there is one and it is of this model."""
    changes: tuple[FlagChange, ...] = ()
    """What a diagnosis offered."""


def settle_start(ports: PlanPorts, config: Config, wish: Wish, *, dry: bool = False) -> Settled:
    """Settle a start; blocks for some seconds at most (call it in a thread where that matters).

    Args:
        ports: the world.
        config: the user's file.
        wish: what is asked for.
        dry: make no key (the plan then holds a stand-in), and do not look whether the hub answers.

    Raises:
        FaultError: (usage) a profile or a folder that does not exist, an address beyond this machine without
            `--expose`, a key's variable that is not set; (server-start) the configured command does not exist, or a
            key cannot be kept.
    """
    name, below = _profile(config, wish)
    said = with_changes(wish.flags.over(below), wish.changes)
    exposed = is_exposed(said)
    model = ports.read_model(said.model or DEFAULT_MODEL)
    machine = ports.machine.facts()
    vllm = ports.find_vllm(config.vllm_command, gpu=bool(machine.gpus))
    longest = model.facts.max_model_len if model.facts is not None else None
    profile = said.over(defaults(cpu=vllm.cpu, longest=longest))
    seen = profile if vllm.cpu else _as_seen(profile, ports.environ)
    concerns = look_ahead(seen, model, gpus=machine.gpus, memory_bytes=machine.memory_bytes, cpu=vllm.cpu)
    if not dry and vllm.source is not VllmSource.NOWHERE and (why := hub_trouble(ports, model, profile)) is not None:
        concerns = (why, *concerns)
    key, key_from = _key(ports, said, name or "server", exposed=exposed, dry=dry)
    plan = plan_server(profile, vllm, model, name=name, key=key, environ=ports.environ)
    return Settled(
        plan=replace(plan, flags=flags_line(said)),
        name=name,
        said=said,
        profile=profile,
        vllm=vllm,
        model=model,
        concerns=concerns,
        exposed=exposed,
        key_from=key_from,
    )


def hub_trouble(ports: PlanPorts, model: ModelState, profile: ServerProfile) -> Concern | None:
    """What keeps a model from being downloaded, where it would have to be; blocks for 4 s at most."""
    if ports.hub is None or not needs_hub(model, profile, ports.environ):
        return None
    endpoint = hub_of(profile, ports.environ)
    why = ports.hub(endpoint)
    if not why:
        return None
    return out_of_reach(model, profile, why, other_hub=endpoint != HUB and not ports.hub(HUB))


def find_profile(profiles: Mapping[str, ServerProfile], name: str) -> ServerProfile:
    """A profile by its name.

    Raises:
        FaultError: (usage) there is none with that name.
    """
    if name not in profiles:
        there = _known(name, profiles)
        raise fail(FaultCode.USAGE, f"There is no server profile “{name[:40]}”.", there)
    return profiles[name]


def _as_seen(profile: ServerProfile, environ: Mapping[str, str]) -> ServerProfile:
    """With the GPUs that the user's own variable leaves to vLLM, where none are chosen."""
    with suppress(SettingError):
        if not profile.gpus and (visible := environ.get("CUDA_VISIBLE_DEVICES", "").strip()):
            return profile.having("gpus", check(BY_NAME["gpus"], visible))
    return profile


def _known(name: str, profiles: Iterable[str]) -> str:
    names = tuple(profiles)
    if not names:
        return "The config file has none; --save NAME makes one."
    close = near(name, names)
    return close if close.startswith("Known") else f"{close} Known: {', '.join(names)}."


def _profile(config: Config, wish: Wish) -> tuple[str | None, ServerProfile]:
    if wish.name is not None:
        return wish.name, find_profile(config.servers, wish.name)
    if config.server is None:
        return None, ServerProfile()
    usual = config.servers[config.server]
    # What was set for one model (its quantization, its length) is not laid under another.
    if wish.flags.model is not None and wish.flags.model != (usual.model or DEFAULT_MODEL):
        return None, ServerProfile()
    return config.server, usual


def _key(ports: PlanPorts, said: ServerProfile, name: str, *, exposed: bool, dry: bool) -> tuple[ApiKey | None, str]:
    variable = said.api_key_env
    if variable is None and ports.environ.get(VLLM_KEY, "").strip():
        variable = VLLM_KEY  # vLLM reads it anyway
    if variable is not None:
        value = ports.environ.get(variable, "").strip()
        if not value:
            hint = f"Set it: export {variable}=…"
            raise fail(FaultCode.USAGE, f"The environment variable {variable} holds no key.", hint)
        return ApiKey(value), f"from ${variable}"
    if not exposed:
        return None, ""
    if dry:
        return ApiKey("…"), "made at the first start and kept"
    key = ports.keys.key(name)
    return key, f"kept in {key.file}"
