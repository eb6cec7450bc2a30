"""Plans and samples to test the benchmark with."""

from collections.abc import Sequence
from dataclasses import replace

from dsr1_tui.domain.bench.plan import BenchPlan, SampleKey
from dsr1_tui.domain.bench.result import Run, SampleResult
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.questions import BenchQuestion, QuestionSet
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.steering import Steering

BEGAN = 1_700_000_000.0
FAULT = Fault(FaultCode.REFUSED, "The server refused it.", "Ask otherwise.")


def question_set(answers: Sequence[str | None] = ("4", "6"), name: str = "sums") -> QuestionSet:
    questions = [
        BenchQuestion(question=f"What is question {at}?", answer=answer, id=f"q{at}", tags=(f"part:{at % 2}", "sum"))
        for at, answer in enumerate(answers, 1)
    ]
    return QuestionSet(name=name, questions=tuple(questions))


def bench_plan(
    answers: Sequence[str | None] = ("4", "6"), *, temperatures: Sequence[float] = (0.6,), repeats: int = 2
) -> BenchPlan:
    questions = question_set(answers)
    return BenchPlan(
        questions=questions,
        set_digest=questions.digest,
        set_size=len(questions.questions),
        settings=tuple(Sampling(temperature=one, top_p=0.95, seed=7) for one in temperatures),
        swept=("temperature",) if len(temperatures) > 1 else (),
        repeats=repeats,
        concurrency=2,
        warm_up=0,
        model="tiny-r1",
        rules=Rules.R1,
        steering=Steering(directive=True),
        address="http://127.0.0.1:8000/v1",
        endpoint="127.0.0.1:8000",
    )


def sample(
    question: str,
    repeat: int = 0,
    *,
    setting: int = 0,
    box: str | None = None,
    right: bool | None = False,
    reason: FinishReason = FinishReason.STOP,
    answer: str = "",
    tokens: int = 10,
    began: float = BEGAN,
    latency_s: float = 1.0,
) -> SampleResult:
    return SampleResult(
        key=SampleKey(setting, question, repeat),
        seed=7 + repeat,
        began=began,
        finish_reason=reason,
        answer=answer or (f"It is \\boxed{{{box}}}." if box else "I do not know."),
        boxed=box,
        vote=box if reason is FinishReason.STOP else None,
        right=right,
        ttft_s=0.1,
        latency_s=latency_s,
        tpot_s=0.05,
        output_tokens=tokens,
        reasoning_tokens=tokens // 2,
        prompt_tokens=20,
    )


def failure(question: str, repeat: int = 0, *, setting: int = 0) -> SampleResult:
    one = sample(question, repeat, setting=setting, right=None)
    return replace(one, finish_reason=None, error=FAULT, answer="", ttft_s=None, tpot_s=None)


def bench_run(plan: BenchPlan, *results: SampleResult) -> Run:
    run_id = "0192f0c1-2345-7abc-8def-0123456789ab"
    return Run(id=run_id, created=BEGAN, program="0.1", plan=plan, results=results)
