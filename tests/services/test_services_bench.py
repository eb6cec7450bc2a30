"""A run of the benchmark on fakes: what is asked, counted, kept, and taken up after any end."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from dsr1_tui.domain.bench.report import BenchReport
from dsr1_tui.domain.bench.sweep import Sweep
from dsr1_tui.domain.events import Failed, FinishReason
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.request import ChatRequest
from dsr1_tui.services.bench import PATIENCE, bench
from dsr1_tui.services.bench_events import BenchStarted, Progress, SampleDone, SettingDone
from support.bench_world import GONE, BenchWorld, boxed_by_seed, ended, until, wish_for
from support.fake_endpoint import Script, answer_script

SWEPT = wish_for(sweeps=(Sweep("temperature", (0.3, 1.2)),), repeats=4)
LOOP = "So the answer is four, and so we check it again. " * 120


def figures(report: BenchReport) -> list[object]:
    """What does not hang on when it was measured."""
    return [
        (
            run.settings,
            run.requests,
            run.failures,
            run.accuracy,
            run.pass_at_1,
            run.cons_at_k,
            run.rates,
            run.alike,
            run.output_tokens,
        )
        for run in report.runs
    ]


async def test_a_sweep_from_its_beginning_to_its_end() -> None:
    world = BenchWorld()
    sitting = await world.sitting(SWEPT)
    log = world.log(sitting.plan)
    events = await world.measure(sitting, log)
    report = ended(events).report
    assert isinstance(events[0], BenchStarted)
    assert report.complete
    assert len(log.kept) == len({one.key for one in log.kept}) == 16
    assert [event.setting for event in events if isinstance(event, SettingDone)] == [0, 1]
    assert sum(isinstance(event, SampleDone) for event in events) == 16
    cool, hot = report.runs
    assert cool.accuracy is not None
    assert cool.accuracy.value == 2 / 8, "question 1 with seeds 0 and 2"
    assert cool.cons_at_k is not None
    assert cool.cons_at_k.estimate.value == 0.25, "two of four votes are half a majority of one of two questions"
    assert hot.accuracy is None
    assert hot.rates is not None
    assert hot.rates.no_box == 1
    assert world.endpoint.most_at_once == 2


async def test_what_is_sent() -> None:
    world = BenchWorld()
    sitting = await world.sitting(SWEPT)
    await world.measure(sitting, world.log(sitting.plan))
    sent = [(one.sampling.temperature, one.sampling.seed) for one in world.endpoint.requests]
    assert sorted(sent) == sorted([(heat, seed) for heat in (0.3, 1.2) for seed in range(4) for _ in range(2)])
    assert all("\\boxed{}" in one.messages[-1].content for one in world.endpoint.requests)
    assert all(one.sampling.top_p == 0.95 for one in world.endpoint.requests)


async def test_times_and_counts_of_a_sample() -> None:
    world = BenchWorld()
    sitting = await world.sitting(wish_for(repeats=1, concurrency=1))
    log = world.log(sitting.plan)
    began = world.clock.now()
    await world.measure(sitting, log)
    first = log.kept[0]
    # Started, two words of thought, three of answer and the end, each 10 ms after the one before.
    assert first.ttft_s == pytest.approx(0.02)
    assert first.latency_s == pytest.approx(0.07)
    assert first.tpot_s == pytest.approx(0.01)
    assert (first.output_tokens, first.reasoning_tokens) == (5, 2)
    assert first.began == pytest.approx(began)
    assert (first.seed, first.boxed, first.right, first.vote) == (0, "4.0", True, "4")


async def test_a_warm_up_is_short_and_not_counted() -> None:
    world = BenchWorld()
    sitting = await world.sitting(wish_for(warm_up=2))
    log = world.log(sitting.plan)
    await world.measure(sitting, log)
    assert len(world.endpoint.requests) == len(log.kept) + 2
    assert [one.sampling.max_tokens for one in world.endpoint.requests[:3]] == [64, 64, None]


@pytest.mark.parametrize("cut", range(17))
async def test_resumed_at_any_place_it_reports_the_same(cut: int) -> None:
    world = BenchWorld()
    sitting = await world.sitting(SWEPT)
    log = world.log(sitting.plan)
    whole = ended(await world.measure(sitting, log)).report
    asked = len(world.endpoint.requests)
    again = log.again(cut)
    resumed = ended(await world.measure(sitting, again)).report
    assert figures(resumed) == figures(whole)
    assert len(world.endpoint.requests) - asked == 16 - cut
    assert len({one.key for one in again.kept}) == len(again.kept) == 16


@pytest.mark.parametrize("lives", range(0, 16, 3))
async def test_a_server_that_dies_ends_the_run_and_what_was_measured_stays(lives: int) -> None:
    world = BenchWorld()
    sitting = await world.sitting(SWEPT)
    world.endpoint.dies_after = lives
    log = world.log(sitting.plan)
    end = ended(await world.measure(sitting, log))
    assert end.fault is not None
    assert end.fault.code is FaultCode.UNREACHABLE
    assert not any(one.failed for one in log.kept), "its end is no failure of a request"
    assert end.report.done == len(log.kept) <= lives
    world.endpoint.dies_after = world.endpoint.fault = None
    resumed = ended(await world.measure(sitting, log.again()))
    assert resumed.report.complete
    assert resumed.fault is None
    assert all(run.failures == 0 for run in resumed.report.runs)


async def test_requests_that_break_on_a_living_server_are_failures() -> None:
    def answering(request: ChatRequest) -> Script:
        return [Failed(error=GONE)] if request.sampling.seed else boxed_by_seed(request)

    world = BenchWorld(answering)
    sitting = await world.sitting(wish_for(repeats=8))
    log = world.log(sitting.plan)
    end = ended(await world.measure(sitting, log))
    assert end.fault is None
    assert end.report.complete
    assert end.report.runs[0].failures == 14 > PATIENCE
    assert end.report.runs[0].accuracy is not None
    assert end.report.runs[0].accuracy.n == 2


@pytest.mark.parametrize("code", [FaultCode.REFUSED, FaultCode.SERVER_ERROR, FaultCode.CONTEXT_OVERFLOW])
async def test_a_refused_request_is_counted_and_the_run_goes_on(code: FaultCode) -> None:
    def answering(request: ChatRequest) -> Script:
        refused = request.sampling.seed == 1
        return [Failed(error=Fault(code, "No."))] if refused else boxed_by_seed(request)

    world = BenchWorld(answering)
    sitting = await world.sitting()
    end = ended(await world.measure(sitting, world.log(sitting.plan)))
    assert end.report.complete
    assert end.report.runs[0].faults == {code: 2}


async def test_a_key_that_is_refused_ends_the_run_at_once() -> None:
    world = BenchWorld(lambda _: [Failed(error=Fault(FaultCode.UNAUTHORIZED, "No."))])
    sitting = await world.sitting(wish_for(concurrency=1))
    end = ended(await world.measure(sitting, world.log(sitting.plan)))
    assert end.fault == Fault(FaultCode.UNAUTHORIZED, "No.")
    assert len(world.endpoint.requests) == 1


async def test_a_server_that_is_gone_at_the_warm_up_ends_it() -> None:
    world = BenchWorld()
    sitting = await world.sitting(wish_for(warm_up=1))
    world.endpoint.fault = GONE
    end = ended(await world.measure(sitting, world.log(sitting.plan)))
    assert (end.fault, end.report.done, len(world.endpoint.requests)) == (GONE, 0, 1)


async def test_a_stop_breaks_off_what_runs_and_keeps_what_is_done() -> None:
    gate = asyncio.Event()

    def answering(request: ChatRequest) -> Script:
        return [*boxed_by_seed(request)[:2], gate] if request.sampling.seed == 2 else boxed_by_seed(request)

    world = BenchWorld(answering)
    sitting = await world.sitting()
    log = world.log(sitting.plan)
    task = asyncio.create_task(world.measure(sitting, log))
    await until(lambda: len(log.kept) == 4 and world.endpoint.open_streams == 2)
    world.stop.stop()
    end = ended(await asyncio.wait_for(task, 5))
    assert (end.fault, end.report.done, end.report.complete) == (None, 4, False)
    assert world.endpoint.open_streams == 0
    assert world.endpoint.abandoned == 2


async def test_a_cancelled_run_leaves_no_stream_and_what_was_kept() -> None:
    gate = asyncio.Event()
    world = BenchWorld(lambda request: [*boxed_by_seed(request)[:2], gate])
    sitting = await world.sitting()
    task = asyncio.create_task(world.measure(sitting, world.log(sitting.plan)))
    await until(lambda: world.endpoint.open_streams == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.endpoint.open_streams == 0


async def test_a_full_disk_ends_the_run_with_what_is_kept() -> None:
    world = BenchWorld()
    sitting = await world.sitting()
    log = world.log(sitting.plan)
    full = Fault(FaultCode.STORE, "The file cannot be written: No space left on device.")
    async with aclosing(bench(world.ports, sitting, log, world.stop)) as events:
        found = []
        async for event in events:
            found.append(event)
            if isinstance(event, SampleDone):
                log.fault = full
    assert ended(found).fault == full
    assert ended(found).report.done == len(log.kept) == 1


async def test_a_loop_is_ended_and_counted_and_not_asked_again() -> None:
    world = BenchWorld(lambda _: answer_script("", LOOP))
    sitting = await world.sitting(wish_for(answers=("4",), repeats=1))
    log = world.log(sitting.plan)
    end = ended(await world.measure(sitting, log))
    assert log.kept[0].finish_reason is FinishReason.LOOP
    assert end.report.runs[0].rates is not None
    assert end.report.runs[0].rates.looped == 1
    assert (len(world.endpoint.requests), world.endpoint.continuations) == (1, [])


async def test_a_reply_without_a_thought_is_not_asked_again() -> None:
    world = BenchWorld(lambda _: answer_script("It is \\boxed{4}.", ""))
    sitting = await world.sitting(wish_for(answers=("4",), repeats=1))
    await world.measure(sitting, world.log(sitting.plan))
    assert len(world.endpoint.requests) == 1


async def test_a_box_in_an_answer_that_was_cut_off_is_no_vote_and_not_right() -> None:
    world = BenchWorld(lambda _: answer_script("It is \\boxed{4}. And", reason=FinishReason.LENGTH))
    sitting = await world.sitting(wish_for(answers=("4",), repeats=1))
    log = world.log(sitting.plan)
    await world.measure(sitting, log)
    assert (log.kept[0].boxed, log.kept[0].vote, log.kept[0].right) == ("4", None, False)


async def test_equal_boxes_are_one_class_also_after_a_resume() -> None:
    boxes = {0: "7", 1: "7.0", 2: "8", 3: "07"}
    world = BenchWorld(lambda request: answer_script(f"\\boxed{{{boxes[request.sampling.seed or 0]}}}"))
    sitting = await world.sitting(wish_for(answers=(None,), repeats=4, concurrency=1))
    log = world.log(sitting.plan)
    await world.measure(sitting, log)
    assert [one.vote for one in log.kept] == ["7", "7", "8", "7"]
    assert [one.right for one in log.kept] == [None] * 4
    again = log.again(1)
    await world.measure(sitting, again)
    assert [one.vote for one in again.kept] == ["7", "7", "8", "7"]


async def test_progress_tells_what_is_left() -> None:
    world = BenchWorld()
    sitting = await world.sitting(wish_for(concurrency=1))
    events = await world.measure(sitting, world.log(sitting.plan))
    told = [event for event in events if isinstance(event, Progress)]
    last = told[-1]
    assert (last.done, last.total, last.right, last.graded, last.left_s) == (6, 6, 2, 6, 0)
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert {one.done for one in told} == set(range(1, 7))
    for one in told:
        assert one.tokens_per_s is not None
        assert one.left_s is not None
        assert 0.05 * (6 - one.done) <= one.left_s <= 0.42 * (6 - one.done)


async def test_a_worker_that_breaks_is_not_swallowed() -> None:
    def answering(request: ChatRequest) -> Script:
        raise RuntimeError(f"a mistake of ours: {request.samples}")

    world = BenchWorld(answering)
    sitting = await world.sitting()
    with pytest.raises(RuntimeError, match="mistake of ours"):
        await world.measure(sitting, world.log(sitting.plan))


async def test_a_plan_that_is_done_asks_nothing() -> None:
    world = BenchWorld()
    sitting = await world.sitting(replace(wish_for(), warm_up=3))
    log = world.log(sitting.plan)
    await world.measure(sitting, log)
    asked = len(world.endpoint.requests)
    assert ended(await world.measure(sitting, log.again())).report.complete
    assert len(world.endpoint.requests) == asked
