"""What DeepSeek measured, so that a run on one of their sets can be read beside it.

All figures are those of the model cards of DeepSeek-R1 and its distilled models, “Distilled Model Evaluation”
(https://github.com/deepseek-ai/DeepSeek-R1, README.md, section 4).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class KnownSet(StrEnum):
    """The sets that figures were published for; the value is the name a reader knows."""

    AIME_2024 = "AIME 2024"
    MATH_500 = "MATH-500"
    GPQA_DIAMOND = "GPQA Diamond"
    LIVE_CODE_BENCH = "LiveCodeBench"
    CODEFORCES = "CodeForces"


class Metric(StrEnum):
    """What a figure measures."""

    PASS_1 = "pass@1"  # noqa: S105  a metric, not a password
    """Per cent of answers that are right."""
    CONS_64 = "cons@64"
    """Per cent of questions whose most frequent answer among 64 is right."""
    RATING = "rating"
    """Elo-like rating among human contestants."""


@dataclass(frozen=True, slots=True)
class Published:
    """One figure of the model card."""

    model: str
    """The model it was measured on, unquantised, as DeepSeek names it."""
    known_set: KnownSet
    metric: Metric
    value: float
    """Per cent, or a rating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The settings figures were published under."""

    temperature: float
    top_p: float
    max_tokens: int
    samples: int
    """Answers to each question."""


CONDITIONS: Final = Conditions(temperature=0.6, top_p=0.95, max_tokens=32_768, samples=64)

_COLUMNS: Final = (
    (KnownSet.AIME_2024, Metric.PASS_1),
    (KnownSet.AIME_2024, Metric.CONS_64),
    (KnownSet.MATH_500, Metric.PASS_1),
    (KnownSet.GPQA_DIAMOND, Metric.PASS_1),
    (KnownSet.LIVE_CODE_BENCH, Metric.PASS_1),
    (KnownSet.CODEFORCES, Metric.RATING),
)
_TABLE: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        "DeepSeek-R1-Distill-Qwen-1.5B": (28.9, 52.7, 83.9, 33.8, 16.9, 954),
        "DeepSeek-R1-Distill-Qwen-7B": (55.5, 83.3, 92.8, 49.1, 37.6, 1189),
        "DeepSeek-R1-Distill-Qwen-14B": (69.7, 80.0, 93.9, 59.1, 53.1, 1481),
        "DeepSeek-R1-Distill-Qwen-32B": (72.6, 83.3, 94.3, 62.1, 57.2, 1691),
        "DeepSeek-R1-Distill-Llama-8B": (50.4, 80.0, 89.1, 49.0, 39.6, 1205),
        "DeepSeek-R1-Distill-Llama-70B": (70.0, 86.7, 94.5, 65.2, 57.5, 1633),
    }
)
_ALIASES: Final[Mapping[str, KnownSet]] = MappingProxyType(
    {
        "aime2024": KnownSet.AIME_2024,
        "aime24": KnownSet.AIME_2024,
        "math500": KnownSet.MATH_500,
        "gpqadiamond": KnownSet.GPQA_DIAMOND,
        "livecodebench": KnownSet.LIVE_CODE_BENCH,
        "codeforces": KnownSet.CODEFORCES,
    }
)
_ROLE: Final = re.compile(r"(?<=[^a-z0-9])(?:test|eval|questions)$")
_SIGNS: Final = re.compile(r"[^a-z0-9]+")


def known_set(name: str) -> KnownSet | None:
    """The set that a title or a file's name without ending means (`aime_2024`, `MATH-500-test`); None for others."""
    return _ALIASES.get(_SIGNS.sub("", _ROLE.sub("", name.strip().lower())))


def figures_for(model: str, name: str) -> tuple[Published, ...]:
    """The figures for a model's name and a set's; none where either is not among those published.

    A name that goes on behind the model's (`…-1.5B-AWQ`) gets the figures of the model it was made of:
    `Published.model` says which, and belongs beside the figure.
    """
    found = known_set(name)
    written = model.rstrip("/").rsplit("/", 1)[-1].lower()
    meant = next((known for known in _TABLE if re.match(rf"{re.escape(known.lower())}(?![a-z0-9])", written)), None)
    if found is None or meant is None:
        return ()
    return tuple(
        Published(meant, column, metric, value)
        for (column, metric), value in zip(_COLUMNS, _TABLE[meant], strict=True)
        if column is found
    )
