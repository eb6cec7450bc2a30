"""Measure a model: every sample of a plan drawn, graded and kept as it ends, so that no stop and no crash loses one."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from dsr1_tui.domain.bench.reporting import report_of
from dsr1_tui.domain.bench.result import GONE, HOPELESS, Run, SampleResult
from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.ports import Clock, RunLog
from dsr1_tui.services.bench_draw import BenchPorts, Drawer
from dsr1_tui.services.bench_events import BenchEnded, BenchEvent, BenchStarted, Progress, SampleDone, SettingDone
from dsr1_tui.services.bench_grade import Grader
from dsr1_tui.services.bench_plan import Sitting
from dsr1_tui.services.bench_pool import Pool
from dsr1_tui.services.turn import StopSignal

TICK_S: Final = 1.0
PATIENCE: Final = 5
"""Requests in a row that fail as if the server were gone, before it is looked whether it is."""


async def bench(ports: BenchPorts, sitting: Sitting, log: RunLog, stop: StopSignal) -> AsyncGenerator[BenchEvent, None]:
    """Measure what a run's plan still asks for.

    Yields `BenchStarted` first and `BenchEnded` last. A sample is in the log before its `SampleDone`. When `stop` says
    so, or the server is gone, what runs is broken off and not kept: a resumed run asks it again. A failed request
    counts as a failure only when the server is found to live.

    Args:
        ports: the endpoint, which is not closed here, the clock, the judge.
        sitting: the log's plan on this server.
        log: the open run; not closed here.
        stop: ends it gently.
    """
    run = log.run
    yield BenchStarted(run)
    measuring = _Measuring(ports, sitting, log, stop)
    try:
        async with aclosing(measuring.events()) as events:
            async for event in events:
                yield event
        fault = measuring.fault
    except FaultError as error:
        fault = error.fault
    report = await asyncio.to_thread(report_of, measuring.measured)
    yield BenchEnded(report=report, fault=fault)


class _Measuring:
    """One sitting."""

    def __init__(self, ports: BenchPorts, sitting: Sitting, log: RunLog, stop: StopSignal) -> None:
        self.fault: Fault | None = None
        self._ports = ports
        self._plan = sitting.plan
        self._log = log
        self._stop = stop
        self._results = list(log.run.results)
        self._grader = Grader(ports.judge, sitting.plan, log.run.results)
        self._drawer = Drawer(ports, sitting)
        self._pace = _Pace(ports.clock)
        self._right = self._graded = 0
        self._count(self._results)
        self._held: list[SampleResult] = []
        """Failures that may mean that the server is gone, with nothing else in between."""

    @property
    def measured(self) -> Run:
        """The run with all that is kept of it."""
        return replace(self._log.run, results=tuple(self._results))

    async def events(self) -> AsyncGenerator[BenchEvent, None]:
        """Everything between the first and the last event.

        Raises:
            FaultError: (store) the log takes no more.
        """
        if not await self._warmed_up():
            return
        self._pace.begin()
        for setting in range(len(self._plan.settings)):
            done = {result.key for result in self._results}
            keys = [key for key in self._plan.samples_of(setting) if key not in done]
            if not keys:
                continue
            # A setting ends before the next begins: its tokens a second are then its own.
            async with Pool(self._drawer.draw, keys, self._plan.concurrency, self._stop) as pool:
                while not pool.ended and not self._over():
                    await pool.wait(TICK_S)
                    while not self._over() and (result := pool.take()) is not None:
                        for kept in await self._taken(result):
                            yield SampleDone(kept)
                        yield self._progress()
                    yield self._progress()
            if not self._over():
                for kept in await self._settled():
                    yield SampleDone(kept)
            if self._over():
                return
            yield SettingDone(setting)

    def _over(self) -> bool:
        return self.fault is not None or self._stop.reason is not None

    async def _warmed_up(self) -> bool:
        """Send the requests that are not counted, with what comes last; whether it goes on."""
        done = {result.key for result in self._results}
        keys = [key for key in self._plan.samples() if key not in done]
        async with Pool(self._drawer.warm_up, keys[: -self._plan.warm_up - 1 : -1], 1, self._stop) as pool:
            while not pool.ended and not self._over():
                await pool.wait(TICK_S)
                while not self._over() and (result := pool.take()) is not None:
                    if result.error is not None and result.error.code in GONE | HOPELESS:
                        self.fault = result.error
        return not self._over()

    async def _taken(self, result: SampleResult) -> list[SampleResult]:
        """Grade a sample and keep it; what was kept now."""
        error = result.error
        if error is not None and error.code in HOPELESS:
            self.fault = error
            return []
        if error is not None and error.code in GONE:
            self._held.append(result)
            return await self._settled() if len(self._held) >= PATIENCE else []
        return await self._kept([*self._held, await self._grader.grade(result)])

    async def _settled(self) -> list[SampleResult]:
        """Decide what the failures held back were: the requests', if the server lives; else its end."""
        if not self._held:
            return []
        if await self._ports.endpoint.alive():
            return await self._kept(self._held)
        self.fault = self._held[-1].error
        return []

    async def _kept(self, results: list[SampleResult]) -> list[SampleResult]:
        await asyncio.to_thread(self._log.append, results)
        self._held = []
        self._results += results
        self._count(results)
        self._pace.count(results)
        return results

    def _progress(self) -> Progress:
        done = len(self._results)
        return Progress(
            done=done,
            total=self._plan.total,
            right=self._right,
            graded=self._graded,
            tokens_per_s=self._pace.tokens_per_s,
            left_s=self._pace.left_s(self._plan.total - done),
        )

    def _count(self, results: Iterable[SampleResult]) -> None:
        for result in results:
            self._graded += result.right is not None
            self._right += result.right is True


class _Pace:
    """How fast this sitting goes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.monotonic()
        self._samples = 0
        self._tokens = 0

    def begin(self) -> None:
        """What counts begins now."""
        self._began = self._clock.monotonic()

    def count(self, results: list[SampleResult]) -> None:
        self._samples += len(results)
        self._tokens += sum(result.output_tokens for result in results)

    @property
    def tokens_per_s(self) -> float | None:
        took = self._clock.monotonic() - self._began
        return self._tokens / took if took > 0 and self._samples else None

    def left_s(self, left: int) -> float | None:
        took = self._clock.monotonic() - self._began
        return took / self._samples * left if self._samples else None
