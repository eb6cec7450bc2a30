"""The flags of a benchmark: what is measured, which run is gone on with, and how the report is written."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

import click

from dsr1_tui.cli.asked import Asked
from dsr1_tui.cli.piped import STDIN, piped_text
from dsr1_tui.cli.sections import Flag
from dsr1_tui.domain.bench.plan import MOST_AT_ONCE, MOST_REPEATS, single
from dsr1_tui.domain.bench.sweep import parse_sweep
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.questions import QuestionSet
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.steering import Steering
from dsr1_tui.services.bench_plan import BenchDesk, BenchWish

F = TypeVar("F", bound=Callable[..., object])

OWN: Final = "own"
"""The name of the set that comes with the program."""


class _Plan(Flag):
    section = "What is measured"


class _Runs(Flag):
    section = "Kept runs"


class _Report(Flag):
    section = "Report"


def plan_options(command: F) -> F:
    """What is measured."""
    for option in (
        click.option(
            "--warm-up",
            cls=_Plan,
            type=click.IntRange(0, MOST_AT_ONCE),
            metavar="N",
            help="Short requests before those that count; by default 1.",
        ),
        click.option(
            "--concurrency",
            cls=_Plan,
            type=click.IntRange(1, MOST_AT_ONCE),
            metavar="N",
            help="Requests at once; by default 4.",
        ),
        click.option(
            "--sweep",
            "sweeps",
            cls=_Plan,
            multiple=True,
            metavar="FIELD=X,Y",
            help="A sampling setting and its values, like temperature=0.3,0.6,0.8; several are crossed.",
        ),
        click.option(
            "--repeats",
            cls=_Plan,
            type=click.IntRange(1, MOST_REPEATS),
            metavar="N",
            help="Samples of each question; repeat r has the seed --seed (by default 0) + r. By default 5.",
        ),
        click.option("--limit", cls=_Plan, type=click.IntRange(1), metavar="N", help="Only the first N questions."),
        click.option(
            "--tags", cls=_Plan, multiple=True, metavar="A,B", help="Only questions with one of these; several narrow."
        ),
        click.option("--answer", cls=_Plan, metavar="X", help="What is right, for a question given as words."),
        click.option(
            "--set",
            "set_name",
            cls=_Plan,
            metavar="FILE|own",
            help="A set in a .jsonl or .csv file (question, answer, id, tags); by default the 40 of our own.",
        ),
    ):
        command = option(command)
    return command


def run_options(command: F) -> F:
    """Which kept run."""
    resume = click.option("--resume", "resumed", cls=_Runs, metavar="ID|last", help="Go on with a run.")
    replay = click.option("--replay", cls=_Runs, metavar="ID|FILE", help="Measure a run's whole plan anew.")
    return resume(replay(command))


def report_options(command: F) -> F:
    """How the report is written."""
    for option in (
        click.option("--out", cls=_Report, metavar="FILE", help="Write it there, not to stdout."),
        click.option("--markdown", cls=_Report, is_flag=True, help="Print it as Markdown, on a terminal too."),
        click.option("--csv", cls=_Report, is_flag=True, help="Print a row a setting."),
        click.option("--json", cls=_Report, is_flag=True, help="Print one JSON object, errors too."),
    ):
        command = option(command)
    return command


_PLAN_FLAGS: Final = ("set_name", "answer", "tags", "limit", "repeats", "sweeps", "concurrency", "warm_up")


def question_of(words: tuple[str, ...]) -> str | None:
    """The question given as words, or piped in where they are `-`; `None` where none is given.

    Raises:
        FaultError: (usage) it is empty or no text.
    """
    if not words:
        return None
    question = piped_text() if words == (STDIN,) else " ".join(words)
    if not question.strip():
        raise fail(FaultCode.USAGE, "The question is empty.", "Leave it out to ask the set of our own.")
    try:
        question.encode("utf-8")
    except UnicodeEncodeError:
        raise fail(FaultCode.USAGE, "The question is not valid text in this locale.", "Pipe it in as UTF-8.") from None
    return question


def says_plan(asked: Asked, question: str | None, flags: Mapping[str, object]) -> bool:
    """Whether the command line says anything of what is measured."""
    flagged = any(flags.get(name) not in {None, ()} for name in _PLAN_FLAGS)
    settings = asked.sampling != SamplingLayer() or asked.steering != Steering()
    return flagged or settings or question is not None or asked.rules is not None


def wish_of(
    ctx: click.Context, desk: BenchDesk, asked: Asked, question: str | None, flags: Mapping[str, object]
) -> BenchWish:
    """What is to be measured.

    Raises:
        click.UsageError: flags that contradict each other.
        FaultError: (not-found, usage) a set that is none, a sweep that cannot be.
    """
    listed, sweeps = flags.get("tags"), flags.get("sweeps")
    limit = flags.get("limit")
    parted = [
        frozenset(tag.strip() for tag in text.split(",") if tag.strip())
        for text in (listed if isinstance(listed, tuple) else ())
    ]
    swept = tuple(parse_sweep(text) for text in (sweeps if isinstance(sweeps, tuple) else ()))
    return BenchWish(
        questions=_questions(ctx, desk, question, flags),
        tags=tuple(tags for tags in parted if tags),
        limit=limit if isinstance(limit, int) else None,
        sweeps=swept,
        repeats=_number(flags, "repeats", 5),
        concurrency=_number(flags, "concurrency", 4),
        warm_up=_number(flags, "warm_up", 1),
        sampling=asked.sampling,
        steering=asked.steering,
        rules=asked.rules,
    )


def _is_set(question: str) -> bool:
    """Whether the words are the name of a set's file, which nobody would ask a model."""
    return question.lower().endswith((".jsonl", ".csv")) and len(question.split()) == 1


def _questions(ctx: click.Context, desk: BenchDesk, question: str | None, flags: Mapping[str, object]) -> QuestionSet:
    name, answer = flags.get("set_name"), flags.get("answer")
    if question is not None and name is None and _is_set(question):
        name, question = question, None
    if question is not None:
        if name is not None:
            raise click.UsageError("--set and a question of its own are two sets; give one of them.", ctx)
        return single(question, answer if isinstance(answer, str) and answer.strip() else None)
    if answer is not None:
        raise click.UsageError('--answer needs a question: bench "…" --answer X.', ctx)
    if not isinstance(name, str) or name == OWN:
        return desk.shipped()
    return desk.read_set(Path(name).expanduser())


def _number(flags: Mapping[str, object], name: str, default: int) -> int:
    value = flags.get(name)
    return value if isinstance(value, int) else default
