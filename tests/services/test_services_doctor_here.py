"""What is told of a machine and of what a start here would meet."""

from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.domain.doctor import State
from dsr1_tui.domain.doctor_facts import (
    Disk,
    EngineProcesses,
    GpuHolder,
    GpuReading,
    Multiplexed,
    Orphan,
    Place,
    StoreHealth,
    TerminalFacts,
)
from dsr1_tui.domain.engine import Build, EngineRecord
from dsr1_tui.domain.server.command import FoundVllm, VllmSource
from dsr1_tui.domain.server.diagnosis import FlagChange, StartCode
from dsr1_tui.domain.server.model import ModelPlace, ModelProblem, ModelState, known_facts
from dsr1_tui.domain.server.preflight import Concern, Grade, look_ahead
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.services.doctor_files import judge_engine, judge_fit, judge_model, judge_orphans, judge_store
from dsr1_tui.services.doctor_machine import (
    DiskUse,
    judge_disks,
    judge_driver,
    judge_gpus,
    judge_proxy,
    judge_python,
    judge_terminal,
)
from support.fake_doctor import GIB, GOOD_TERMINAL, H200

GB = 10**9
OK, WARN, FAIL, SKIPPED = State.OK, State.WARN, State.FAIL, State.SKIPPED
NOBODY = EngineProcesses()


@pytest.mark.parametrize(
    ("own", "engine", "state"),
    [
        ((3, 11, 7), None, OK),
        ((3, 13, 0), "3.12.4", OK),
        ((3, 14, 0), None, WARN),
        ((3, 11, 7), "3.9.2", WARN),
        ((3, 11, 7), "3.14.0", WARN),
    ],
)
def test_pythons(own: tuple[int, ...], engine: str | None, state: State) -> None:
    assert judge_python(own, engine).state is state


@pytest.mark.parametrize(
    ("change", "state", "word"),
    [
        ({}, OK, ""),
        ({"on_terminal": False}, SKIPPED, "pipe"),
        ({"colours": 0, "term": "dumb"}, FAIL, "TERM=xterm-256color"),
        ({"colours": 16}, WARN, "COLORTERM"),
        ({"encoding": "ANSI_X3.4-1968"}, FAIL, "LANG=C.UTF-8"),
        ({"columns": 40}, WARN, "60×20"),
        ({"around": Multiplexed.TMUX, "tmux_clipboard": "off"}, WARN, "set-clipboard on"),
        ({"around": Multiplexed.TMUX, "tmux_clipboard": "external", "ssh": True}, OK, ""),
    ],
)
def test_terminals(change: dict[str, object], state: State, word: str) -> None:
    facts: TerminalFacts = replace(GOOD_TERMINAL, **change)  # type: ignore[arg-type]  # a table of fields
    check = judge_terminal(facts)
    assert check.state is state
    assert word in check.remedy


@pytest.mark.parametrize(
    ("environ", "state"),
    [
        ({}, OK),
        ({"http_proxy": "http://user:secret@proxy:3128"}, WARN),
        ({"HTTPS_PROXY": "http://p:1", "no_proxy": "localhost"}, WARN),
        ({"ALL_PROXY": "socks5://p:1", "NO_PROXY": "localhost, 127.0.0.1,::1"}, OK),
        ({"http_proxy": "http://p:1", "NO_PROXY": "*"}, OK),
    ],
)
def test_proxies_are_told_by_name_only(environ: dict[str, str], state: State) -> None:
    check = judge_proxy(environ)
    assert check.state is state
    assert "secret" not in str(check)
    assert all(name in check.found for name in environ if "no_proxy" not in name.lower())


def test_a_gpu_that_is_held_says_by_whom_and_what_to_do() -> None:
    held = replace(H200, free_bytes=20 * GIB, holders=(GpuHolder(41, "python train.py", 120 * GIB), GpuHolder(42)))
    other = replace(H200, index=1)
    alone = judge_gpus(GpuReading(source="NVML", gpus=(held,)), NOBODY, None)
    assert alone.state is FAIL
    assert "--gpu-memory-utilization 0.12" in alone.remedy
    assert any("python train.py (pid 41, 120.0 GiB)" in line for line in alone.detail)
    assert any("another user or container (pid 42)" in line for line in alone.detail)
    both = judge_gpus(GpuReading(source="NVML", gpus=(held, other)), NOBODY, None)
    assert (both.state, "--gpus 1;" in both.remedy) == (WARN, True)
    own = judge_gpus(GpuReading(source="NVML", gpus=(held,)), EngineProcesses(ours={41: "tiny-1"}), None)
    assert "dsr1-chat serve stop tiny-1" in own.remedy
    assert any("ours: tiny-1" in line for line in own.detail)
    assert judge_gpus(GpuReading(source="NVML", gpus=(held,)), NOBODY, 0.1).state is OK, "that much is free"


def test_gpus_that_are_not_there_or_not_to_be_asked() -> None:
    assert judge_gpus(GpuReading(), NOBODY, None).state is SKIPPED
    assert judge_gpus(GpuReading(source="NVML", trouble="The driver is not loaded."), NOBODY, None).state is FAIL
    unknown = replace(H200, total_bytes=None, free_bytes=None)
    assert judge_gpus(GpuReading(source="NVML", gpus=(unknown,)), NOBODY, None).state is OK


