"""What steers beside the sampling, as rows of the panel: each gives a piece of `Steering`, as the slash commands do."""

from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui.domain.budget import MOST_S, MOST_TOKENS, budget_layer, budget_text
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.steering import Steering
from dsr1_tui.tui.layers import Layers
from dsr1_tui.tui.widgets.panel_state import RowState, Source, advice_on, spoken
from dsr1_tui.tui.widgets.setting import Setting
from dsr1_tui.tui.words import one_line

WIDE: Final = 16
"""Cells of the name column of these rows: “thinking budget” and a space."""
LONGEST: Final = 20_000
"""Characters of standing instructions: they go with every request."""
MOST_SAMPLES: Final = 64
"""As many as DeepSeek's own evaluation draws (model card)."""
NONE: Final = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class SteeringSetting(Setting):
    """A setting that is kept in fields of `Steering`."""

    fields: tuple[str, ...]
    """Those fields; set and set back together."""

    def source(self, layers: Layers) -> Source:
        """The highest layer that says something of it."""
        for source, layer in spoken(layers):
            if any(getattr(layer.steering, field) is not None for field in self.fields):
                return source
        return Source.DEFAULT

    def using(self, layers: Layers, piece: Steering) -> Layers:
        """With this chat's fields as in `piece`, the empty ones too."""
        taken = {field: getattr(piece, field) for field in self.fields}
        return layers.with_steering(replace(layers.own.steering, **taken))

    def reset(self, layers: Layers) -> Layers:
        """Let the layers below decide."""
        return self.using(layers, Steering())


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSetting(SteeringSetting):
    """The thinking budget: tokens, or seconds."""

    @property
    def cycles(self) -> bool:
        """A number does not."""
        return False

    def state(self, layers: Layers) -> RowState:
        """Tokens, seconds, or no limit."""
        steering, source = layers.steering, self.source(layers)
        if steering.budget_tokens:
            text = f"{steering.budget_tokens:,} tok"
        else:
            text = f"{steering.budget_s:g} s" if steering.budget_s else "no limit"
        return RowState(
            text=text,
            typed=budget_text(steering) or "",
            source=source,
            chosen=source is not Source.DEFAULT,
            advice=advice_on(layers, self.name),
        )

    def typed(self, layers: Layers, text: str) -> Layers:
        """`2048`, `30s` or `off`; nothing sets it back."""
        return self.using(layers, budget_layer(text)) if text.strip() else self.reset(layers)

    def stepped(self, layers: Layers, direction: int) -> Layers:
        """Finer steps for short thoughts; below the first step there is no limit."""
        steering = layers.steering
        if steering.budget_s and not steering.budget_tokens:
            step = _SECONDS if steering.budget_s + min(direction, 0) < _LONG_S else _LONG_SECONDS
            seconds = min(max(steering.budget_s + direction * step, 0.0), MOST_S)
            return self.using(layers, Steering(budget_tokens=0, budget_s=seconds))
        now = steering.budget_tokens or 0
        if not now:
            return layers if direction < 0 else self.using(layers, Steering(budget_tokens=_FIRST, budget_s=0.0))
        step_tokens = _TOKENS if now + min(direction, 0) < _LONG else _LONG_TOKENS
        tokens = min(max(now + direction * step_tokens, 0), MOST_TOKENS)
        return self.using(layers, Steering(budget_tokens=tokens, budget_s=0.0))

    def left_to_server(self, layers: Layers) -> Layers:
        """No limit, whatever the layers below say."""
        return self.using(layers, Steering(budget_tokens=0, budget_s=0.0))


_FIRST: Final = 1_024
_TOKENS: Final = 256
_LONG: Final = 2_048
_LONG_TOKENS: Final = 1_024
_SECONDS: Final = 5.0
_LONG_S: Final = 60.0
_LONG_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionsSetting(SteeringSetting):
    """Standing instructions, which may have several lines."""

    @property
    def cycles(self) -> bool:
        """A text does not."""
        return False

    def state(self, layers: Layers) -> RowState:
        """Their beginning."""
        text, source = layers.steering.instructions or "", self.source(layers)
        return RowState(
            text=one_line(text) or NONE,
            typed=text,
            source=source,
            chosen=bool(text),
            advice=advice_on(layers, self.name),
        )

    def typed(self, layers: Layers, text: str) -> Layers:
        """The text; nothing, or `off`, takes it away."""
        words = "" if text.strip().lower() == "off" else text.strip()
        if len(words) > LONGEST:
            raise SettingError(f"instructions are at most {LONGEST:,} characters")
        return self.using(layers, Steering(instructions=words))

    def stepped(self, layers: Layers, direction: int) -> Layers:
        """A text has no steps."""
        del direction
        return layers

    def left_to_server(self, layers: Layers) -> Layers:
        """None, whatever the layers below say."""
        return self.using(layers, Steering(instructions=""))


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesSetting(Setting):
    """How many answers a vote draws."""

    @property
    def cycles(self) -> bool:
        """A number does not."""
        return False

    def state(self, layers: Layers) -> RowState:
        """The number, and what more than one means."""
        many = layers.samples > 1
        return RowState(
            text=str(layers.samples),
            typed=str(layers.samples),
            source=Source.CHAT if many else Source.DEFAULT,
            chosen=many,
            about=f"votes over {layers.samples} samples" if many else "",
            advice=advice_on(layers, self.name),
        )

    def typed(self, layers: Layers, text: str) -> Layers:
        """A whole number; nothing is one sample."""
        words = text.strip()
        if not words:
            return self.reset(layers)
        if not (words.isascii() and words.isdigit() and len(words) < _MANY_DIGITS and 1 <= int(words) <= MOST_SAMPLES):
            raise SettingError(f"samples must be 1 to {MOST_SAMPLES}")
        return replace(layers, samples=int(words))

    def stepped(self, layers: Layers, direction: int) -> Layers:
        """One more or less."""
        return replace(layers, samples=min(max(layers.samples + direction, 1), MOST_SAMPLES))

    def reset(self, layers: Layers) -> Layers:
        """One."""
        return replace(layers, samples=1)


_MANY_DIGITS: Final = 10

BUDGET: Final = BudgetSetting(
    name="thinking_budget",
    label="thinking budget",
    flag="--thinking-budget",
    help="Tokens of thought, or seconds like 30s, before it must answer.",
    column=WIDE,
    fields=("budget_tokens", "budget_s"),
)
INSTRUCTIONS: Final = InstructionsSetting(
    name="instructions",
    label="instructions",
    flag="--instructions",
    help="What always holds; R1 gets it in the first question.",
    column=WIDE,
    page=True,
    fields=("instructions",),
)
SAMPLES: Final = SamplesSetting(
    name="samples",
    label="samples",
    flag="",
    help="Answers to one question; more than one are put to a vote.",
    bounds=f"1 to {MOST_SAMPLES}",
    column=WIDE,
)
