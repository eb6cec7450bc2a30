"""Makes the report out of the samples; pure, so that a kept run tells the same on any day."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import fsum
from typing import Final

from dsr1_tui.domain.bench.plan import BenchPlan
from dsr1_tui.domain.bench.report import Alike, BenchReport, ConsAtK, SettingReport
from dsr1_tui.domain.bench.result import Run, SampleResult
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.likeness import TextLikeness, likeness
from dsr1_tui.domain.published import figures_for
from dsr1_tui.domain.stats import (
    clustered_share,
    cons_at_k,
    mean,
    mean_agreement,
    pass_at_k,
    rates,
    summarise,
)

NO_ANSWERS: Final = "no question of the set has a known answer"
NO_SAMPLES: Final = "no sample of a question with a known answer has ended"
NO_BOXES: Final = "no answer has a box"


def report_of(run: Run) -> BenchReport:
    """The report of a run as it stands.

    It takes up to seconds where answers are long and repeats many (all pairs are compared); belongs in a thread.
    """
    plan = run.plan
    # In the plan's order, whatever order they ended in: sums of fractions are then the same to the last digit.
    order = {key: place for place, key in enumerate(plan.samples())}
    found: dict[int, list[SampleResult]] = {}
    for result in sorted((one for one in run.results if one.key in order), key=lambda one: order[one.key]):
        found.setdefault(result.key.setting, []).append(result)
    runs = tuple(setting_report(plan, setting, found.get(setting, [])) for setting in range(len(plan.settings)))
    return BenchReport(
        run_id=run.id,
        plan=plan,
        runs=runs,
        done=sum(map(len, found.values())),
        published=figures_for(plan.model, plan.questions.name),
    )


def setting_report(plan: BenchPlan, setting: int, results: Sequence[SampleResult]) -> SettingReport:
    """What was measured under one setting; `results` are its samples, each once."""
    ended = [one for one in results if not one.failed]
    by_question = _by_question(plan, ended)
    known = {question.id for question in plan.questions.questions if question.answer is not None}
    graded = [
        [one for one in group if one.right is not None]
        for group in by_question
        if group and group[0].key.question in known
    ]
    graded = [group for group in graded if group]
    why = _why_not(plan, ended, graded)
    scores = [[float(one.right is True) for one in group] for group in graded]
    return SettingReport(
        settings=plan.settings[setting],
        planned=plan.repeats * len(plan.questions.questions),
        requests=len(results),
        failures=len(results) - len(ended),
        answers=sum(one.finish_reason is FinishReason.STOP and bool(one.answer.strip()) for one in ended),
        faults=dict(Counter(one.error.code for one in results if one.error is not None).most_common()),
        ttft_s=summarise(one.ttft_s for one in ended if one.ttft_s is not None),
        latency_s=summarise(one.latency_s for one in ended),
        tpot_s=summarise(one.tpot_s for one in ended if one.tpot_s is not None),
        output_tokens=summarise(float(one.output_tokens) for one in ended),
        output_tokens_total=sum(one.output_tokens for one in ended),
        exact=all(one.exact for one in ended),
        tokens_per_s=summarise(one.tokens_per_s for one in ended if one.tokens_per_s is not None),
        tokens_per_s_overall=_overall(ended),
        accuracy=None if why else clustered_share(scores),
        pass_at_1=None if why else mean(pass_at_k(len(group), round(fsum(group)), 1) for group in scores),
        cons_at_k=None if why else _cons(plan.repeats, graded),
        why_not=why,
        rates=rates((one.finish_reason, one.boxed is not None) for one in ended if one.finish_reason is not None),
        alike=_alike(by_question),
    )


def _why_not(plan: BenchPlan, ended: Sequence[SampleResult], graded: Sequence[Sequence[SampleResult]]) -> str:
    if not plan.answered:
        return NO_ANSWERS
    if not graded:
        return NO_SAMPLES
    return "" if any(one.boxed is not None for one in ended) else NO_BOXES


def _by_question(plan: BenchPlan, results: Iterable[SampleResult]) -> list[list[SampleResult]]:
    groups: dict[str, list[SampleResult]] = {question.id: [] for question in plan.questions.questions}
    for one in results:
        groups[one.key.question].append(one)
    return list(groups.values())


def _cons(k: int, graded: Sequence[Sequence[SampleResult]]) -> ConsAtK | None:
    """Over the questions of which all k samples ended: fewer would be another measure."""
    votes = [
        [cons_at_k((one.vote for one in group), next((one.vote for one in group if one.right), None))]
        for group in graded
        if len(group) == k
    ]
    estimate = clustered_share(votes)
    return None if estimate is None else ConsAtK(k=k, estimate=estimate)


def _overall(ended: Sequence[SampleResult]) -> float | None:
    """Tokens over the time in which anything ran: pauses between two sittings of a resumed run are none of it."""
    busy, until = 0.0, float("-inf")
    for began, end in sorted((one.began, one.began + one.latency_s) for one in ended):
        busy += max(0.0, end - max(began, until))
        until = max(until, end)
    return sum(one.output_tokens for one in ended) / busy if busy > 0 else None


def _alike(groups: Sequence[Sequence[SampleResult]]) -> Alike:
    texts = ([one.answer for one in group if one.answer.strip()] for group in groups)
    found = [alike for group in texts if (alike := likeness(group)) is not None]
    return Alike(
        boxes=mean_agreement([one.vote for one in group] for group in groups),
        rouge_l=mean(one.rouge_l for one in found) if found else None,
        bleu=mean(one.bleu for one in found) if found else None,
        distinct=_distinct(found) if found else None,
        questions=len(found),
    )


def _distinct(found: Sequence[TextLikeness]) -> tuple[float, float, float]:
    one, two, three = (mean(alike.distinct[n] for alike in found) for n in range(3))
    return one, two, three