@pytest.mark.parametrize(
    ("driver", "state"), [(None, SKIPPED), ((580, 65), OK), ((535, 104, 5), WARN), ((470, 1), FAIL)]
)
def test_drivers(driver: tuple[int, ...] | None, state: State) -> None:
    assert judge_driver(GpuReading(driver=driver)).state is state


def disk(free_gb: float, *, device: int = 1, needed_gb: float = 0, writable: bool = True) -> DiskUse:
    return DiskUse(Place("x", Path("/x")), Disk(int(free_gb * GB), device, writable), int(needed_gb * GB))


@pytest.mark.parametrize(
    ("uses", "state"),
    [
        ([disk(50)], OK),
        ([disk(0.5)], WARN),
        ([disk(0.05)], FAIL),
        ([disk(50, needed_gb=24), disk(50, needed_gb=30)], FAIL),
        ([disk(50, needed_gb=24), disk(50, device=2, needed_gb=30)], OK),
        ([disk(24.5, needed_gb=24)], WARN),
        ([disk(50, writable=False)], FAIL),
        ([DiskUse(Place("x", Path("/x")), None)], OK),
    ],
)
def test_disks_are_shared_by_what_lies_on_them(uses: list[DiskUse], state: State) -> None:
    assert judge_disks(uses).state is state


def test_stores() -> None:
    path = Path("/data/c.db")
    assert judge_store(path, StoreHealth(there=False)).state is OK
    damaged = judge_store(path, StoreHealth(there=True, problems=("row 3 missing",)))
    assert (damaged.state, damaged.detail) == (FAIL, ("row 3 missing",))
    assert judge_store(path, StoreHealth(there=True, whole=False)).state is WARN


def vllm(source: VllmSource, *, cpu: bool = False) -> FoundVllm:
    return FoundVllm(source=source, command=("python",), cpu=cpu)


DONE = EngineRecord(recipe="vllm", build=Build.CUDA, version="0.32.0")
HALF = EngineRecord(recipe="vllm", build=Build.CUDA, done=("venv",))


@pytest.mark.parametrize(
    ("found", "record", "version", "state"),
    [
        (vllm(VllmSource.ENGINE), DONE, "0.32.0", OK),
        (vllm(VllmSource.ENGINE), HALF, None, FAIL),
        (vllm(VllmSource.NOWHERE), HALF, None, FAIL),
        (vllm(VllmSource.NOWHERE), None, None, SKIPPED),
        (vllm(VllmSource.PATH), None, "0.8.5", WARN),
        (vllm(VllmSource.PATH), None, None, OK),
        (vllm(VllmSource.HERE, cpu=True), None, "0.33.0+cpu", OK),
    ],
)
def test_engines(found: FoundVllm, record: EngineRecord | None, version: str | None, state: State) -> None:
    assert judge_engine(found, record, version).state is state


def test_orphans_are_told_with_the_command_that_ends_them() -> None:
    ours = Orphan(pids=(5, 6), name="python -m vllm", server="tiny-1", stoppable=True)
    left = Orphan(pids=(7,), name="VLLM::EngineCore", server="old-1")
    strange = Orphan(pids=(8,), name="VLLM::EngineCore")
    check = judge_orphans(EngineProcesses(orphans=(ours, left, strange)))
    assert check.state is FAIL
    assert check.remedy.endswith("dsr1-chat serve stop tiny-1; kill 7; kill 8")
    assert judge_orphans(EngineProcesses(orphans=(strange,))).state is WARN
    assert judge_orphans(NOBODY).state is OK


PLAIN = ModelState(
    model="m",
    place=ModelPlace.FOLDER,
    folder=Path("/m"),
    facts=known_facts("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"),
)


def test_models() -> None:
    absent = replace(PLAIN, place=ModelPlace.ABSENT, folder=None)
    assert judge_model(PLAIN, (), hub_offline=False).state is OK
    assert judge_model(absent, (), hub_offline=False).state is SKIPPED
    assert judge_model(absent, (), hub_offline=True).state is FAIL
    lost = ModelProblem(code=StartCode.WEIGHTS_MISSING, message="2 of 4 files are missing.")
    concerns = look_ahead(ServerProfile(), replace(PLAIN, problems=(lost,)))
    check = judge_model(replace(PLAIN, problems=(lost,)), concerns, hub_offline=False)
    assert (check.state, check.found) == (FAIL, "2 of 4 files are missing.")


@pytest.mark.parametrize(("grade", "state"), [(Grade.NOTE, OK), (Grade.WARNING, WARN), (Grade.REFUSAL, FAIL)])
def test_what_the_preflight_says_is_told_with_its_flags(grade: Grade, state: State) -> None:
    flags = (FlagChange(flag="--max-model-len", value="768"),)
    concern = Concern(grade=grade, code=StartCode.KV_CACHE_TOO_SMALL, message="Too long.", hint="Shorter.", flags=flags)
    check = judge_fit(PLAIN, (concern,))
    assert check.state is state
    assert state is OK or check.remedy == "Shorter. (--max-model-len 768)"
