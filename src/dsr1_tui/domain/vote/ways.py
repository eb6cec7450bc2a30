"""How the samples of a vote are asked for: all in one request where the server can, one request each elsewhere."""

import re
from dataclasses import replace
from enum import Enum, auto
from typing import Final

from dsr1_tui.domain.fault import Fault, FaultCode, fail
from dsr1_tui.domain.request import ChatRequest, ModelInfo
from dsr1_tui.domain.sampling import Sampling, Unset
from dsr1_tui.domain.steering import GuardRules, LoopPolicy

FEWEST: Final = 2
MOST: Final = 64
"""As many as DeepSeek's own cons@64."""
AT_ONCE: Final = 8
"""Requests at once where each sample is one: hosted endpoints limit them, and small servers only queue them."""
_PER_CHUNK: Final = 4
"""Samples for each token that a chunk holds at least: 64 samples come in chunks of 16 tokens. All together they come
in about as many chunks a second as four single answers would."""
_NAMES_N: Final = re.compile(r"\bn\b|best_of|choices|samples", re.IGNORECASE)


class Way(Enum):
    """How it is asked."""

    JOINED = auto()
    """One request with `n` and `stream_interval`. One sample cannot be ended alone: what follows is ignored, and the
    request ends when the last one does. It costs one prompt and one connection."""
    TOGETHER = auto()
    """As `JOINED`, without `stream_interval`."""
    APART = auto()
    """A request for each sample, some at once; each can be ended on the server alone."""


def first_way(model: ModelInfo) -> Way:
    """What is tried first: `n` is common, but only vLLM is known to take it together with streaming and 64 samples."""
    return Way.JOINED if model.is_vllm else Way.APART


def next_way(way: Way, fault: Fault) -> Way | None:
    """What is tried after a refusal that came before any text; `None` where the refusal is of something else."""
    if fault.code is not FaultCode.REFUSED or way is Way.APART:
        return None
    if way is Way.JOINED and "stream_interval" in fault.message:
        return Way.TOGETHER
    return Way.APART if _NAMES_N.search(fault.message) and "greedy" not in fault.message else None


def requests_of(way: Way, request: ChatRequest, samples: int) -> tuple[ChatRequest, ...]:
    """The requests: one for all samples, or one for each in their order, under seeds of their own."""
    match way:
        case Way.JOINED:
            return (replace(request, samples=samples, stream_interval=max(2, samples // _PER_CHUNK)),)
        case Way.TOGETHER:
            return (replace(request, samples=samples),)
        case Way.APART:
            return tuple(replace(request, sampling=seeded(request.sampling, at)) for at in range(samples))


def seeded(sampling: Sampling, sample: int) -> Sampling:
    """The settings of one sample: seed, seed + 1, … where one is set. vLLM itself counts so within one request."""
    return sampling if sampling.seed is None else replace(sampling, seed=sampling.seed + sample)


def sample_guards(rules: GuardRules, *, served: bool) -> GuardRules:
    """What watches one sample: a loop is ended (there is no second try and no answer-now for one of many) or told.

    Args:
        rules: what watches a single answer.
        served: whether the server was asked to close the thought at the budget. Then it is given a little more, so
            that its own closing comes first; a sample beyond that is ended, as everywhere else, and counts as cut off.
    """
    policy = LoopPolicy.TELL if rules.loop_policy is LoopPolicy.TELL else LoopPolicy.STOP
    budget = rules.budget_tokens
    if budget is not None and served:
        budget += max(16, budget // 8)
    return replace(rules, loop_policy=policy, budget_tokens=budget, want_thought=False)


def check_samples(samples: int) -> None:
    """Refuse a number of samples that is no vote.

    Raises:
        FaultError: (usage) outside 2 to 64.
    """
    if not FEWEST <= samples <= MOST:
        raise fail(
            FaultCode.USAGE, f"A vote needs {FEWEST} to {MOST} samples, not {samples}.", "8 is a good beginning."
        )


def check_temperature(temperature: float | Unset | None) -> None:
    """Refuse to sample where nothing is left to chance; a server's own default is left to the server.

    Raises:
        FaultError: (usage) at temperature 0.
    """
    if temperature == 0:
        message = "At temperature 0 all samples are the same, so there is nothing to vote on."
        raise fail(FaultCode.USAGE, message, "Set it to 0.6, or ask once.")
