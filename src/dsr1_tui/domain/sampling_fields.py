"""One table of the sampling fields: it makes the panel, the flags, the config keys and the docs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dsr1_tui.domain.sampling import SERVER, Unset, Value


class Kind(StrEnum):
    """What a field holds."""

    FLOAT = "float"
    INT = "int"
    STRINGS = "strings"


class SettingError(ValueError):
    """A value that is not accepted; its text is the reason, fit to stand beside the field."""


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e5 else f"{int(value):,}"  # noqa: PLR2004  where %g would turn to exponents


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One sampling setting."""

    name: str
    kind: Kind
    help: str
    """What it does, in a line."""
    low: float = -math.inf
    high: float = math.inf
    above_low: bool = False
    """True where `low` itself is refused."""
    step: float = 1
    start: float = 0
    """Where stepping begins when nothing is set."""
    decimals: int = 0
    unit: str = ""
    good: tuple[float, float] | None = None
    """Recommended band for R1 (DeepSeek-R1 model card, "Usage Recommendations")."""
    fair: tuple[float, float] | None = None
    """Band outside `good` that is only amber."""
    advice: str = ""
    """Words beside the field."""
    unset: str = "server default"
    """How "not set" is shown."""

    @property
    def flag(self) -> str:
        """The command-line flag."""
        return "--" + self.name.replace("_", "-")

    @property
    def bounds(self) -> str:
        """The range in words."""
        if self.above_low:
            return f"above {_number(self.low)}, at most {_number(self.high)}"
        return f"{_number(self.low)} to {_number(self.high)}"


MAX_STOP: Final = 4
"""vLLM and OpenAI take at most 4 stop strings."""

FIELDS: Final[tuple[FieldSpec, ...]] = (
    FieldSpec(
        "temperature",
        Kind.FLOAT,
        "How freely tokens are drawn; 0 is greedy.",
        0,
        2,
        step=0.05,
        start=0.6,
        decimals=2,
        good=(0.5, 0.7),
        fair=(0.4, 0.8),
        advice="0.5–0.7 best for R1",
    ),
    FieldSpec(
        "top_p",
        Kind.FLOAT,
        "Draw from the likeliest tokens that add up to this share.",
        0,
        1,
        above_low=True,
        step=0.05,
        start=0.95,
        decimals=2,
        good=(0.9, 1.0),
        fair=(0.8, 1.0),
        advice="0.95 for R1",
    ),
    FieldSpec("top_k", Kind.INT, "Draw from this many likeliest tokens; 0 is off.", 0, 1_000_000, step=5, start=20),
    FieldSpec(
        "min_p",
        Kind.FLOAT,
        "Drop tokens less likely than this share of the likeliest.",
        0,
        1,
        step=0.01,
        start=0.05,
        decimals=2,
    ),
    FieldSpec(
        "max_tokens",
        Kind.INT,
        "Reply limit, reasoning included.",
        1,
        10_000_000,
        step=512,
        start=4096,
        unit="tok",
        unset="all that fits",
    ),
    FieldSpec(
        "repetition_penalty",
        Kind.FLOAT,
        "Above 1 discourages every token seen; hurts maths above 1.1.",
        0,
        2,
        above_low=True,
        step=0.05,
        start=1.0,
        decimals=2,
        good=(1.0, 1.1),
        fair=(0.95, 1.2),
    ),
    FieldSpec(
        "presence_penalty", Kind.FLOAT, "Discourages tokens used at all.", -2, 2, step=0.1, start=0.0, decimals=2
    ),
    FieldSpec(
        "frequency_penalty",
        Kind.FLOAT,
        "Discourages tokens by how often they were used.",
        -2,
        2,
        step=0.1,
        start=0.0,
        decimals=2,
    ),
    FieldSpec("seed", Kind.INT, "The same seed gives the same text.", -(2**63), 2**63 - 1, start=42, unset="random"),
    FieldSpec("stop", Kind.STRINGS, "End the reply at one of these (comma-separated, \\n for a newline).", unset="–"),
)

