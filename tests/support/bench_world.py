"""What benchmarks are tested in: an endpoint that answers by question and seed, a log in memory."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace

from dsr1_tui.domain.bench.plan import BenchPlan
from dsr1_tui.domain.bench.result import Run, SampleResult
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.events import AnswerEvent
from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.request import ChatRequest
from dsr1_tui.domain.target import Target
from dsr1_tui.services.bench import bench
from dsr1_tui.services.bench_draw import BenchPorts
from dsr1_tui.services.bench_events import BenchEnded, BenchEvent
from dsr1_tui.services.bench_plan import BenchWish, Sitting, plan_bench
from dsr1_tui.services.turn import StopSignal
from support.bench_samples import question_set
from support.fake_clock import FakeClock
from support.fake_endpoint import FakeEndpoint, Script, answer_script
from support.number_judge import NumberJudge

GONE = Fault(FaultCode.UNREACHABLE, "Nothing answers at 127.0.0.1:8000.", "Is the server up?")

Answering = Callable[[ChatRequest], Script]


def boxed_by_seed(request: ChatRequest) -> Script:
    """Question 1 is right with even seeds, question 2 never; warmer than 1 nothing has a box."""
    asked, sampling = request.messages[-1].content, request.sampling
    seed, hot = sampling.seed or 0, (sampling.temperature or 0) > 1
    box = {"question 1": "4.0" if seed % 2 == 0 else "5", "question 2": "7"}[
        "question 1" if "question 1" in asked else "question 2"
    ]
    return answer_script("No idea." if hot else f"It is \\boxed{{{box}}}.", "hm hm")


class AnsweringEndpoint(FakeEndpoint):
    """Answers by what is asked, not in a row: requests run at once here. Each word takes 10 ms of the fake clock."""

    def __init__(self, clock: FakeClock, answering: Answering = boxed_by_seed) -> None:
        super().__init__(clock=clock.monotonic)
        self.fake_clock = clock
        self.answering = answering
        self.dies_after: int | None = None
        """Requests after which it is gone: those that run break off."""
        self.at_once = 0
        self.most_at_once = 0

    def turn_to(self, target: Target) -> None:
        """Be opened once more."""
        self._target, self.closed = target, False

    async def _answered(self, request: ChatRequest) -> AsyncGenerator[AnswerEvent, None]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async for event in self._play([self.answering(request)], 1, None):
                self.fake_clock.advance(0.01)
                yield replace(event, at=self.fake_clock.monotonic())
        finally:
            self.at_once -= 1

    def stream(self, request: ChatRequest) -> AsyncGenerator[AnswerEvent, None]:
        self.requests.append(request)
        if self.dies_after is not None and len(self.requests) > self.dies_after:
            self.fault = self.fault or GONE
        return self._answered(request)


class MemoryLog:
    """Satisfies `ports.RunLog`."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.kept: list[SampleResult] = list(run.results)
        self.fault: Fault | None = None
        self.closed = False

    @property
    def run(self) -> Run:
        return self._run

    def append(self, results: Sequence[SampleResult]) -> None:
        if self.fault is not None:
            raise FaultError(self.fault)
        self.kept += results

    def close(self) -> None:
        self.closed = True

    def again(self, kept: int | None = None) -> "MemoryLog":
        """Opened once more, with the first `kept` of its results."""
        return MemoryLog(replace(self._run, results=tuple(self.kept[:kept])))


class BenchWorld:
    """Everything outside the benchmark."""

    def __init__(self, answering: Answering = boxed_by_seed) -> None:
        self.clock = FakeClock()
        self.endpoint = AnsweringEndpoint(self.clock, answering)
        self.judge = NumberJudge()
        self.stop = StopSignal()
        self.ports = BenchPorts(endpoint=self.endpoint, clock=self.clock, judge=self.judge)

    async def sitting(self, wish: BenchWish | None = None, config: Config | None = None) -> Sitting:
        return await plan_bench(self.endpoint, wish or wish_for(), config or Config())

    def log(self, plan: BenchPlan) -> MemoryLog:
        return MemoryLog(Run(id=self.clock.new_id(), created=self.clock.now(), program="0.1", plan=plan))

    async def measure(self, sitting: Sitting, log: MemoryLog) -> list[BenchEvent]:
        return [event async for event in bench(self.ports, sitting, log, self.stop)]


def wish_for(answers: Sequence[str | None] = ("4", "6"), **more: object) -> BenchWish:
    wish = BenchWish(questions=question_set(answers), repeats=3, concurrency=2, warm_up=0)
    return replace(wish, **more)  # type: ignore[arg-type]  # the caller names the fields of a wish


def ended(events: Sequence[BenchEvent]) -> BenchEnded:
    last = events[-1]
    assert isinstance(last, BenchEnded)
    return last


async def until(condition: Callable[[], bool]) -> None:
    """Let other tasks run until something holds."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  what is waited for sets no event
            await asyncio.sleep(0)
