"""Every way a start can fail that a CPU can show, on the real vLLM; run with `pytest -m failures` (some minutes)."""

import os
import shutil
import socket
from collections.abc import Callable, Generator
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dsr1_tui.adapters.server_host.process_table import family, running_processes
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.server.diagnosis import FlagChange, StartCode
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.render.safe import safe
from dsr1_tui.services.plan_serve import Settled, Wish, settle_start
from dsr1_tui.services.serve import start_server, stop_server
from dsr1_tui.services.serving import Answers, Launched, StartEvent, StartFailed, Stopped
from dsr1_tui.wiring import find_planner
from support.cli import clean_environ
from support.fault_server import unused_port
from support.processes import all_end
from support.server_stage import ServerStage
from support.vllm_server import MODEL, engine_folder

pytestmark = pytest.mark.failures

ABSENT = "nobody/has-this-model"
LENGTH = 2048

Act = Callable[[Path], None]


def nothing(folder: Path) -> None:
    """The model stays as it is."""


def without(name: str) -> Act:
    return lambda folder: (folder / name).unlink()


def damaged(folder: Path) -> None:
    """The weights' file as a download leaves it that was broken off."""
    file = folder / "model.safetensors"
    os.truncate(file, file.stat().st_size // 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way to fail."""

    code: StartCode
    exit_code: int = 1
    asked: ServerProfile = field(default_factory=ServerProfile)
    """Beside the model's folder and the port."""
    environ: dict[str, str] = field(default_factory=dict)
    spoil: Act = nothing
    """Done to the model's folder once all is settled: a look at it before the start would have told."""
    takes_port: bool = False
    """Whether somebody takes the port while vLLM starts."""
    flags: dict[str, str | None] = field(default_factory=dict)
    """The changed flags that are offered."""


CASES = {
    "taken_port": Case(code=StartCode.PORT_IN_USE, takes_port=True),
    "bad_flag": Case(
        code=StartCode.BAD_FLAG,
        exit_code=2,
        asked=ServerProfile(extra=("--not-a-flag", "1")),
        flags={"--not-a-flag": None},
    ),
    "bad_reasoning_parser": Case(
        code=StartCode.BAD_REASONING_PARSER,
        asked=ServerProfile(extra=("--reasoning-parser", "nope")),
        flags={"--reasoning-parser": "deepseek_r1"},
    ),
    "awq_on_plain": Case(
        code=StartCode.BAD_QUANTIZATION,
        asked=ServerProfile(quantization="awq"),
        flags={"--quantization": None},
    ),
    "too_long_for_model": Case(
        code=StartCode.MAX_LEN_TOO_LONG,
        asked=ServerProfile(max_model_len=99_999),
        flags={"--max-model-len": "4096"},
    ),
    "kv_too_small": Case(
        code=StartCode.KV_CACHE_TOO_SMALL,
        asked=ServerProfile(max_model_len=4096, extra=("--kv-cache-memory-bytes", "1000000")),
        flags={"--max-model-len": "768"},
    ),
    "tensor_parallel_2": Case(
        code=StartCode.TENSOR_PARALLEL_MISMATCH,
        asked=ServerProfile(tensor_parallel_size=2),
        flags={"--tensor-parallel-size": "1"},
    ),
    "missing_folder": Case(code=StartCode.MODEL_NOT_FOUND, spoil=shutil.rmtree),
    "no_config": Case(code=StartCode.CONFIG_MISSING, spoil=without("config.json")),
    "missing_weights": Case(code=StartCode.WEIGHTS_MISSING, spoil=without("model.safetensors")),
    "damaged_weights": Case(code=StartCode.WEIGHTS_DAMAGED, spoil=damaged),
    "hub_offline": Case(code=StartCode.HUB_OFFLINE, asked=ServerProfile(model=ABSENT, offline=True)),
    "hub_unreachable": Case(
        code=StartCode.HUB_OFFLINE,
        asked=ServerProfile(model=ABSENT),
        environ={"HF_ENDPOINT": "http://127.0.0.1:9"},
    ),
}
REPAIRED = ("taken_port", "kv_too_small")
"""Those that are started again with the flags that were offered; the more often, the more minutes."""


@dataclass
class Box:
    """A machine with the engine on which a case is tried."""

    stage: ServerStage
    environ: dict[str, str]
    asked: ServerProfile
    model: Path
    """The folder of a copy of the tiny one."""

    def settle(self, changes: tuple[FlagChange, ...] = ()) -> Settled:
        return settle_start(find_planner(self.environ), Config(), Wish(flags=self.asked, changes=changes))


@pytest.fixture
def box(request: pytest.FixtureRequest, engine: Path, tmp_path: Path) -> Generator[Box]:
    case = CASES[request.param]
    environ = clean_environ(tmp_path, DSR1_ENGINE_DIR=str(engine_folder(os.environ)), **case.environ)
    folder = Path(shutil.copytree(MODEL, tmp_path / "tiny-r1"))
    usual = ServerProfile(model=str(folder), port=unused_port(), max_model_len=LENGTH)
    stage = ServerStage(tmp_path, environ=environ)
    yield Box(stage, environ, case.asked.over(usual), folder)
    stage.clear()


def take(port: int) -> socket.socket:
    """Somebody who listens there until it is closed."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", port))
    holder.listen()
    return holder


async def started(box: Box, settled: Settled, *, takes_port: bool = False) -> tuple[StartEvent, set[int]]:
    """The last event of a start, and the processes that were seen while it ran."""
    host = box.stage.host()
    seen: set[int] = set()
    last: StartEvent | None = None
    with ExitStack() as holding:
        async with aclosing(start_server(box.stage.ports(host), settled.plan)) as events:
            async for last in events:
                if isinstance(last, Launched) and takes_port:
                    holding.enter_context(take(settled.plan.port))
                for record in host.running():
                    if record.server is not None:
                        seen |= {process.pid for process in family(record.server.pid, running_processes())}
    assert last is not None
    return last, seen


@pytest.mark.parametrize(("box", "name"), [(name, name) for name in CASES], ids=list(CASES), indirect=["box"])
async def test_a_failed_start_is_told_with_its_cause_and_the_flags_that_work(box: Box, name: str) -> None:
    case = CASES[name]
    settled = box.settle()
    case.spoil(box.model)
    last, seen = await started(box, settled, takes_port=case.takes_port)
    assert isinstance(last, StartFailed), "it came up"
    found = last.diagnosis
    log = last.record.log.read_text()
    assert (found.code, last.record.exit_code) == (case.code, case.exit_code), f"{found}\n{log[-6000:]}"
    offered = {change.flag: change.value for change in found.flags}
    assert offered == ({"--port": str(settled.plan.port + 1)} if case.takes_port else case.flags)
    assert found.remedy
    assert found.line[:60].strip() in safe(log)
    assert seen
    assert all_end(*seen), "it left processes behind"


@pytest.mark.parametrize(("box", "name"), [(name, name) for name in REPAIRED], ids=list(REPAIRED), indirect=["box"])
async def test_the_offered_flags_come_up(box: Box, name: str) -> None:
    failed, _ = await started(box, box.settle(), takes_port=CASES[name].takes_port)
    assert isinstance(failed, StartFailed)
    assert failed.diagnosis.code is CASES[name].code
    again = box.settle(failed.diagnosis.flags)
    last, seen = await started(box, again)
    assert isinstance(last, Answers), last
    *_, stopped = [event async for event in stop_server(box.stage.ports(), last.record)]
    assert isinstance(stopped, Stopped)
    assert all_end(*seen), "it left processes behind"
