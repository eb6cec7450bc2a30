"""The settings with a few fixed values, as rows of the panel that one cycles through."""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui.domain.prompt import rules_of
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.steering import ByPreset, ForcedThinking, LoopPolicy, Steering, guard_rules
from dsr1_tui.tui.layers import Layers
from dsr1_tui.tui.widgets.panel_state import RowState, Source, advice_on
from dsr1_tui.tui.widgets.setting_steering import WIDE, SteeringSetting

CHOICE_MARK: Final = "▾"
"""Beside the preset only, whose name alone does not tell that there are others."""
_LONGEST_TOLD: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value."""

    id: str
    """As flags and slash commands take it."""
    piece: Steering
    """What it sets."""
    word: str = ""
    """As the row shows it; empty: as `id`."""
    meaning: str = ""
    """What it does, in a line."""

    @property
    def shown(self) -> str:
        """As the row shows it."""
        return self.word or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceSetting(SteeringSetting):
    """One of a few values."""

    @property
    def cycles(self) -> bool:
        """It does."""
        return True

    @abstractmethod
    def options(self, layers: Layers) -> tuple[Option, ...]:
        """What there is to choose from."""

    @abstractmethod
    def chosen(self, layers: Layers) -> str:
        """The id of the option in force."""

    def option(self, layers: Layers) -> Option:
        """The option in force."""
        chosen = self.chosen(layers)
        return next((one for one in self.options(layers) if one.id == chosen), Option(id=chosen, piece=Steering()))

    def state(self, layers: Layers) -> RowState:
        """The option in force."""
        option, source = self.option(layers), self.source(layers)
        return RowState(
            text=option.shown,
            source=source,
            chosen=source is not Source.DEFAULT,
            meaning=option.meaning,
            advice=advice_on(layers, self.name),
        )

    def typed(self, layers: Layers, text: str) -> Layers:
        """An option by its name, or by a beginning that only one has; nothing sets it back."""
        word = " ".join(text.lower().split())
        if not word:
            return self.reset(layers)
        options = self.options(layers)
        found = [one for one in options if word in (one.id, one.shown)]
        found = found or [one for one in options if one.id.startswith(word) or one.shown.startswith(word)]
        if len(found) != 1:
            told = "".join(char if char.isprintable() else "?" for char in text.strip()[:_LONGEST_TOLD])
            raise SettingError(f"{self.refusal(told)}: {', '.join(one.id for one in options)}")
        return self.using(layers, found[0].piece)

    def refusal(self, told: str) -> str:
        """What is said of a word that is no option, before those that are."""
        return f"“{told}” is none of"

    def stepped(self, layers: Layers, direction: int) -> Layers:
        """The next one, round and round."""
        options = self.options(layers)
        ids = [one.id for one in options]
        chosen = self.chosen(layers)
        at = ids.index(chosen) + direction if chosen in ids else 0
        return self.using(layers, options[at % len(options)].piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetSetting(ChoiceSetting):
    """What the chat is for."""

    def options(self, layers: Layers) -> tuple[Option, ...]:
        """The built-in presets and the user's own."""
        return tuple(Option(id=one.name, piece=Steering(preset=one.name)) for one in layers.presets.all)

    def refusal(self, told: str) -> str:
        """What is said of a name that no preset has."""
        return f"There is no preset “{told}”; there are"

    def chosen(self, layers: Layers) -> str:
        """The preset in force."""
        return layers.preset.name

    def state(self, layers: Layers) -> RowState:
        """Its name, and what it is for."""
        preset, source = layers.preset, self.source(layers)
        return RowState(
            text=f"{preset.name} {CHOICE_MARK}",
            source=source,
            chosen=source is not Source.DEFAULT,
            about=preset.title,
            advice=advice_on(layers, self.name),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSetting(ChoiceSetting):
    """What is done on a loop."""

    def options(self, layers: Layers) -> tuple[Option, ...]:
        """The policies."""
        del layers
        return _LOOP_OPTIONS

    def chosen(self, layers: Layers) -> str:
        """The policy in force."""
        return guard_rules(layers.steering).loop_policy.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinkingSetting(ChoiceSetting):
    """How R1 is made to think; a row only where R1's rules hold, or where it is set in vain."""

    def options(self, layers: Layers) -> tuple[Option, ...]:
        """The ways."""
        del layers
        return tuple(
            Option(id=kind.value, piece=Steering(thinking=kind), meaning=_THINKING[kind]) for kind in ForcedThinking
        )

    def chosen(self, layers: Layers) -> str:
        """The way in force."""
        if layers.steering.thinking is not None:
            return layers.steering.thinking.value
        return rules_of(Steering(), layers.rules, layers.presets).thinking.value

    def shows(self, layers: Layers) -> bool:
        """Whether it is a row."""
        return layers.rules is Rules.R1 or self.source(layers) is not Source.DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedSetting(ChoiceSetting):
    r"""Whether questions ask for a `\boxed{}` answer."""

    def options(self, layers: Layers) -> tuple[Option, ...]:
        """By itself, always, never; the first is said as such only where the config file says another."""
        return _BOXED_OPTIONS if layers.config.steering.boxes is None else (_BOXED_AUTO, *_BOXED_OPTIONS[1:])

    def chosen(self, layers: Layers) -> str:
        """The way in force."""
        return {None: "auto", True: "always", False: "never"}[layers.steering.boxes]


_LOOP_MEANINGS: Final = {
    LoopPolicy.TELL: "Says so, and lets it go on.",
    LoopPolicy.STOP: "Ends the answer there.",
    LoopPolicy.ANSWER: "Closes the thought and has it answer.",
    LoopPolicy.RETRY: "Asks once more, a little warmer.",
}
_LOOP_OPTIONS: Final = tuple(
    Option(
        id=policy.value,
        piece=Steering(loop_policy=policy),
        word="answer now" if policy is LoopPolicy.ANSWER else "",
        meaning=_LOOP_MEANINGS[policy],
    )
    for policy in LoopPolicy
)
_THINKING: Final = {
    ForcedThinking.OFF: "It may skip its thinking.",
    ForcedThinking.NEWLINE_BEFORE: "A newline goes before the question.",
    ForcedThinking.NEWLINE_AFTER: "A newline goes after the question.",
    ForcedThinking.AGAIN: "Where it skipped its thinking it is asked again, once.",
    ForcedThinking.PREFILL: "The thought's first words are written for it.",
}
_BOXED_OPTIONS: Final = (
    Option(id="auto", piece=Steering(), meaning="As the preset says; auto: for mathematics."),
    Option(id="always", piece=Steering(directive=True), meaning="With every question."),
    Option(id="never", piece=Steering(directive=False), meaning="With no question."),
)
_BOXED_AUTO: Final = replace(_BOXED_OPTIONS[0], piece=Steering(directive=ByPreset.AUTO))

PRESET: Final = PresetSetting(
    name="preset", label="preset", flag="--preset", help="What the chat is for.", fields=("preset",)
)
LOOP: Final = LoopSetting(
    name="loop_policy",
    label="on a loop",
    flag="--loop-policy",
    help="What to do when the text goes in circles.",
    column=WIDE,
    fields=("loop_policy",),
)
THINKING: Final = ThinkingSetting(
    name="thinking",
    label="force thinking",
    flag="--think",
    help="R1 answers badly where it skips its thinking.",
    column=WIDE,
    fields=("thinking",),
)
BOXED: Final = BoxedSetting(
    name="directive",
    label="boxed answer",
    flag="--boxed",
    help=r"Asks for step by step and a \boxed{} answer.",
    column=WIDE,
    fields=("directive",),
)
