"""Servers started, watched and ended, under a clock that stands still between looks."""

import asyncio
import threading
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.server.diagnosis import StartCode
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.progress import Phase
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.services.serve import (
    ServePorts,
    await_server,
    end_own,
    follow_log,
    keep_server,
    recent_servers,
    running_servers,
    server_end,
    start_server,
    stop_server,
)
from dsr1_tui.services.serving import (
    Answers,
    Launched,
    Progressed,
    StartEvent,
    StartFailed,
    StopEvent,
    Stopped,
    Stopping,
)
from support.fake_server_host import NEVER, FakeServers, ServerScript
from support.server_stage import standin_plan

GOOD = ServerScript(
    log=(
        (0.2, "(APIServer pid=1) INFO 11-22 02:53:41 [model.py:733] Resolved architecture: Qwen2ForCausalLM\n"),
        (1.2, "(EngineCore pid=2) INFO 11-22 02:53:55 [default_loader.py:501] Loading weights took 0.01 seconds\n"),
        (2.0, "(APIServer pid=1) INFO:     Application startup complete.\n"),
    ),
    ready_s=2.2,
)
BAD = ServerScript(
    log=(
        (0.1, "(APIServer pid=1) WARNING 11-22 02:53:41 [utils.py:1] OSError: [Errno 24] of no consequence\n"),
        (0.6, "vllm serve: error: unrecognized arguments: --nonsense\n"),
    ),
    ready_s=NEVER,
    ends_s=0.7,
    exit_code=2,
)


def plan(**more: object) -> ServerPlan:
    return replace(standin_plan("serves", port=8000, key="sk-7"), **more)  # type: ignore[arg-type]  # fields by name


async def started(ports: ServePorts, *, keep: bool = False) -> list[StartEvent]:
    async with aclosing(start_server(ports, plan(), keep=keep)) as events:
        return [event async for event in events]


async def stopped(ports: ServePorts, record: ServerRecord, limit_s: float = 15.0) -> list[StopEvent]:
    return [event async for event in stop_server(ports, record, limit_s=limit_s)]


async def test_a_good_start_from_launch_to_answer() -> None:
    servers = FakeServers(scripts=[GOOD], times={"r1": [40.0, 50.0, 60.0]})
    first, *middle, last = await started(servers.ports())
    assert isinstance(first, Launched)
    assert first.expected_s == 50.0
    seen = [event for event in middle if isinstance(event, Progressed)]
    assert len(seen) == len(middle)
    assert [event.elapsed_s for event in seen] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert seen[1].progress.phase is Phase.RESOLVING
    assert "Resolved architecture" in seen[1].last_line
    assert seen[3].progress.phase is Phase.PROFILING
    assert isinstance(last, Answers)
    assert last.took_s == 2.5
    assert last.record.ready_s == 2.5
    assert last.target.base_url == "http://127.0.0.1:8000/v1"
    assert last.target.api_key == "sk-7"
    assert "sk-7" not in repr(last)
    assert servers.times["r1"][-1] == 2.5
    assert await running_servers(servers.ports()) == (last.record,)


async def test_a_failed_start_is_diagnosed_from_its_log_and_code() -> None:
    servers = FakeServers(scripts=[BAD])
    *_, last = await started(servers.ports())
    assert isinstance(last, StartFailed)
    assert last.diagnosis.code is StartCode.BAD_FLAG
    assert "--nonsense" in last.diagnosis.line
    assert last.record.exit_code == 2
    assert servers.ended == [], "there was nothing to end"
    assert servers.times == {}


async def test_a_start_that_cannot_be_made_raises() -> None:
    fault = Fault(FaultCode.SERVER_START, "Port 8000 is taken.")
    servers = FakeServers(scripts=[ServerScript(launch_fault=fault)])
    with pytest.raises(FaultError, match="Port 8000 is taken"):
        await started(servers.ports())


@pytest.mark.parametrize("keep", [False, True])
async def test_closing_the_generator_before_the_end_ends_the_server(keep: bool) -> None:
    servers = FakeServers(scripts=[replace(GOOD, heeds_s=NEVER)])
    async with aclosing(start_server(servers.ports(), plan(), keep=keep)) as events:
        async for event in events:
            if isinstance(event, Progressed):
                break
    assert [kill for _, kill in servers.ended] == [False, False, True]
    assert servers.running() == ()


async def test_closing_it_after_the_answer_leaves_the_server() -> None:
    servers = FakeServers(scripts=[GOOD])
    async with aclosing(start_server(servers.ports(), plan())) as events:
        async for event in events:
            if isinstance(event, Answers):
                break
    assert servers.ended == []
    assert len(servers.running()) == 1


async def test_a_start_that_is_cancelled_in_its_first_moment_leaves_no_server() -> None:
    held, go = threading.Event(), threading.Event()

    class Slow(FakeServers):
        def launch(self, plan: ServerPlan, *, keep: bool) -> ServerRecord:
            held.set()
            go.wait(10)
            return super().launch(plan, keep=keep)

    servers = Slow(scripts=[GOOD])
    task = asyncio.ensure_future(started(servers.ports()))
    await asyncio.to_thread(held.wait, 10)
    task.cancel()
    await asyncio.sleep(0)
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(servers.launched) == 1
    assert servers.running() == ()


