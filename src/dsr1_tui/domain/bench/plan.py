"""What a benchmark is to do, whole: from it a run is begun, resumed, and replayed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from typing import Final

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.questions import BenchQuestion, QuestionSet
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling, Value
from dsr1_tui.domain.sampling_fields import BY_NAME
from dsr1_tui.domain.steering import Steering

MOST_REPEATS: Final = 1024
MOST_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class SampleKey:
    """Which sample of a plan."""

    setting: int
    """Index in `BenchPlan.settings`."""
    question: str
    """The question's id."""
    repeat: int
    """0, 1, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPlan:
    """Everything that decides what is sent."""

    questions: QuestionSet
    """What is asked: the set, or the part of it that was chosen."""
    set_digest: str
    """Of the whole set."""
    set_size: int
    """Questions in the whole set."""
    settings: tuple[Sampling, ...]
    """At least one; `seed` is the first repeat's, `None` where none is sent."""
    swept: tuple[str, ...] = ()
    """The fields in which the settings differ, in the order of the sweeps."""
    repeats: int = 5
    concurrency: int = 4
    warm_up: int = 1
    """Requests before those that count, at each start of a run."""
    model: str
    rules: Rules
    steering: Steering
    """How every question is steered, all layers laid together."""
    prompts: str = ""
    """Digest of the prompts as they are sent: presets of the user's own may change between two runs."""
    address: str = ""
    """Base URL, or the box behind ssh."""
    endpoint: str = ""
    """Where it was asked, as it is shown: host and port, or the name in the config file."""

    @property
    def total(self) -> int:
        """Number of samples."""
        return len(self.settings) * self.repeats * len(self.questions.questions)

    @property
    def answered(self) -> bool:
        """Whether any of the questions has a known answer."""
        return any(question.answer is not None for question in self.questions.questions)

    def samples(self) -> Iterator[SampleKey]:
        """All samples in the order in which they are asked for: by setting, then repeat, then question."""
        for setting in range(len(self.settings)):
            yield from self.samples_of(setting)

    def samples_of(self, setting: int) -> Iterator[SampleKey]:
        """The samples of one setting."""
        for repeat in range(self.repeats):
            for question in self.questions.questions:
                yield SampleKey(setting, question.id, repeat)

    def todo(self, done: Collection[SampleKey]) -> int:
        """How many samples are left."""
        return self.total - sum(key in done for key in self.samples())

    def sampling(self, key: SampleKey) -> Sampling:
        """What is sent for a sample: repeat r has the seed + r, the same in every setting."""
        base = self.settings[key.setting]
        return base if base.seed is None else replace(base, seed=base.seed + key.repeat)

    def values(self, setting: int) -> dict[str, Value | None]:
        """The swept fields of a setting."""
        return {name: self.settings[setting].get(name) for name in self.swept}


def checked(plan: BenchPlan) -> BenchPlan:
    """The plan itself.

    Raises:
        FaultError: (usage) a number out of range.
    """
    for what, number, least, most in (
        ("--repeats", plan.repeats, 1, MOST_REPEATS),
        ("--concurrency", plan.concurrency, 1, MOST_AT_ONCE),
        ("--warm-up", plan.warm_up, 0, MOST_AT_ONCE),
    ):
        if not least <= number <= most:
            raise fail(FaultCode.USAGE, f"{what} must be {least} to {most}, not {number}.")
    highest = BY_NAME["seed"].high
    if any(one.seed is not None and one.seed + plan.repeats - 1 > highest for one in plan.settings):
        raise fail(FaultCode.USAGE, "The seeds of the later repeats would be too large.", "Give a smaller --seed.")
    return plan


def choose(whole: QuestionSet, *, tags: Sequence[Collection[str]] = (), limit: int | None = None) -> QuestionSet:
    """The questions that have one tag of each collection, at most the first `limit` of them.

    Raises:
        FaultError: (usage) no question has them; which tags there are.
    """
    found = [one for one in whole.questions if all(set(wanted) & set(one.tags) for wanted in tags)]
    if not found:
        there = sorted({tag for one in whole.questions for tag in one.tags})
        hint = f"There are: {', '.join(there[:20])}{', …' if len(there) > 20 else ''}." if there else "None has a tag."  # noqa: PLR2004  a line's worth
        raise fail(FaultCode.USAGE, "No question of the set has these tags.", hint)
    return QuestionSet(name=whole.name, questions=tuple(found[:limit]))


def single(question: str, answer: str | None) -> QuestionSet:
    """A set of one question, given on the command line."""
    asked = BenchQuestion(question=question, answer=answer, id="q1")
    return QuestionSet(name="question", questions=(asked,))


def prompts_digest(contents: Sequence[str]) -> str:
    """What tells two ways of asking apart: 64 hexadecimal digits over the prompts' texts."""
    return sha256("\0".join(contents).encode()).hexdigest()


_TOLD: Final = {
    "questions": "the questions",
    "set_digest": "the set of questions",
    "set_size": "the set of questions",
    "settings": "the sampling settings",
    "swept": "the sweeps",
    "repeats": "--repeats",
    "concurrency": "--concurrency",
    "warm_up": "--warm-up",
    "model": "the model",
    "rules": "the prompt rules",
    "steering": "the steering",
    "prompts": "the prompts that the questions become",
}
"""What makes another measurement, and what it is called. The address is not among it: a server may move."""


def differences(one: BenchPlan, other: BenchPlan) -> tuple[str, ...]:
    """In what two plans differ, as words of a sentence; none where samples of both can stand in one table."""
    names = (field.name for field in fields(BenchPlan) if field.name in _TOLD)
    return tuple(dict.fromkeys(_TOLD[name] for name in names if getattr(one, name) != getattr(other, name)))
