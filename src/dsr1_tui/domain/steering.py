"""How a conversation is steered beside its sampling: preset, instructions, forced thinking, loop policy, budget."""

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Final


class ForcedThinking(StrEnum):
    """How R1 is made to think where it would skip it."""

    OFF = "off"
    NEWLINE_BEFORE = "newline-before"
    NEWLINE_AFTER = "newline-after"
    AGAIN = "again"
    """A reply that skipped its thinking is asked again, once, with the thought's first words written for it: what
    holds where nothing else was chosen."""
    PREFILL = "prefill"
    """The thought's first words are written for it: `<think>\n` alone changes nothing, the template ends in it."""


class LoopPolicy(StrEnum):
    """What is done when a text goes in circles."""

    TELL = "tell"
    """Say so, and let it go on."""
    STOP = "stop"
    """End the answer there."""
    ANSWER = "answer"
    """While it thinks: close the thought and let it answer from what it has; within the answer: end it there."""
    RETRY = "retry"
    """Ask once more with another seed, a little warmer, with repetition penalty 1.1."""


class ByPreset(StrEnum):
    """Leaving it to the preset, said by a layer that would else inherit something else."""

    AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """One layer; a field that is `None` leaves it to the layer below."""

    preset: str | None = None
    instructions: str | None = None
    """Standing instructions."""
    thinking: ForcedThinking | None = None
    directive: bool | ByPreset | None = None
    r"""Whether every question asks for a `\boxed{}` answer."""
    loop_policy: LoopPolicy | None = None
    budget_tokens: int | None = None
    """Tokens of thought after which the answer is asked for; 0 is no limit."""
    budget_s: float | None = None
    """Seconds of thought likewise."""

    @property
    def boxes(self) -> bool | None:
        r"""Whether every question asks for a `\boxed{}` answer; `None`: as the preset says."""
        return None if self.directive is ByPreset.AUTO else self.directive

    def over(self, below: "Steering") -> "Steering":
        """This layer laid over another."""
        own = {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}
        return replace(below, **own)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRules:
    """What watches an answer."""

    loop_policy: LoopPolicy = LoopPolicy.ANSWER
    budget_tokens: int | None = None
    """`None`: no limit."""
    budget_s: float | None = None
    want_thought: bool = False
    """Whether an R1 model's reply that skipped its thinking is asked again, once, with the thought begun for it."""


NO_GUARDS: Final = GuardRules(loop_policy=LoopPolicy.TELL)


def guard_rules(steering: Steering) -> GuardRules:
    """What watches its answers."""
    return GuardRules(
        loop_policy=steering.loop_policy or LoopPolicy.ANSWER,
        budget_tokens=steering.budget_tokens or None,
        budget_s=steering.budget_s or None,
        want_thought=(steering.thinking or ForcedThinking.AGAIN) is ForcedThinking.AGAIN,
    )