async def test_another_run_s_start_is_watched_and_left_alone(tmp_path: Path) -> None:
    servers = FakeServers(scripts=[GOOD, GOOD], keys={tmp_path: "sk-kept"})
    record = servers.launch(plan(key_file=tmp_path), keep=True)
    servers.clock.advance(1.0)
    async with aclosing(await_server(servers.ports(), record)) as events:
        async for event in events:
            assert isinstance(event, Progressed)
            assert event.elapsed_s == 1.0, "since its start, not since it is watched"
            break
    assert servers.running() == (record,)
    *_, last = [event async for event in await_server(servers.ports(), record)]
    assert isinstance(last, Answers)
    assert last.target.api_key == "sk-kept"


async def test_one_that_is_up_already_tells_nothing_of_how_long_it_took() -> None:
    servers = FakeServers(scripts=[GOOD])
    record = servers.launch(plan(), keep=True)
    servers.clock.advance(3600)
    (last,) = [event async for event in await_server(servers.ports(), record)]
    assert isinstance(last, Answers)
    assert last.record.ready_s is None
    assert servers.times == {}


async def test_the_servers_of_this_run_are_ended_with_it() -> None:
    servers = FakeServers(scripts=[GOOD, GOOD])
    kept = servers.launch(plan(port=8001), keep=True)
    servers.launch(plan(), keep=False)
    await end_own(servers.ports())
    assert servers.running() == (kept,)


async def test_a_stranger_s_answer_is_not_taken_for_ours() -> None:
    servers = FakeServers(scripts=[replace(GOOD, ready_s=0.0, ends_s=1.0, exit_code=1)])
    record = servers.launch(plan(), keep=False)
    servers.strangers = {8000: servers.owner(8000)}  # type: ignore[dict-item]  # it is there: just launched
    *_, last = [event async for event in await_server(servers.ports(), record)]
    assert isinstance(last, StartFailed)


async def test_one_that_heeds_is_stopped_gently() -> None:
    servers = FakeServers(scripts=[ServerScript(heeds_s=0.25)])
    record = servers.launch(plan(), keep=False)
    *during, last = await stopped(servers.ports(), record)
    assert during
    assert all(isinstance(event, Stopping) and not event.killed for event in during)
    assert isinstance(last, Stopped)
    assert last.exit_code == -15
    assert [kill for _, kill in servers.ended] == [False]
    assert await stopped(servers.ports(), record) == [Stopped(-15, 0.0)], "safe to ask again"


async def test_one_that_does_not_heed_is_killed_after_the_limit() -> None:
    servers = FakeServers(scripts=[ServerScript(heeds_s=NEVER)])
    record = servers.launch(plan(), keep=False)
    *during, last = await stopped(servers.ports(), record, limit_s=3.0)
    assert isinstance(last, Stopped)
    assert last.exit_code == -9
    assert last.took_s >= 3.0
    assert [kill for _, kill in servers.ended] == [False, True]
    assert isinstance(during[-1], Stopping)
    assert during[-1].limit_s == 3.0


async def test_one_that_hangs_in_the_kernel_is_told() -> None:
    class Undead(FakeServers):
        def end(self, record: ServerRecord, *, kill: bool) -> bool:
            self.ended.append((record.id, kill))
            return True

    servers = Undead(scripts=[GOOD])
    record = servers.launch(plan(), keep=False)
    with pytest.raises(FaultError, match="was killed and is still there"):
        await stopped(servers.ports(), record)
    assert [kill for _, kill in servers.ended] == [False, True]


async def test_why_a_server_is_gone() -> None:
    died = (5.0, "ERROR 11-22 03:00:00 [async_llm.py:1] vllm.v1.engine.exceptions.EngineDeadError: EngineCore died\n")
    servers = FakeServers(scripts=[replace(GOOD, log=(*GOOD.log, died), ends_s=5.0, exit_code=1)])
    ports = servers.ports()
    *_, last = await started(ports)
    assert isinstance(last, Answers)
    assert await server_end(ports, last.record) is None
    servers.clock.advance(10)
    end = await server_end(ports, last.record)
    assert end is not None
    assert not end.ok
    assert await recent_servers(ports) == (servers.look(last.record).record,)


async def test_a_log_is_followed_to_the_server_s_end() -> None:
    servers = FakeServers(scripts=[BAD])
    record = servers.launch(plan(), keep=False)
    servers.clock.advance(0.2)
    ports = servers.ports()
    now = "".join([text async for text in follow_log(ports, record)])
    assert now == BAD.log[0][1]
    whole = "".join([text async for text in follow_log(ports, record, follow=True)])
    assert whole == "".join(text for _, text in BAD.log)
    rest = "".join([text async for text in follow_log(ports, record, offset=len(now))])
    assert rest == BAD.log[1][1]


async def test_a_server_is_kept() -> None:
    servers = FakeServers(scripts=[GOOD])
    record = servers.launch(plan(), keep=False)
    assert (await keep_server(servers.ports(), record)).kept
