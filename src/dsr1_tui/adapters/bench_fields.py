"""Reads an object of JSON field by field, each as what it has to be; what is wrong is said by the field's name."""

import json
import math
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")

Json = Mapping[str, object]


class BadLineError(ValueError):
    """A line that is none of a run's; its text says what is wrong with it."""


class Fields:
    """An object of JSON; each method reads a field, which has to be there, or raises `BadLineError`."""

    def __init__(self, raw: object) -> None:
        if not isinstance(raw, dict):
            raise BadLineError("it is no object")
        self._raw: Json = raw

    def raw(self, name: str) -> object:
        """Whatever it is; it has to be there."""
        if name not in self._raw:
            raise BadLineError(f"“{name}” is missing")
        return self._raw[name]

    def text(self, name: str) -> str:
        """A text."""
        return _held(name, self.maybe_text(name))

    def maybe_text(self, name: str) -> str | None:
        """A text or null."""
        value = self.raw(name)
        if value is not None and not isinstance(value, str):
            raise wrong(name)
        return value

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        """One of some texts."""
        value = self.text(name)
        if value not in known:
            raise BadLineError(f"“{name}” is none of {', '.join(known)}")
        return value

    def whole(self, name: str) -> int:
        """A whole number."""
        return _held(name, self.maybe_whole(name))

    def maybe_whole(self, name: str) -> int | None:
        """A whole number or null."""
        value = self.raw(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise wrong(name)
        return value

    def number(self, name: str) -> float:
        """A finite number."""
        return _held(name, self.maybe_number(name))

    def maybe_number(self, name: str) -> float | None:
        """A finite number or null."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise wrong(name)
        return value

    def maybe_flag(self, name: str) -> bool | None:
        """True, false or null."""
        value = self.raw(name)
        if value is not None and not isinstance(value, bool):
            raise wrong(name)
        return value

    def table(self, name: str) -> object:
        """An object."""
        value = self.raw(name)
        if not isinstance(value, dict):
            raise wrong(name)
        return value

    def listed(self, name: str) -> list[object]:
        """A list."""
        value = self.raw(name)
        if not isinstance(value, list):
            raise wrong(name)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        values = tuple(one for one in self.listed(name) if isinstance(one, str))
        if len(values) != len(self.listed(name)):
            raise wrong(name)
        return values


def _held(name: str, value: T | None) -> T:
    if value is None:
        raise wrong(name)
    return value


def wrong(name: str) -> BadLineError:
    """A field that has another type, or none."""
    return BadLineError(f"“{name}” is not what it has to be")


def loaded(line: str) -> object:
    """What a line of JSON holds.

    Raises:
        BadLineError: it is none.
    """
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLineError("it is not JSON") from None
    return found
