"""The command line and the environment that start a server, from its profile and the vLLM that was found."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.server.model import ModelPlace, ModelState
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.profile import HOST, PORT, ServerProfile
from dsr1_tui.domain.server.profile_fields import BY_FLAG, SPECS, FieldKind, Setting
from dsr1_tui.domain.server.quantization import NONE
from dsr1_tui.domain.target import is_loopback

MODULE: Final = ("-m", "vllm.entrypoints.cli.main")
"""For an interpreter: a script's first line cannot hold a long path."""
QUIET: Final[Mapping[str, str]] = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_LOGGING_COLOR": "0"}
"""No statistics to vLLM's makers, no colours in the log."""
_KV_SPACE: Final = "VLLM_CPU_KVCACHE_SPACE"
_KV_BYTES: Final = "--kv-cache-memory-bytes"
CPU: Final[Mapping[str, str]] = {
    _KV_SPACE: "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "OMP_NUM_THREADS": "1",
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
}
"""A small model on a few cores: 1 GiB of KV cache, one thread, bound to no core."""
OFFLINE: Final[Mapping[str, str]] = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
"""For a model whose files are all here: nothing is looked up."""
GIB: Final = 1024**3

UNGUARDED: Final = (
    "The key guards /v1 only: /tokenize, /detokenize, /metrics, /version, /invocations answer all who reach it.",
    "What is sent travels unencrypted: use it on a network you trust, or put a proxy with TLS before it.",
)
"""What is said of a server that listens beyond this machine (vLLM guards `/v1/*` and nothing else)."""

_INTERPRETER: Final = re.compile(r"python(?:\d(?:\.\d+)?)?(?:\.exe)?")


class VllmSource(StrEnum):
    """Where vLLM was found, in the order in which it is looked for."""

    CONFIGURED = "the configured command"
    ENGINE = "the engine environment"
    HERE = "this program's own environment"
    PATH = "PATH"
    NOWHERE = "nowhere"
    """It is not installed; the command is what a PATH with it would take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVllm:
    """The vLLM to start."""

    source: VllmSource
    command: tuple[str, ...]
    """What stands before `serve`."""
    cpu: bool = False
    """Whether it is, or is taken to be, the CPU build."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that a server asks for."""

    value: str = field(repr=False)
    file: Path | None = None
    """Where it is kept (0600), if we made it."""


def vllm_command(words: tuple[str, ...]) -> tuple[str, ...]:
    """What stands before `serve` for a configured command: an interpreter alone gets vLLM's module."""
    if len(words) == 1 and _INTERPRETER.fullmatch(Path(words[0]).name):
        return (*words, *MODULE)
    return words


def is_exposed(profile: ServerProfile) -> bool:
    """Whether it listens beyond this machine.

    Raises:
        FaultError: (usage) it would, and nobody said `--expose`.
    """
    host, port = profile.host or HOST, profile.port or PORT
    if is_loopback(host):
        return False
    if not profile.expose:
        tunnel = f"ssh -L {port}:127.0.0.1:{port} USER@THIS-MACHINE"
        hint = f"Leave it away and open a tunnel from the other machine: {tunnel}; or say --expose (and read what for)."
        raise fail(FaultCode.USAGE, f"--host {host} lets other machines reach the server.", hint)
    return True


def plan_server(
    profile: ServerProfile,
    vllm: FoundVllm,
    model: ModelState,
    *,
    name: str | None = None,
    key: ApiKey | None = None,
    environ: Mapping[str, str] | None = None,
) -> ServerPlan:
    """Everything that starts the server; nothing is looked up.

    Args:
        profile: with the defaults under it.
        vllm: what is run.
        model: what it is run on.
        name: the profile's name in the config file, if it has one.
        key: what the server asks for.
        environ: the user's own environment, whose CPU settings stand.

    Raises:
        FaultError: (usage) it would listen beyond this machine unasked, or without a key.
    """
    host, port = profile.host or HOST, profile.port or PORT
    if is_exposed(profile) and key is None:
        raise fail(FaultCode.USAGE, f"A server on {host} needs an API key.", "Name its variable: --api-key-env NAME.")
    served = profile.served_model_name or model.name
    flags: dict[str, Setting] = {"served_model_name": served, "host": host, "port": port}
    given = {spec.name: flags.get(spec.name, profile.get(spec.name)) for spec in SPECS if spec.vllm}
    words: list[str] = []
    extra = profile.extra or ()
    named = {word.split("=", 1)[0].replace("_", "-") for word in extra if word.startswith("--")}
    for flag, value in ((f"--{name.replace('_', '-')}", given[name]) for name in _in_order(given)):
        if value is not None and flag not in named:  # what stands after “--” overrules
            words += _as_flag(flag, value)
    return ServerPlan(
        profile=name or served,
        model=model.served,
        served_name=served,
        host=host,
        port=port,
        command=(*vllm.command, "serve", model.served, *words, *extra),
        environment=_environment(profile, vllm, model, environ or {}),
        api_key=None if key is None else key.value,
        key_file=None if key is None else key.file,
    )


def _in_order(given: Mapping[str, object]) -> tuple[str, ...]:
    """Where it answers first, then the rest in the table's order."""
    first = ("served_model_name", "host", "port")
    return (*first, *(name for name in given if name not in first))


def _as_flag(flag: str, value: Setting) -> tuple[str, ...]:
    spec = BY_FLAG[flag]
    if spec.kind is FieldKind.SWITCH:
        return (flag,) if value else ()
    if value == NONE and spec.off == NONE:
        return ()
    return (flag, f"{value:g}" if isinstance(value, float) else str(value))


def _environment(
    profile: ServerProfile, vllm: FoundVllm, model: ModelState, environ: Mapping[str, str]
) -> dict[str, str]:
    found = dict(QUIET)
    if vllm.cpu:
        found |= {name: value for name, value in _cpu(profile, model).items() if not environ.get(name)}
    if profile.gpus:
        # nvidia-smi counts by bus, CUDA by speed unless told otherwise.
        found |= {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": ",".join(profile.gpus)}
    if profile.hf_endpoint:
        found["HF_ENDPOINT"] = profile.hf_endpoint.rstrip("/")
    if profile.offline or (model.place is ModelPlace.FOLDER and profile.offline is None):
        found |= OFFLINE
    return found


def _cpu(profile: ServerProfile, model: ModelState) -> Mapping[str, str]:
    """The CPU settings, with as many GiB of KV cache as one request of full length takes."""
    if any(word.split("=", 1)[0].replace("_", "-") == _KV_BYTES for word in profile.extra or ()):
        return {name: value for name, value in CPU.items() if name != _KV_SPACE}  # which would overrule the flag
    each = model.facts.kv_bytes(profile.kv_cache_dtype or "auto", profile.dtype or "auto") if model.facts else None
    space = max(1, math.ceil((profile.max_model_len or 0) * (each or 0) / GIB))
    return {**CPU, _KV_SPACE: str(space)}
