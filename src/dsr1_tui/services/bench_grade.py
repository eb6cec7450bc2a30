"""Says of each sample whether it is right, and which of its question's other samples gave the same answer."""

from collections.abc import Iterable
from dataclasses import replace

from dsr1_tui.domain.bench.plan import BenchPlan
from dsr1_tui.domain.bench.result import SampleResult
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.ports import Judge


class Grader:
    """Grades one sample at a time; classes of equal boxes grow with the samples of a question and setting."""

    def __init__(self, judge: Judge, plan: BenchPlan, before: Iterable[SampleResult]) -> None:
        """`before` are the samples that are kept already."""
        self._judge = judge
        self._answers = {question.id: question.answer for question in plan.questions.questions}
        self._classes: dict[tuple[int, str], list[str]] = {}
        for result in before:
            if result.vote is not None:
                self._meet(result, result.vote)

    async def grade(self, result: SampleResult) -> SampleResult:
        """The sample with `vote` and `right`."""
        if result.failed:
            return result
        answer = self._answers[result.key.question]
        box = result.boxed if result.finish_reason is FinishReason.STOP else None
        if box is None:
            return replace(result, vote=None, right=None if answer is None else False)
        if answer is not None and await self._same(box, answer):
            # All that is right is one class, so that the majority's rightness does not hang on a chain of equalities.
            return replace(result, vote=self._meet(result, answer), right=True)
        vote = await self._class(result, box, answer)
        return replace(result, vote=vote, right=None if answer is None else False)

    async def _class(self, result: SampleResult, box: str, answer: str | None) -> str:
        known = self._classes.get(_place(result), [])
        if box in known and box != answer:
            return box
        for one in known:
            if one != answer and await self._same(one, box):
                return one
        return self._meet(result, box)

    def _meet(self, result: SampleResult, vote: str) -> str:
        known = self._classes.setdefault(_place(result), [])
        if vote not in known:
            known.append(vote)
        return vote

    async def _same(self, one: str, other: str) -> bool:
        return one == other or await self._judge.same(one, other)


def _place(result: SampleResult) -> tuple[int, str]:
    return result.key.setting, result.key.question
