"""Every captured start, played by the stand-in under a real supervisor, through the service from launch to end."""

import socket
import sys
from collections.abc import Generator
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dsr1_tui.cli.serve_text import again
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.server.command import FoundVllm, VllmSource
from dsr1_tui.domain.server.diagnosis import StartCode
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.domain.server.progress import Phase
from dsr1_tui.services.plan_serve import Wish, settle_start
from dsr1_tui.services.serve import end_own, follow_log, start_server, stop_server
from dsr1_tui.services.serving import Answers, Launched, StartEvent, StartFailed, Stopped
from dsr1_tui.services.start_repair import repaired
from support.fake_plan import FakePlan
from support.fault_server import unused_port
from support.processes import all_end
from support.server_stage import STANDIN, ServerStage, standin_plan

LOGS = Path(__file__).parents[1] / "data" / "server_logs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A start that failed, and what is to be told of it."""

    exit_code: int = 1
    code: StartCode
    asked: ServerProfile = field(default_factory=ServerProfile)
    """What of the captured command line matters to the repair."""
    again: str = ""
    """The words that start it again, behind the model and before the port; empty where no flag is known to help."""
    takes_port: bool = False


FAILED = {
    "awq_on_plain": Capture(
        code=StartCode.BAD_QUANTIZATION,
        asked=ServerProfile(quantization="awq", dtype="bfloat16"),
        again="--dtype bfloat16 --quantization none --port PORT",
    ),
    "bad_flag": Capture(
        exit_code=2,
        code=StartCode.BAD_FLAG,
        asked=ServerProfile(extra=("--not-a-flag", "--seed", "1")),
        again="--port PORT -- --seed 1",
    ),
    "bad_reasoning_parser": Capture(
        code=StartCode.BAD_REASONING_PARSER,
        asked=ServerProfile(extra=("--reasoning-parser", "nope")),
        again="--reasoning-parser deepseek_r1 --port PORT",
    ),
    "kv_too_small": Capture(
        code=StartCode.KV_CACHE_TOO_SMALL,
        asked=ServerProfile(max_model_len=16_384),
        again="--max-model-len 768 --port PORT",
    ),
    "model_hf_offline": Capture(
        code=StartCode.HUB_OFFLINE, asked=ServerProfile(offline=True), again="--no-offline --port PORT"
    ),
    "model_missing_dir": Capture(code=StartCode.MODEL_NOT_FOUND),
    "no_config": Capture(code=StartCode.CONFIG_MISSING),
    "port_in_use": Capture(code=StartCode.PORT_IN_USE, takes_port=True, again="--port FREE"),
    "sigterm_hang_open_stream": Capture(exit_code=137, code=StartCode.SHUTDOWN_HANG),
    "too_long_for_model": Capture(
        code=StartCode.MAX_LEN_TOO_LONG,
        asked=ServerProfile(max_model_len=99_999),
        again="--max-model-len 16384 --port PORT",
    ),
    "tp2": Capture(
        code=StartCode.TENSOR_PARALLEL_MISMATCH,
        asked=ServerProfile(tensor_parallel_size=2),
        again="--tensor-parallel-size 1 --port PORT",
    ),
}


@pytest.fixture
def stage(tmp_path: Path) -> Generator[ServerStage]:
    stage = ServerStage(tmp_path)
    yield stage
    stage.clear()


def test_every_captured_start_is_played() -> None:
    assert {file.stem for file in LOGS.glob("*.log")} == {*FAILED, "startup_ok"}


@pytest.mark.parametrize("name", sorted(FAILED))
async def test_a_failed_start_is_told_with_its_cause_and_what_to_type_and_leaves_no_process(
    stage: ServerStage, name: str
) -> None:
    capture, port = FAILED[name], unused_port()
    played = (sys.executable, str(STANDIN), "replays", str(LOGS / f"{name}.log"), str(capture.exit_code))
    planner = FakePlan(vllm=FoundVllm(source=VllmSource.CONFIGURED, command=played)).ports()
    wish = Wish(flags=capture.asked.over(ServerProfile(model="a/b", port=port)))
    settled = settle_start(planner, Config(), wish)
    ports = stage.ports()
    events: list[StartEvent] = []
    with ExitStack() as holding:
        async with aclosing(start_server(ports, settled.plan)) as starts:
            async for event in starts:
                if not events and capture.takes_port:
                    holder = holding.enter_context(socket.socket())
                    holder.bind(("127.0.0.1", port))
                events.append(event)
        first, *_, last = events
        assert isinstance(first, Launched)
        assert isinstance(last, StartFailed)
        why = await repaired(ports, planner, settled, last.diagnosis)
    assert (last.record.exit_code, why.code) == (capture.exit_code, capture.code)
    assert why.remedy
    assert all_end(*stage.pids(first.record, "core"), limit_s=0), "already when it is told"
    said = again(settled, why.flags) if why.flags else ""
    words = said.removeprefix("dsr1-chat serve a/b ")
    if capture.takes_port:
        assert int(words.removeprefix("--port ")) != port
    else:
        assert words == capture.again.replace("PORT", str(port))
    assert bool(said) == bool(capture.again)


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
