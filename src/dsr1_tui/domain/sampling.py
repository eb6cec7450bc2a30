"""Sampling settings in layers whose fields say *inherit*, *server default* or a value, resolved into what is sent."""

from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Final


class Unset(Enum):
    """A field that holds no value of its own."""

    INHERIT = "inherit"
    """The layer below decides."""
    SERVER = "server"
    """Nothing is sent, whatever the layers below say."""


INHERIT: Final = Unset.INHERIT
SERVER: Final = Unset.SERVER

Value = float | int | tuple[str, ...]
"""What a field may hold: a number, or stop strings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingLayer:
    """One layer: a preset, the config, a conversation, the flags."""

    temperature: float | Unset = INHERIT
    top_p: float | Unset = INHERIT
    top_k: int | Unset = INHERIT
    min_p: float | Unset = INHERIT
    max_tokens: int | Unset = INHERIT
    repetition_penalty: float | Unset = INHERIT
    presence_penalty: float | Unset = INHERIT
    frequency_penalty: float | Unset = INHERIT
    seed: int | Unset = INHERIT
    stop: tuple[str, ...] | Unset = INHERIT

    def get(self, name: str) -> Value | Unset:
        """The field `name`."""
        found: Value | Unset = getattr(self, name)
        return found

    def having(self, name: str, value: Value | Unset) -> "SamplingLayer":
        """A copy with one field changed (its type was checked by `fields.parse`)."""
        changes: dict[str, Value | Unset] = {name: value}
        return replace(self, **changes)  # type: ignore[arg-type]  # the spec table ties name and type; a test holds it

    def over(self, below: "SamplingLayer") -> "SamplingLayer":
        """This layer laid over another."""
        merged = below
        for field in fields(self):
            value = self.get(field.name)
            if value is not INHERIT:
                merged = merged.having(field.name, value)
        return merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What a request sends; `None` is not sent, so the server's own default holds."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    max_tokens: int | None = None
    repetition_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] | None = None

    def get(self, name: str) -> Value | None:
        """The field `name`."""
        found: Value | None = getattr(self, name)
        return found

    def sent(self) -> dict[str, Value]:
        """Only what is sent, by the API's own names."""
        pairs = ((field.name, self.get(field.name)) for field in fields(self))
        return {name: value for name, value in pairs if value is not None}


def resolve(*layers: SamplingLayer) -> Sampling:
    """Resolve layers, lowest first, into what is sent."""
    merged = SamplingLayer()
    for layer in layers:
        merged = layer.over(merged)
    values: dict[str, Value] = {}
    for field in fields(merged):
        value = merged.get(field.name)
        if not isinstance(value, Unset):
            values[field.name] = value
    return Sampling(**values)  # type: ignore[arg-type]  # as in `having`: names and types come from the same table
