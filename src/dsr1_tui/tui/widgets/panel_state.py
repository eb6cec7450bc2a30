"""What the generation panel shows of the layers: each row's value, where it comes from, and what speaks against it."""

from dataclasses import dataclass
from enum import StrEnum

from dsr1_tui.domain.advice import Advice, Level, Plan, advise
from dsr1_tui.domain.presets import AUTO, Preset
from dsr1_tui.domain.sampling import Value
from dsr1_tui.domain.sampling_fields import FieldSpec
from dsr1_tui.domain.steering import ForcedThinking
from dsr1_tui.tui.layers import Layer, Layers


class Source(StrEnum):
    """Where a row's value comes from, in the word that stands beside it."""

    NOWHERE = ""
    """Nothing is sent."""
    DEFAULT = "default"
    """Nobody chose it: ours."""
    PRESET = "preset"
    CONFIG = "config"
    CHAT = "chat"
    FLAG = "flag"


def spoken(layers: Layers) -> tuple[tuple[Source, Layer], ...]:
    """The layers that a person writes, the one that wins first."""
    return (Source.FLAG, layers.flags), (Source.CHAT, layers.own), (Source.CONFIG, layers.config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Banded:
    """A number that stands somewhere against R1's recommended band."""

    spec: FieldSpec
    value: Value | None
    preset: Preset = AUTO
    """What it is for: `creative` bears more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowState:
    """One row of the panel."""

    text: str
    """The value, with its unit."""
    typed: str = ""
    """What an edit of it begins with."""
    source: Source = Source.NOWHERE
    chosen: bool = True
    """Whether somebody set it; what holds of itself is drawn dim."""
    about: str = ""
    """A line below it, about the value."""
    meaning: str = ""
    """What the value does, for the help; empty: the setting's own help is enough."""
    band: Banded | None = None
    advice: tuple[Advice, ...] = ()


def plan_of(layers: Layers) -> Plan:
    """What is about to be sent, for `advise`."""
    steering, preset = layers.steering, layers.preset
    return Plan(
        sampling=layers.sampling,
        rules=layers.rules,
        r1_model=layers.r1_model,
        preset=preset,
        maths=bool(preset.directive if steering.boxes is None else steering.boxes),
        instructions=steering.instructions or "",
        # Its default has nothing to do with other models, and nobody there need hear of it.
        thinking=steering.thinking or ForcedThinking.OFF,
        thinking_budget=steering.budget_tokens or None,
        reasoning_parser=layers.reasoning_parser,
        samples=layers.samples,
        limit=layers.limit,
    )


def advice_on(layers: Layers, name: str) -> tuple[Advice, ...]:
    """What speaks against one row's value, the gravest first."""
    order = tuple(Level)
    found = [one for one in advise(plan_of(layers)) if one.field == name]
    return tuple(sorted(found, key=lambda one: -order.index(one.level)))


def conflicts(layers: Layers) -> tuple[str, ...]:
    """The rows whose value cannot work as things stand."""
    return tuple(dict.fromkeys(one.field for one in advise(plan_of(layers)) if one.level is Level.CONFLICT))
