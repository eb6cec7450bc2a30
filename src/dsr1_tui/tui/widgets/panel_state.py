"""What the generation panel shows of the settings layers: each field's value and where it comes from."""

from dataclasses import dataclass, field
from enum import StrEnum

from dsr1_tui.domain.rules import Rules, auto_preset
from dsr1_tui.domain.sampling import INHERIT, SamplingLayer, Unset, Value
from dsr1_tui.domain.sampling_fields import FieldSpec


class Source(StrEnum):
    """Where a field's value comes from, in the word that stands beside it."""

    NOWHERE = ""
    PRESET = "R1 preset"
    CONFIG = "config"
    CHAT = "chat"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelState:
    """The layers as the panel needs them."""

    conversation: SamplingLayer = field(default_factory=SamplingLayer)
    """What the panel edits."""
    below: SamplingLayer = field(default_factory=SamplingLayer)
    """Preset and config merged: what a field set back falls to."""
    flags: SamplingLayer = field(default_factory=SamplingLayer)
    """Above everything in this run, so that the panel cannot change what they set."""
    rules: Rules = Rules.OFF


@dataclass(frozen=True, slots=True)
class FieldState:
    """One row of the panel."""

    value: Value | None = None
    """What will be sent; `None`: nothing is."""
    source: Source = Source.NOWHERE
    for_r1: bool = False
    """Whether the advice for R1 holds."""


def field_state(state: PanelState, spec: FieldSpec) -> FieldState:
    """Resolve one field: flags over the conversation over what is below."""
    for_r1 = state.rules is Rules.R1
    for source, layer in ((Source.FLAG, state.flags), (Source.CHAT, state.conversation), (Source.CONFIG, state.below)):
        found = layer.get(spec.name)
        if found is INHERIT:
            continue
        if source is Source.CONFIG and found == auto_preset(state.rules).get(spec.name):
            source = Source.PRESET  # noqa: PLW2901  the merged layer does not say which of its two layers spoke
        return FieldState(None if isinstance(found, Unset) else found, source, for_r1)
    return FieldState(None, Source.NOWHERE, for_r1)


def origin(spec: FieldSpec, state: FieldState) -> str:
    """Where the value comes from, as a sentence."""
    match state.source:
        case Source.PRESET:
            return "From the R1 preset."
        case Source.CONFIG:
            return "From your config file."
        case Source.CHAT:
            return "Set in this chat."
        case Source.FLAG:
            return f"Held by {spec.flag} in this run."
        case Source.NOWHERE:
            return "Not sent: the server decides."
