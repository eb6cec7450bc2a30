"""Runs a benchmark without a screen: the report to stdout, all else to stderr, an exit code that says how it ended."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui import __version__
from dsr1_tui.cli.asked import Asked
from dsr1_tui.cli.bench_report import Form, Paper, put
from dsr1_tui.cli.bench_talk import BenchTalk
from dsr1_tui.cli.edge import forget_stdout, interrupted, warn
from dsr1_tui.cli.stopping import Stopping, signals_stop
from dsr1_tui.cli.talk import ID_SHOWN
from dsr1_tui.domain.bench.plan import differences
from dsr1_tui.domain.bench.result import GONE, Run
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import ExitCode, FaultCode, fail
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import FullEndpoint, RunLog
from dsr1_tui.services.bench import bench
from dsr1_tui.services.bench_draw import BenchPorts
from dsr1_tui.services.bench_events import BenchEnded
from dsr1_tui.services.bench_plan import BenchDesk, BenchWish, Sitting, plan_bench, take_up_plan
from dsr1_tui.services.kit import Kit
from dsr1_tui.services.resolve import LOCAL_VLLM, resolve_target

DRAW_S: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRequest:
    """What `bench` was told."""

    asked: Asked
    environ: Mapping[str, str]
    wish: BenchWish | None
    """What is to be measured; `None` where a kept plan says it."""
    resumed: RunLog | None = None
    """An open run to go on with; a wish beside it must come to the same plan."""
    replayed: Run | None = None
    """A run whose plan is measured anew."""
    reached: Target | None = None
    """The near end of the tunnel, where one had to be opened first."""
    paper: Paper


async def run_bench(kit: Kit, desk: BenchDesk, request: BenchRequest) -> int:
    """Measure and print the report; the exit code. Closes the kit and the open run.

    Raises:
        FaultError: what prevented it from being begun at all.
    """
    as_json = request.paper.form is Form.JSON

    async def measured(stopping: Stopping) -> int:
        talk = BenchTalk(kit.clock)
        async with _begun(kit, desk, request, talk) as (endpoint, sitting, log):
            judge = kit.open_judge()
            try:
                ports = BenchPorts(endpoint=endpoint, clock=kit.clock, judge=judge)
                stopping.asking = True
                ended = await _measured(ports, sitting, log, stopping, talk)
            finally:
                await judge.aclose()
        stopping.kept = True
        return _told(desk, request, ended, stopping)

    return await _until_stopped(kit, request, measured, as_json=as_json)


async def _until_stopped(
    kit: Kit, request: BenchRequest, work: Callable[[Stopping], Awaitable[int]], *, as_json: bool
) -> int:
    with signals_stop() as stopping:
        try:
            return await work(stopping)
        except asyncio.CancelledError:
            if stopping.exit_code is None:
                raise
            interrupted(as_json=as_json)
            return stopping.exit_code
        finally:
            if request.resumed is not None:
                request.resumed.close()
            await kit.aclose()


@asynccontextmanager
async def _begun(
    kit: Kit, desk: BenchDesk, request: BenchRequest, talk: BenchTalk
) -> AsyncGenerator[tuple[FullEndpoint, Sitting, RunLog]]:
    """The endpoint, the plan on it, and the open run, while the context is open; the line is drawn meanwhile."""
    config = kit.config_file.load()
    async with AsyncExitStack() as stack:
        endpoint = desk.open_endpoint(await _target(kit, request, config, stack))
        stack.push_async_callback(endpoint.aclose)
        ticking = asyncio.create_task(_tick(talk))
        stack.callback(talk.clear)
        stack.callback(ticking.cancel)
        sitting = await _sitting(endpoint, request, config)
        log = request.resumed or desk.runs.begin(
            Run(id=kit.clock.new_id(), created=kit.clock.now(), program=__version__, plan=sitting.plan)
        )
        stack.callback(log.close)
        yield endpoint, sitting, log


async def _target(kit: Kit, request: BenchRequest, config: Config, stack: AsyncExitStack) -> Target:
    if request.asked.demo:
        warn("demo: recorded answers; no model is running.")
        return await stack.enter_async_context(kit.open_demo())
    if request.reached is not None:
        target = request.reached
    else:
        resolved = resolve_target(request.asked.target, request.environ, config, default=LOCAL_VLLM)
        assert resolved is not None, "there is a default address"
        target = resolved.target
    kept = request.resumed.run if request.resumed is not None else request.replayed
    if kept is not None and target.model is None:
        target = replace(target, model=kept.plan.model)
    return target


async def _sitting(endpoint: FullEndpoint, request: BenchRequest, config: Config) -> Sitting:
    """The plan on this server: a new one, or a kept one that nothing has changed.

    Raises:
        FaultError: (usage) flags beside `--resume` that ask for something else than the run.
    """
    if request.resumed is not None:
        plan = request.resumed.run.plan
        if request.wish is not None:
            fresh = await plan_bench(endpoint, request.wish, config)
            if differing := differences(plan, fresh.plan):
                message = f"The run was begun otherwise: {', '.join(differing)} would differ."
                raise fail(FaultCode.USAGE, message, "Give --resume alone, or begin a new run.")
        return await take_up_plan(endpoint, plan, config)
    if request.replayed is not None:
        sitting = await take_up_plan(endpoint, request.replayed.plan, config)
        here = endpoint.target
        address = here.base_url if here.via is None else here.via.url
        return replace(sitting, plan=replace(sitting.plan, address=address, endpoint=here.label))
    assert request.wish is not None, "a new run has a wish"
    return await plan_bench(endpoint, request.wish, config)


async def _tick(talk: BenchTalk) -> None:
    while True:
        talk.draw()
        await asyncio.sleep(DRAW_S)


async def _measured(
    ports: BenchPorts, sitting: Sitting, log: RunLog, stopping: Stopping, talk: BenchTalk
) -> BenchEnded:
    ended: BenchEnded | None = None
    async with aclosing(bench(ports, sitting, log, stopping.stop)) as events:
        async for event in events:
            talk.feed(event)
            if isinstance(event, BenchEnded):
                ended = event
    assert ended is not None, "a run that was not broken off ends with BenchEnded"
    return ended


def _told(desk: BenchDesk, request: BenchRequest, ended: BenchEnded, stopping: Stopping) -> int:
    """Print the report, say why it is not complete, and how to go on; the exit code."""
    report, fault = ended.report, ended.fault
    if report.done or request.paper.form is Form.JSON:
        try:
            put(request.paper, desk, report, fault)
            sys.stdout.flush()
        except BrokenPipeError:
            forget_stdout()
            return ExitCode.NO_ANSWER
    if not report.complete:
        again = f"Go on with: dsr1-chat bench --resume {report.run_id[:ID_SHOWN]}"
        if fault is not None:
            warn(fault.line)
        warn(f"{report.done:,} of {report.plan.total:,} samples are measured and kept. {again}")
    if stopping.exit_code is not None:
        return stopping.exit_code
    if fault is not None:
        return ExitCode.UNREACHABLE if fault.code in GONE else fault.exit_code
    if not report.answers:
        warn(_no_answer(ended))
        return ExitCode.NO_ANSWER
    for why in dict.fromkeys(run.why_not for run in report.runs if run.why_not):
        warn(f"There is no accuracy: {why}.")
    return ExitCode.DONE


def _no_answer(ended: BenchEnded) -> str:
    runs = ended.report.runs
    kinds = sorted({code.value for run in runs for code in run.faults})
    if kinds and all(run.failures == run.requests for run in runs):
        return f"Every request failed: {', '.join(kinds)}."
    return "No sample ended with a whole answer; a higher --max-tokens may help."
