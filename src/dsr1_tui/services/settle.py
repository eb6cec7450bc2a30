"""Settles what holds for a question out of the layers that say something of it; pure, for every front end."""

from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui.domain.budget import leaves_no_room
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.message import Conversation
from dsr1_tui.domain.prompt import PromptRules, rules_of
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling, SamplingLayer, resolve
from dsr1_tui.domain.steering import GuardRules, Steering, guard_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What holds for the next question."""

    sampling: Sampling
    prompt: PromptRules
    guards: GuardRules


NOTHING_SAID: Final = Steering()


def settle(
    config: Config,
    conversation: Conversation,
    *,
    rules: Rules,
    flags: SamplingLayer,
    steering: Steering = NOTHING_SAID,
) -> Settled:
    """What holds, by layers; lowest first: the preset, the file, the conversation, the flags.

    Raises:
        FaultError: (usage) no preset of that name; a thinking budget that takes the whole reply.
    """
    steered = steering.over(conversation.steering.over(config.steering))
    prompt = rules_of(steered, rules, config.presets)
    sampling = resolve(prompt.preset.layer(rules), config.sampling, conversation.settings, flags)
    guards = guard_rules(steered)
    if leaves_no_room(guards.budget_tokens, sampling.max_tokens):
        message = (
            f"A thinking budget of {guards.budget_tokens:,} tokens takes all of max_tokens ({sampling.max_tokens:,})."
        )
        raise fail(FaultCode.USAGE, message, "Lower --thinking-budget or raise --max-tokens.")
    return Settled(sampling=sampling, prompt=prompt, guards=guards)


def kept_of(steering: Steering) -> Steering:
    """What a new conversation keeps of the flags it was begun with: all that shapes its prompt.

    Its earlier questions are built anew for each request and must come out the same. How it is watched is the run's.
    """
    return replace(steering, loop_policy=None, budget_tokens=None, budget_s=None)
