"""What is said of a server's start, in words that the command line and the screens share."""

import shlex
from collections.abc import Iterable
from typing import Final

from dsr1_tui.domain.server.diagnosis import FlagChange
from dsr1_tui.domain.server.progress import ServerFacts, StartProgress

GB: Final = 10**9
_MINUTE: Final = 60.0


def amount_words(progress: StartProgress) -> str:
    """How much of the phase is done: `1.20 of 3.55 GB`, `1 of 2 shards`; empty where nothing is counted."""
    if progress.done is None:
        return ""
    scale, unit = (GB, "GB") if progress.unit == "B" else (1, progress.unit)
    form = ".2f" if scale == GB else "g"
    total = "" if progress.total is None else f" of {progress.total / scale:{form}}"
    return f"{progress.done / scale:{form}}{total} {unit}".rstrip()


def phase_words(progress: StartProgress) -> str:
    """The phase, and how much of it is done where that is counted."""
    return f"{progress.phase.value} {amount_words(progress)}".rstrip()


def fact_words(facts: ServerFacts) -> tuple[str, ...]:
    """What a server told of itself, a few words each; empty where it told nothing."""
    parts = (
        facts.version and f"vLLM {facts.version}",
        facts.weights_gib is not None and f"weights {facts.weights_gib:g} GiB",
        facts.kv_cache_tokens is not None and f"KV cache {facts.kv_cache_tokens:,} tokens",
        facts.max_concurrency is not None and f"{facts.max_concurrency:g} requests of full length at once",
    )
    return tuple(part for part in parts if part)


def change_words(changes: Iterable[FlagChange]) -> str:
    """Changed flags as one types them: `--max-model-len 11904`, `--enforce-eager`, `without --quantization`."""
    changes = tuple(changes)
    given = [shlex.join([change.flag, change.value] if change.value else [change.flag])
             for change in changes if change.value is not None]  # fmt: skip
    gone = [change.flag for change in changes if change.value is None]
    return " ".join(given) + (f"{', ' if given else ''}without {' and '.join(gone)}" if gone else "")


def start_words(verb: str, changes: Iterable[FlagChange]) -> str:
    """`start again with --max-model-len 11904`, `start without --quantization`; the verb alone without changes."""
    words = change_words(changes)
    if not words:
        return verb
    return f"{verb} {words}" if words.startswith("without ") else f"{verb} with {words}"


def seconds_words(seconds: float) -> str:
    """`12 s`, `2 min 05 s`."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s" if seconds < _MINUTE - 0.5 else "1 min 00 s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"
