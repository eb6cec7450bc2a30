"""Every captured start, played by the stand-in under a real supervisor, through the service from launch to end."""

from collections.abc import Generator
from contextlib import aclosing
from pathlib import Path

import pytest

from dsr1_tui.domain.server.diagnosis import StartCode
from dsr1_tui.domain.server.progress import Phase
from dsr1_tui.services.serve import end_own, follow_log, start_server, stop_server
from dsr1_tui.services.serving import Answers, Launched, StartEvent, StartFailed, Stopped
from support.processes import all_end
from support.server_stage import ServerStage, standin_plan

LOGS = Path(__file__).parents[1] / "data" / "server_logs"
FAILED = {
    "awq_on_plain": (1, StartCode.BAD_QUANTIZATION),
    "bad_flag": (2, StartCode.BAD_FLAG),
    "bad_reasoning_parser": (1, StartCode.BAD_REASONING_PARSER),
    "kv_too_small": (1, StartCode.KV_CACHE_TOO_SMALL),
    "model_hf_offline": (1, StartCode.HUB_OFFLINE),
    "model_missing_dir": (1, StartCode.MODEL_NOT_FOUND),
    "no_config": (1, StartCode.CONFIG_MISSING),
    "port_in_use": (1, StartCode.PORT_IN_USE),
    "too_long_for_model": (1, StartCode.MAX_LEN_TOO_LONG),
    "tp2": (1, StartCode.TENSOR_PARALLEL_MISMATCH),
}


@pytest.fixture
def stage(tmp_path: Path) -> Generator[ServerStage]:
    stage = ServerStage(tmp_path)
    yield stage
    stage.clear()


async def started(stage: ServerStage, name: str, then: str) -> list[StartEvent]:
    plan = standin_plan("replays", str(LOGS / f"{name}.log"), then)
    async with aclosing(start_server(stage.ports(), plan)) as events:
        return [event async for event in events]


@pytest.mark.parametrize("name", sorted(FAILED))
async def test_a_failed_start_is_told_with_its_cause_and_leaves_no_process(stage: ServerStage, name: str) -> None:
    code, meant = FAILED[name]
    first, *_, last = await started(stage, name, str(code))
    assert isinstance(first, Launched)
    assert isinstance(last, StartFailed)
    assert (last.record.exit_code, last.diagnosis.code) == (code, meant)
    assert last.diagnosis.remedy
    assert all_end(*stage.pids(first.record, "core"), limit_s=0), "already when it is told"


async def test_a_good_start_answers_and_is_stopped(stage: ServerStage) -> None:
    plan = standin_plan("replays", str(LOGS / "startup_ok.log"), "serve", key="sk-8")
    ports = stage.ports()
    async with aclosing(start_server(ports, plan)) as starts:
        events = [event async for event in starts]
    last = events[-1]
    assert isinstance(last, Answers)
    assert last.target.api_key == "sk-8"
    family = stage.pids(last.record, "core")
    whole = "".join([text async for text in follow_log(ports, last.record)])
    assert "Application startup complete" in whole
    *_, stopped = [event async for event in stop_server(ports, last.record)]
    assert isinstance(stopped, Stopped)
    assert stopped.exit_code == -15
    assert all_end(*family, limit_s=0)


async def test_one_that_ignores_sigterm_is_killed_after_the_limit(stage: ServerStage) -> None:
    ports = stage.ports()
    async with aclosing(start_server(ports, standin_plan("stubborn", "--family"))) as starts:
        events = [event async for event in starts]
    last = events[-1]
    assert isinstance(last, Answers)
    family = stage.pids(last.record, "core", "own", "daemon")
    *_, stopped = [event async for event in stop_server(ports, last.record, limit_s=0.2)]
    assert isinstance(stopped, Stopped)
    assert stopped.exit_code == -9
    assert all_end(*family, limit_s=0)
    await end_own(ports)  # there is none any more


async def test_the_log_tells_the_phase_while_it_starts(stage: ServerStage, tmp_path: Path) -> None:
    half = tmp_path / "half.log"
    half.write_text((LOGS / "startup_ok.log").read_text().partition("Starting vLLM server on")[0])
    ports = stage.ports()
    plan = standin_plan("replays", str(half), "hang")
    async with aclosing(start_server(ports, plan)) as starts:
        async for event in starts:
            if isinstance(event, StartFailed | Answers):
                pytest.fail("it does neither")
            if not isinstance(event, Launched) and event.progress.phase is Phase.PROFILING:
                break
    assert ports.host.running() == ()
