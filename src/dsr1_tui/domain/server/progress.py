"""How far a server that starts has come, in phases one can believe."""

from dataclasses import dataclass, field
from enum import StrEnum


class Phase(StrEnum):
    """The phases of a start, in order; some are skipped."""

    STARTING = "starting"
    """The interpreter imports."""
    RESOLVING = "resolving"
    """Configuration and tokenizer are read."""
    DOWNLOADING = "downloading"
    LOADING = "loading weights"
    PROFILING = "profiling memory"
    CAPTURING = "capturing graphs"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What a starting server tells of itself; `None` where it did not."""

    version: str | None = None
    architecture: str | None = None
    max_model_len: int | None = None
    weights_gib: float | None = None
    weights_s: float | None = None
    kv_cache_gib: float | None = None
    kv_cache_tokens: int | None = None
    max_concurrency: float | None = None
    """Requests of full length that fit at once."""
    engine_s: float | None = None
    """Seconds the engine took to profile, make the cache and warm up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartProgress:
    """Where a start stands."""

    phase: Phase = Phase.STARTING
    done: float | None = None
    """How much of the phase is done, in `unit`."""
    total: float | None = None
    unit: str = ""
    """`B` for bytes, `shards`, `graphs`; empty where nothing is counted."""
    facts: ServerFacts = field(default_factory=ServerFacts)
    passed: tuple[Phase, ...] = ()
    """The phases that are over, in order."""
