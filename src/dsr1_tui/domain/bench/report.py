"""The figures of a benchmark, one entry a setting; a report says what was measured and nothing it was not."""

from collections.abc import Mapping
from dataclasses import dataclass

from dsr1_tui.domain.bench.plan import BenchPlan
from dsr1_tui.domain.fault import FaultCode
from dsr1_tui.domain.published import Published
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.stats import Estimate, Rates, Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsAtK:
    """Whether the majority of k samples is right, over questions."""

    k: int
    """Samples a question: the repeats of the plan."""
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """How alike the answers to one question are, means over the questions with two samples or more; shares 0 to 1."""

    boxes: float | None
    """Pairs of samples whose boxes are equal; one without a box equals none."""
    rouge_l: float | None
    """Of the answers' texts, thoughts left out; `None` where no question has two answers with text."""
    bleu: float | None
    distinct: tuple[float, float, float] | None
    """distinct-1, -2, -3."""
    questions: int
    """Questions that the likeness of texts is the mean of."""

    @property
    def diversity(self) -> float | None:
        """1 minus mean pairwise ROUGE-L."""
        return None if self.rouge_l is None else 1 - self.rouge_l


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingReport:
    """What was measured under one setting."""

    settings: Sampling
    planned: int
    """Samples that the plan asks for."""
    requests: int
    """Samples that ended or failed."""
    failures: int
    answers: int
    """Samples that ended by themselves and said something beside their thought."""
    faults: Mapping[FaultCode, int]
    """The failures by kind."""
    ttft_s: Summary | None
    latency_s: Summary | None
    tpot_s: Summary | None
    output_tokens: Summary | None
    output_tokens_total: int
    exact: bool
    """Whether all token counts are the server's."""
    tokens_per_s: Summary | None
    """Of single requests, the wait for the first token included."""
    tokens_per_s_overall: float | None
    """All output tokens over the time in which at least one request ran."""
    accuracy: Estimate | None
    pass_at_1: float | None
    """The mean over questions of the share of right samples."""
    cons_at_k: ConsAtK | None
    why_not: str
    """Why there is no accuracy; empty where there is one."""
    rates: Rates | None
    alike: Alike


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchReport:
    """What was measured in a run, complete or not."""

    run_id: str
    plan: BenchPlan
    runs: tuple[SettingReport, ...]
    """One a setting, in the plan's order; also settings of which nothing was measured yet."""
    done: int
    """Samples that ended or failed."""
    published: tuple[Published, ...] = ()
    """DeepSeek's figures, where the set and the model are among theirs."""

    @property
    def complete(self) -> bool:
        """Whether every sample of the plan is in it."""
        return self.done >= self.plan.total

    @property
    def answers(self) -> int:
        """Whole answers, all settings together."""
        return sum(run.answers for run in self.runs)
