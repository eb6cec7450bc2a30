"""Settles a benchmark's plan on a server that answers, and finds the same model again for a run that is resumed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from dsr1_tui.domain.bench.plan import BenchPlan, checked, choose, prompts_digest
from dsr1_tui.domain.bench.sweep import Sweep, cross
from dsr1_tui.domain.budget import leaves_no_room
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, MessageRole
from dsr1_tui.domain.presets import AUTO_NAME, Presets
from dsr1_tui.domain.prompt import plan_prompt, rules_of
from dsr1_tui.domain.prompt_parts import Prompt
from dsr1_tui.domain.questions import QuestionSet
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SERVER, Sampling, SamplingLayer
from dsr1_tui.domain.steering import ForcedThinking, LoopPolicy, Steering
from dsr1_tui.ports import BenchRuns, EndpointOpener, FullEndpoint
from dsr1_tui.services.connect import connect
from dsr1_tui.services.settle import NOTHING_SAID, settle

FIRST_SEED: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchDesk:
    """What the commands around a benchmark read and write."""

    runs: BenchRuns
    shipped: Callable[[], QuestionSet]
    """The set that comes with the program."""
    read_set: Callable[[Path], QuestionSet]
    """A set from a file. Raises `FaultError` (not-found, usage) with the line and field that is wrong."""
    write_report: Callable[[Path, str], None]
    """Write a report whole or not at all. Raises `FaultError` (usage)."""
    open_endpoint: EndpointOpener
    """One that gives every token its own time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchWish:
    """What the command line asks to be measured."""

    questions: QuestionSet
    tags: tuple[Collection[str], ...] = ()
    limit: int | None = None
    sweeps: tuple[Sweep, ...] = ()
    repeats: int = 5
    concurrency: int = 4
    warm_up: int = 1
    sampling: SamplingLayer = field(default_factory=SamplingLayer)
    steering: Steering = NOTHING_SAID
    rules: Rules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A plan, and the server that it is measured on now."""

    plan: BenchPlan
    model: ModelInfo
    prompts: Mapping[str, Prompt]
    """What each question becomes, by its id."""


async def plan_bench(endpoint: FullEndpoint, wish: BenchWish, config: Config) -> Sitting:
    r"""The plan of a new run: settings as `ask` would settle them, and a box asked for where an answer is known.

    Whether an answer is right is told by its box: where neither flags, file nor a preset say anything of the
    `\boxed{}` directive, it goes with every question of a set that has answers.

    Raises:
        FaultError: what `connect` and `settle` raise; (usage) numbers and sweeps that cannot be.
    """
    chosen = choose(wish.questions, tags=wish.tags, limit=wish.limit)
    connection = await connect(endpoint, rules=wish.rules)
    _check_thinking(wish.steering, connection.rules, connection.model)
    nobody = Conversation(id=ConversationId(""), title="", created=0.0, updated=0.0)
    settled = settle(config, nobody, rules=connection.rules, flags=wish.sampling, steering=wish.steering)
    steering = watched(wish.steering.over(config.steering))
    if (
        steering.boxes is None
        and steering.preset in {None, AUTO_NAME}
        and any(one.answer is not None for one in chosen.questions)
    ):
        steering = replace(steering, directive=True)
    base = settled.sampling
    if base.seed is None and wish.sampling.seed is not SERVER:
        base = replace(base, seed=FIRST_SEED)
    settings = cross(base, wish.sweeps)
    _check_budget(settings, steering)
    prompts = prompts_of(chosen, steering, connection.rules, config.presets)
    target = endpoint.target
    plan = checked(
        BenchPlan(
            questions=chosen,
            set_digest=wish.questions.digest,
            set_size=len(wish.questions.questions),
            settings=settings,
            swept=tuple(sweep.field for sweep in wish.sweeps),
            repeats=wish.repeats,
            concurrency=wish.concurrency,
            warm_up=wish.warm_up,
            model=connection.model.id,
            rules=connection.rules,
            steering=steering,
            prompts=_digest(prompts),
            address=target.base_url if target.via is None else target.via.url,
            endpoint=target.label,
        )
    )
    return Sitting(plan=plan, model=connection.model, prompts=prompts)


async def take_up_plan(endpoint: FullEndpoint, plan: BenchPlan, config: Config) -> Sitting:
    """A kept plan on the server that is there now.

    Raises:
        FaultError: what `connect` raises; (usage) the prompts would not be what they were.
    """
    connection = await connect(endpoint, rules=plan.rules)
    if connection.model.id != plan.model:
        message = f"The run was begun with the model “{plan.model[:80]}”, not “{connection.model.id[:80]}”."
        raise fail(FaultCode.USAGE, message, "Leave --model out, or begin a new run.")
    prompts = prompts_of(plan.questions, plan.steering, plan.rules, config.presets)
    if plan.prompts and _digest(prompts) != plan.prompts:
        message = "The questions would be asked in other words than those of the run."
        raise fail(FaultCode.USAGE, message, "The preset or the program has changed since; begin a new run.")
    return Sitting(plan=plan, model=connection.model, prompts=prompts)


def prompts_of(questions: QuestionSet, steering: Steering, rules: Rules, presets: Presets) -> dict[str, Prompt]:
    """What each question becomes.

    Raises:
        FaultError: (usage) no preset of that name.
    """
    how = rules_of(steering, rules, presets)
    return {one.id: plan_prompt((_asked(one.question),), how) for one in questions.questions}


def watched(steering: Steering) -> Steering:
    """How a sample is watched: a loop is ended, so that it is counted; there is no second try for one of many."""
    policy = LoopPolicy.TELL if steering.loop_policy is LoopPolicy.TELL else LoopPolicy.STOP
    return replace(steering, loop_policy=policy)


def _asked(text: str) -> Message:
    return Message(
        id=MessageId(""),
        conversation_id=ConversationId(""),
        parent_id=None,
        role=MessageRole.USER,
        content=text,
        created=0.0,
        updated=0.0,
    )


def _digest(prompts: Mapping[str, Prompt]) -> str:
    return prompts_digest([f"{message.role}:{message.content}" for one in prompts.values() for message in one.sent])


def _check_budget(settings: Sequence[Sampling], steering: Steering) -> None:
    """A sweep over max_tokens may go below the budget."""
    for setting in settings:
        if leaves_no_room(steering.budget_tokens, setting.max_tokens):
            message = f"A thinking budget of {steering.budget_tokens:,} takes all of max_tokens {setting.max_tokens:,}."
            raise fail(FaultCode.USAGE, message, "Lower --thinking-budget or raise max_tokens.")


def _check_thinking(steering: Steering, rules: Rules, model: ModelInfo) -> None:
    if rules is not Rules.R1 and steering.thinking not in {None, ForcedThinking.OFF}:
        message = f"--think {steering.thinking} is a rule of R1's, and they are off for “{model.id[:80]}”."
        raise fail(FaultCode.USAGE, message, "Give --rules r1 if it is an R1 model.")
