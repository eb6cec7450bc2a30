"""The flags that steer a conversation beside its sampling: preset, instructions, forced thinking, guards."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

import click

from dsr1_tui.cli.sections import Flag
from dsr1_tui.domain.budget import budget_layer
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.steering import ForcedThinking, LoopPolicy, Steering

F = TypeVar("F", bound=Callable[..., object])

if TYPE_CHECKING:
    AnyType = click.ParamType[object]
else:
    AnyType = click.ParamType  # generic for type checkers in click's newest only


class _Prompt(Flag):
    section = "Prompt"


class _Guards(Flag):
    section = "Guards"


class BudgetType(AnyType):
    """A thinking budget as typed, as the layer it stands for."""

    name = "budget"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Check the text."""
        if isinstance(value, Steering):
            return value
        try:
            return budget_layer(value)
        except SettingError as error:
            self.fail(f"{error}.", param, ctx)


_BOXED: Final = "Ask for step by step and a \\boxed{} answer with every question, or never; by default for mathematics."


def steering_options(command: F) -> F:
    """How the conversation is steered."""
    for option in (
        click.option(
            "--thinking-budget",
            cls=_Guards,
            type=BudgetType(),
            metavar="N|Ns",
            help="Tokens, or seconds, of thought after which the answer is asked for; 0 is no limit.",
        ),
        click.option(
            "--loop-policy",
            cls=_Guards,
            type=click.Choice([policy.value for policy in LoopPolicy]),
            help="What is done about an answer that goes in circles; by default answer.",
        ),
        click.option("--boxed/--no-boxed", "directive", cls=_Prompt, default=None, help=_BOXED),
        click.option(
            "--think",
            "thinking",
            cls=_Prompt,
            type=click.Choice([kind.value for kind in ForcedThinking]),
            help="How R1 is made to think where it would skip it; by default again.",
        ),
        click.option(
            "--instructions",
            cls=_Prompt,
            metavar="TEXT",
            help="Standing instructions; R1 gets them in the first question. Kept with a new conversation.",
        ),
        click.option(
            "--preset",
            cls=_Prompt,
            metavar="NAME",
            help="auto, talk, math, summary, marking, code, creative, or one of the config file's.",
        ),
    ):
        command = option(command)
    return command


def steering_of(flags: Mapping[str, object]) -> Steering:
    """The layer that these flags make."""
    preset, instructions = flags.get("preset"), flags.get("instructions")
    thinking, policy = flags.get("thinking"), flags.get("loop_policy")
    directive, budget = flags.get("directive"), flags.get("thinking_budget")
    layer = Steering(
        preset=preset if isinstance(preset, str) else None,
        instructions=instructions if isinstance(instructions, str) else None,
        thinking=ForcedThinking(thinking) if isinstance(thinking, str) else None,
        directive=directive if isinstance(directive, bool) else None,
        loop_policy=LoopPolicy(policy) if isinstance(policy, str) else None,
    )
    return budget.over(layer) if isinstance(budget, Steering) else layer
