"""What was found for the start screen (servers, this machine), and the sentences that say so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from textwrap import TextWrapper
from typing import Final

from dsr1_tui.domain.doctor_facts import GpuHolder

GIB: Final = 1024**3
GB: Final = 10**9
SEPARATOR: Final = " · "
LABELS: Final = ("Looked for a server:", "This machine:")
NAMES_SHOWN: Final = 2
"""Model names told of one server; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is looked for."""

    host: str
    port: int
    usual: str
    """The program that listens there by default."""

    @property
    def label(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"


PLACES: Final = (
    Place("localhost", 8000, "vLLM"),
    Place("localhost", 11434, "Ollama"),
    Place("localhost", 8080, "llama.cpp"),
    Place("localhost", 30000, "SGLang"),
    Place("localhost", 1234, "LM Studio"),
)
"""The default ports of the servers that speak OpenAI's API."""


class Speech(StrEnum):
    """What a listening port turned out to speak."""

    API = "api"
    """OpenAI's API: it lists models."""
    LOCKED = "locked"
    """It wants a key before it lists models."""
    OTHER = "other"
    """It answers, but not with a list of models."""
    SILENT = "silent"
    """It took the connection and did not answer in time."""


@dataclass(frozen=True, slots=True)
class FoundServer:
    """Something that listens."""

    speech: Speech
    models: tuple[str, ...] = ()
    """The models it lists: printable text, fit to be shown."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One place and what was there."""

    place: Place
    found: FoundServer | None
    """`None`: nothing listens."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One CUDA device."""

    name: str
    memory_bytes: int | None = None
    free_bytes: int | None = field(default=None, compare=False)
    """What of it is free now; not compared, so that cards of one kind are counted as such."""
    holders: tuple[GpuHolder, ...] = field(default=(), compare=False)
    """The processes that hold the rest, as far as they can be seen."""


class VllmPlace(StrEnum):
    """Where vLLM is installed, nearest first."""

    ENGINE = "engine"
    """In the environment that `engine install` makes."""
    HERE = "here"
    """In the environment this program runs in."""
    PATH = "path"
    """A `vllm` command on the search path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """What of this machine matters to serving a model; `None` and empty where it cannot be told."""

    gpus: tuple[Gpu, ...] = ()
    memory_bytes: int | None = None
    """Main memory in all."""
    disk_free_bytes: int | None = None
    """Free on the disk that holds the data dir."""
    vllm: VllmPlace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that the start screen tells; what is `None` is still being looked for."""

    servers: tuple[Looked, ...] | None = None
    configured: tuple[str, ...] = ()
    """Names of the endpoints in the config file."""
    machine: MachineFacts | None = None

    @property
    def usable(self) -> tuple[Looked, ...]:
        """The places with a server one can connect to (a key may be needed)."""
        ready = (Speech.API, Speech.LOCKED)
        return tuple(item for item in self.servers or () if item.found is not None and item.found.speech in ready)


def describe(findings: Findings, width: int = 100) -> tuple[str, ...]:
    """The findings as lines of at most `width` characters, broken between facts, beside a column of labels."""
    column = max(map(len, LABELS)) + 3
    lines: list[str] = []
    for label, parts in zip(LABELS, (server_parts(findings), machine_parts(findings)), strict=True):
        if width < 2 * column:  # too narrow for a column beside the facts
            lines += [label, *(f"  {line}" for line in _joined(parts, width - 2))]
        else:
            told = _joined(parts, width - column)
            lines += [f"{head:<{column}}{line}" for head, line in zip((label, *[""] * len(told)), told, strict=False)]
    return tuple(lines)


def _joined(parts: Sequence[str], width: int) -> list[str]:
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(SEPARATOR) + len(part) <= width:
            lines[-1] += SEPARATOR + part
        else:
            lines += TextWrapper(width=max(width, 10), break_on_hyphens=False).wrap(part)
    return lines


def server_parts(findings: Findings) -> tuple[str, ...]:
    """One fact a listening place, one for all the places where nothing listens, one for the config file."""
    config = f"config: {', '.join(findings.configured) or 'none'}"
    if findings.servers is None:
        return ("looking …", config)
    told = [f"{item.place.label} {_server(item.place, item.found)}" for item in findings.servers if item.found]
    empty = [item.place for item in findings.servers if not item.found]
    if empty:
        # Ports of one host share its name: five times "localhost" would hide the one that matters.
        hosts = dict.fromkeys(place.host for place in empty)
        ports = {host: ", ".join(str(place.port) for place in empty if place.host == host) for host in hosts}
        told += [f"nothing on {host}:{listed}" for host, listed in ports.items()]
    return (*told, config)


def _server(place: Place, found: FoundServer) -> str:
    match found.speech:
        case Speech.API if found.models:
            more = len(found.models) - NAMES_SHOWN
            return ", ".join(found.models[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
        case Speech.API:
            return f"a server without a model ({place.usual}'s port)"
        case Speech.LOCKED:
            return "a server that wants a key"
        case Speech.OTHER:
            return "something else"
        case Speech.SILENT:
            return "does not answer"


def machine_parts(findings: Findings) -> tuple[str, ...]:
    """GPUs, memory, free disk and vLLM, a fact each."""
    facts = findings.machine
    if facts is None:
        return ("looking …",)
    parts = list(_gpus(facts.gpus))
    if facts.memory_bytes is not None:
        parts.append(f"{facts.memory_bytes / GIB:.0f} GiB memory")
    if facts.disk_free_bytes is not None:
        parts.append(f"{facts.disk_free_bytes / GB:,.0f} GB disk free")
    return (*parts, _vllm(facts.vllm))


def _gpus(gpus: Sequence[Gpu]) -> tuple[str, ...]:
    kinds: dict[Gpu, int] = {}
    for gpu in gpus:
        kinds[gpu] = kinds.get(gpu, 0) + 1
    if not kinds:
        return ("no CUDA GPU",)
    return tuple(
        (f"{number} × " if number > 1 else "")
        + gpu.name
        + (f", {gpu.memory_bytes / GIB:.0f} GiB" if gpu.memory_bytes else "")
        for gpu, number in kinds.items()
    )


def _vllm(place: VllmPlace | None) -> str:
    match place:
        case None:
            return "vLLM not installed"
        case VllmPlace.ENGINE:
            return "vLLM installed"
        case VllmPlace.HERE:
            return "vLLM in this environment"
        case VllmPlace.PATH:
            return "vLLM on the PATH"