BY_NAME: Final[Mapping[str, FieldSpec]] = {spec.name: spec for spec in FIELDS}


def check(spec: FieldSpec, value: object) -> Value:
    """The value if it fits the field, whatever it came from (a flag, TOML, JSON); ints given for floats become floats.

    Raises:
        SettingError: the reason, in one line.
    """
    if spec.kind is Kind.STRINGS:
        return _check_texts(spec, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingError(f"{spec.name} needs a number")
    # Compared first: `isfinite` cannot take an integer beyond a float's range.
    if not spec.low <= value <= spec.high or (spec.above_low and value == spec.low):
        raise SettingError(f"{spec.name} must be {spec.bounds}")
    if spec.kind is Kind.FLOAT:
        return float(value)
    if value != int(value):
        raise SettingError(f"{spec.name} needs a whole number")
    return int(value)


def _check_texts(spec: FieldSpec, value: object) -> tuple[str, ...]:
    items: tuple[object, ...] = tuple(value) if isinstance(value, tuple | list) else (value,)
    texts = tuple(item for item in items if isinstance(item, str) and item)
    if len(texts) != len(items):
        raise SettingError(f"{spec.name} needs texts, none of them empty")
    if len(texts) > MAX_STOP:
        raise SettingError(f"{spec.name} takes at most {MAX_STOP} texts")
    return texts


def parse(spec: FieldSpec, text: str) -> Value | Unset:
    """What a person typed for a field; `server`, `default` and nothing mean the server's default.

    Raises:
        SettingError: the reason, in one line.
    """
    stripped = text.strip()
    if stripped.lower() in {"", "server", "server default", "default", "none", spec.unset}:
        return SERVER
    if spec.kind is Kind.STRINGS:
        parts = (part.strip(" ") for part in text.split(","))
        return check(spec, tuple(part.replace("\\n", "\n").replace("\\t", "\t") for part in parts if part))
    plain = stripped.replace(" ", "").replace(",", "")
    try:
        number: Value = int(plain) if spec.kind is Kind.INT else float(plain)
    except ValueError:
        what = "a whole number" if spec.kind is Kind.INT else "a number"
        raise SettingError(f"{spec.name} needs {what}, got “{stripped[:20]}”") from None
    return check(spec, number)


def stepped(spec: FieldSpec, value: Value | None, direction: int) -> Value | None:
    """The value one step up (+1) or down (-1), kept in range; stepping from "not set" gives the start value."""
    if spec.kind is Kind.STRINGS or isinstance(value, tuple):
        return value
    if value is None:
        return int(spec.start) if spec.kind is Kind.INT else spec.start
    moved = round(value + direction * spec.step, spec.decimals)
    low = spec.low + spec.step if spec.above_low else spec.low
    moved = min(max(moved, low), spec.high)
    return int(moved) if spec.kind is Kind.INT else moved


def shown(spec: FieldSpec, value: Value | None) -> str:
    """The value as the panel writes it."""
    if value is None:
        return spec.unset
    if isinstance(value, tuple):
        return ", ".join(item.replace("\n", "\\n").replace("\t", "\\t") for item in value)
    if spec.kind is Kind.INT:
        return str(value) if spec.name == "seed" else f"{value:,}"
    return f"{value:.{spec.decimals}f}"


class Grade(StrEnum):
    """How wise a value is for R1."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"
    NONE = "none"
    """No advice."""


def grade(spec: FieldSpec, value: Value | None) -> Grade:
    """Where a value stands against the recommended bands."""
    if spec.good is None or value is None or isinstance(value, tuple):
        return Grade.NONE
    if spec.good[0] <= value <= spec.good[1]:
        return Grade.GOOD
    if spec.fair is not None and spec.fair[0] <= value <= spec.fair[1]:
        return Grade.FAIR
    return Grade.BAD
