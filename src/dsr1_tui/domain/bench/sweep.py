"""Sweeps: a setting given several values, and the cross product of several such settings."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.sampling import Sampling, Unset, Value
from dsr1_tui.domain.sampling_fields import BY_NAME, FieldSpec, Kind, SettingError, parse

MOST_SETTINGS: Final = 256
"""More combinations than anybody waits for: a slip of the keyboard."""
_EXAMPLE: Final = "Write it like temperature=0.3,0.6,0.8."
_ANYTHING: Final = 0.0


@dataclass(frozen=True, slots=True)
class Sweep:
    """One setting and its values."""

    field: str
    """A field of `Sampling`."""
    values: tuple[Value | None, ...]
    """Different ones, at least one; `None` is the server's default."""


def parse_sweep(text: str) -> Sweep:
    """A sweep as typed: `temperature=0.3,0.6`; `server` is the server's default. Each stop string is one value.

    Raises:
        FaultError: (usage) in one line: no such setting (the nearest is named), no value, one twice, one out of range.
    """
    name, equals, listed = text.partition("=")
    spec = _field(name)
    if not equals or not listed.strip():
        raise fail(FaultCode.USAGE, f"--sweep {_short(text)}: there are no values.", _EXAMPLE)
    values: list[Value | None] = []
    for part in listed.split(","):
        value = _value(spec, part, text)
        if value in values:
            raise fail(FaultCode.USAGE, f"--sweep {_short(text)}: {_short(part.strip())} stands there twice.")
        values.append(value)
    return Sweep(spec.name, tuple(values))


def _field(name: str) -> FieldSpec:
    meant = name.strip().lower().removeprefix("--").replace("-", "_")
    spec = BY_NAME.get(meant)
    if spec is not None:
        return spec
    near = difflib.get_close_matches(meant[:40], list(BY_NAME), 1, _ANYTHING)
    hint = f"The nearest is {near[0]}; there are {', '.join(BY_NAME)}."
    raise fail(FaultCode.USAGE, f"--sweep: “{_short(name.strip())}” is no setting.", hint)


def _value(spec: FieldSpec, part: str, text: str) -> Value | None:
    if not part.strip():
        raise fail(FaultCode.USAGE, f"--sweep {_short(text)}: a value is missing between two commas.", _EXAMPLE)
    try:
        value = parse(spec, part)
    except SettingError as error:
        bounds = "" if spec.kind is Kind.STRINGS or spec.bounds in str(error) else f"It may be {spec.bounds}."
        raise fail(FaultCode.USAGE, f"--sweep {spec.name}={_short(part.strip())}: {error}.", bounds) from None
    except OverflowError:
        message = f"--sweep {spec.name}={_short(part.strip())}: {spec.name} must be {spec.bounds}."
        raise fail(FaultCode.USAGE, message) from None
    return None if isinstance(value, Unset) else value


def cross(base: Sampling, sweeps: Sequence[Sweep]) -> tuple[Sampling, ...]:
    """All combinations laid over `base`, the last sweep changing fastest; `base` alone where nothing is swept.

    Raises:
        FaultError: (usage) a setting swept twice, or more than `MOST_SETTINGS` combinations.
    """
    names = [sweep.field for sweep in sweeps]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise fail(FaultCode.USAGE, f"--sweep names {name} twice.", "Give all of its values in one.")
    number = 1
    for sweep in sweeps:
        number *= len(sweep.values)
    if number > MOST_SETTINGS:
        raise fail(FaultCode.USAGE, f"These sweeps make {number:,} settings; {MOST_SETTINGS} are the most.")
    return tuple(_laid_over(base, names, values) for values in product(*(sweep.values for sweep in sweeps)))


def _laid_over(base: Sampling, names: Sequence[str], values: Sequence[Value | None]) -> Sampling:
    changes: dict[str, Value | None] = dict(zip(names, values, strict=True))
    return replace(base, **changes)  # type: ignore[arg-type]  # `parse` held each value to its field's type


def _short(text: str) -> str:
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"  # noqa: PLR2004  a line's worth
