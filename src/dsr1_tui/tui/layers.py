"""All that is set, layer by layer, as one value: what the next answer is asked with, and what the panel edits."""

from dataclasses import dataclass, field, replace

from dsr1_tui.domain.budget import as_default
from dsr1_tui.domain.presets import AUTO, AUTO_NAME, Preset, Presets
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling, SamplingLayer, resolve
from dsr1_tui.domain.steering import Steering


@dataclass(frozen=True, slots=True)
class Layer:
    """What one of them sets: the flags, this chat, or the config file."""

    sampling: SamplingLayer = field(default_factory=SamplingLayer)
    steering: Steering = field(default_factory=Steering)


def kept_as_default(own: Layer, defaults: Layer, presets: Presets) -> Layer:
    """What a chat sets laid over the config file's own, as the file can say it."""
    steering = own.steering
    if steering.preset is not None and not presets.has(steering.preset):
        steering = replace(steering, preset=None)  # an older chat's, since taken out of the file
    return Layer(own.sampling.over(defaults.sampling), as_default(steering.over(defaults.steering)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The layers, and what is known of the model that advice depends on."""

    flags: Layer = field(default_factory=Layer)
    """Above everything in this run, so that a chat cannot change what they set."""
    own: Layer = field(default_factory=Layer)
    """What this chat sets, kept with the conversation."""
    config: Layer = field(default_factory=Layer)
    """The defaults of new chats."""
    presets: Presets = field(default_factory=Presets)
    """Those there are; the one in force is the lowest sampling layer."""
    samples: int = 1
    """Answers drawn for a vote; the window's, not the conversation's."""
    rules: Rules = Rules.OFF
    r1_model: bool | None = None
    """Whether the model is an R1, whatever rules are in force; `None`: as the rules say."""
    limit: int | None = None
    """Context length in tokens."""
    reasoning_parser: bool | None = None
    """Whether the server takes the reasoning out itself; `None`: not known."""

    @property
    def steering(self) -> Steering:
        """How the next answer is steered."""
        return self.flags.steering.over(self.own.steering.over(self.config.steering))

    @property
    def preset(self) -> Preset:
        """The preset in force; `auto` where a kept conversation names one that is no more."""
        name = self.steering.preset or AUTO_NAME
        return self.presets.named(name) if self.presets.has(name) else AUTO

    @property
    def sampling(self) -> Sampling:
        """What the next request sends."""
        return resolve(self.preset.layer(self.rules), self.config.sampling, self.own.sampling, self.flags.sampling)

    @property
    def is_r1(self) -> bool:
        """Whether the advice for R1 holds."""
        return self.rules is Rules.R1 if self.r1_model is None else self.r1_model

    def with_sampling(self, sampling: SamplingLayer) -> "Layers":
        """With other sampling settings of this chat's own."""
        return replace(self, own=replace(self.own, sampling=sampling))

    def with_steering(self, steering: Steering) -> "Layers":
        """Steered otherwise by this chat."""
        return replace(self, own=replace(self.own, steering=steering))
