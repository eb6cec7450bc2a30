"""Reads what a server tells of itself in its log: weights, KV cache, lengths; and the flags it was given."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui.domain.server.progress import ServerFacts

DEFAULT_PORT: Final = 8000
"""vLLM's own."""
DEFAULT_SHARE: Final = 0.92
"""vLLM 0.32's `--gpu-memory-utilization`."""


def whole(text: str) -> int:
    """A whole number as a log writes it: `32,768`, `16384.0`."""
    return int(float(text.replace(",", "")))


_N: Final = r"(\d[\d,]{0,14})"
_X: Final = r"(\d{1,9}(?:\.\d{1,12})?)"
_FACTS: Final[tuple[tuple[re.Pattern[str], Callable[[ServerFacts, str], ServerFacts]], ...]] = (
    (
        re.compile(r"(?:[▄█] +|API server )version v?(\d+\.\d[\w.+-]{0,40})"),
        lambda facts, found: replace(facts, version=found),
    ),
    (re.compile(r"LLM engine \(v(\d+\.\d[\w.+-]{0,40})\)"), lambda facts, found: replace(facts, version=found)),
    (
        re.compile(r"(?i)resolved architectures?:? \[?'?(\w{1,80})"),
        lambda facts, found: replace(facts, architecture=found),
    ),
    (
        re.compile(rf"(?i)(?:using max(?:imum)? model len(?:gth)?:?|\bmax_seq_len=|'max_model_len': ?) ?{_N}"),
        lambda facts, found: replace(facts, max_model_len=whole(found)),
    ),
    (
        re.compile(rf"(?i)auto-fit max_model_len: reduced from \d{{1,9}} to {_N}"),
        lambda facts, found: replace(facts, max_model_len=whole(found)),
    ),
    (
        re.compile(rf"(?i)checkpoint size: {_X} ?GiB"),
        # The size on disk stands in until the loader tells what the weights take; a tiny model rounds to none.
        lambda facts, found: replace(facts, weights_gib=facts.weights_gib or float(found) or None),
    ),
    (
        re.compile(rf"(?i)(?:model loading|loading model weights) took {_X} ?Gi?B"),
        lambda facts, found: replace(facts, weights_gib=float(found)),
    ),
    (
        re.compile(rf"(?i)loading weights took {_X} ?s"),
        lambda facts, found: replace(facts, weights_s=float(found)),
    ),
    (
        re.compile(rf"(?i)available kv cache memory: {_X} ?GiB"),
        lambda facts, found: replace(facts, kv_cache_gib=float(found)),
    ),
    (
        re.compile(rf"(?i)set \({_X}/[\d.]{{1,12}}\) GiB for KV cache"),
        lambda facts, found: replace(facts, kv_cache_gib=float(found)),
    ),
    (
        re.compile(rf"(?i)kv cache size: {_N} tokens"),
        lambda facts, found: replace(facts, kv_cache_tokens=whole(found)),
    ),
    (
        re.compile(rf"(?i)maximum concurrency for [\d,]{{1,12}} tokens per request: {_X}x"),
        lambda facts, found: replace(facts, max_concurrency=float(found)),
    ),
    (
        re.compile(rf"(?i)init engine \([^)]{{0,200}}\) took {_X} ?s"),
        lambda facts, found: replace(facts, engine_s=float(found)),
    ),
)


def told(facts: ServerFacts, text: str) -> ServerFacts:
    """The facts, with what this line tells; the same object where it tells nothing."""
    for pattern, add in _FACTS:
        if found := pattern.search(text):
            facts = add(facts, found.group(1))
    return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The flags a server was started with, as far as its log tells; `None` where it does not."""

    port: int = DEFAULT_PORT
    max_model_len: int | None = None
    gpu_memory_utilization: float = DEFAULT_SHARE
    tensor_parallel_size: int | None = None
    pipeline_parallel_size: int = 1
    quantization: str | None = None
    reasoning_parser: str | None = None
    enforce_eager: bool = False
    model: str | None = None


GIVEN_MARK: Final = re.compile(r"non-default args: ?\{|\bargs: Namespace\(")
"""Where a server tells its flags, first thing in a start."""


def read_given(text: str) -> Given:
    """Read the line that tells the flags: `non-default args: {…}`, or `args: Namespace(…)` before 0.9."""
    share = _value(text, "gpu_memory_utilization", r"(\d\.\d{1,6}|\d)")
    port, length = _value(text, "port", r"(\d{1,5})"), _value(text, "max_model_len", r"(\d{1,9})")
    tensor = _value(text, "tensor_parallel_size", r"(\d{1,4})")
    return Given(
        port=int(port) if port else DEFAULT_PORT,
        max_model_len=int(length) if length else None,
        gpu_memory_utilization=float(share) if share else DEFAULT_SHARE,
        tensor_parallel_size=int(tensor) if tensor else None,
        pipeline_parallel_size=int(_value(text, "pipeline_parallel_size", r"(\d{1,4})") or 1),
        quantization=_value(text, "quantization", r"'([\w.-]{1,60})'"),
        reasoning_parser=_value(text, "reasoning_parser", r"'(\w{1,60})'"),
        enforce_eager=_value(text, "enforce_eager", r"(True)") is not None,
        model=_value(text, "model", r"'([^']{1,300})'"),
    )


def _value(text: str, name: str, form: str) -> str | None:
    found = re.search(rf"(?:'{name}': |\b{name}=){form}", text)
    return found.group(1) if found else None
