"""A machine, files and servers as a test says, for the doctor."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dsr1_tui.domain.doctor_facts import (
    Disk,
    EngineProcesses,
    GpuHolder,
    GpuReading,
    GpuState,
    Heard,
    Hello,
    StoreHealth,
    TerminalFacts,
    Trial,
)
from dsr1_tui.domain.engine import Build, EngineRecord
from dsr1_tui.domain.fault import Fault, FaultCode, FaultError, fail
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.server.command import FoundVllm
from dsr1_tui.domain.target import Target
from dsr1_tui.services.doctor_ports import DoctorFolders, DoctorPorts
from support.fake_config import FakeConfigFile
from support.fake_endpoint import FakeEndpoint
from support.fake_plan import FakePlan
from support.fake_server_host import FakeServers

GIB = 1024**3
GOOD_TERMINAL = TerminalFacts(
    on_terminal=True, term="xterm-256color", colours=2**24, encoding="UTF-8", columns=120, lines=40, kitty_keys=True
)
H200 = GpuState(
    index=0, name="NVIDIA H200", total_bytes=141 * GIB, free_bytes=140 * GIB, holders=(GpuHolder(7, "Xorg", GIB),)
)
READING = GpuReading(source="NVML", gpus=(H200,), driver=(580, 65))
SERVED = ModelInfo(id="tiny-r1", root="/models/tiny-r1", owned_by="vllm", max_model_len=4096)


def _endpoint() -> FakeEndpoint:
    endpoint = FakeEndpoint()
    endpoint.template = "<｜User｜>Hi<｜Assistant｜><think>\n"
    return endpoint


@dataclass
class FakeProbe:
    """Satisfies `ports.EndpointProbe`: a vLLM that does all that it is asked."""

    fault: Fault | None = None
    hangs: bool = False
    trials: list[Trial] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    closed: bool = False

    async def hello(self) -> Hello:
        await asyncio.sleep(0)
        if self.fault is not None:
            raise FaultError(self.fault)
        return Hello(models=(SERVED,), version="0.32.0", took_s=0.01, skew_s=0.2)

    async def hear(self, trial: Trial) -> Heard:
        self.trials.append(trial)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await (asyncio.Event().wait() if self.hangs else asyncio.sleep(0))
        self.at_once -= 1
        if trial.only_token is not None:
            return Heard(chunks=3, first_s=0.1, field="reasoning", thought="aaa", finish="repetition")
        if trial.budget is not None:
            return Heard(chunks=4, first_s=0.1, field="reasoning", thought="Hm", content="\n\n2", finish="stop")
        chunks = 2 if trial.interval is not None else 6
        return Heard(chunks=chunks, first_s=0.1, field="reasoning", thought="Okay, so", finish="length")

    async def tokens(self, model: str, text: str) -> tuple[int, ...]:
        del model
        await asyncio.sleep(0)
        return tuple(range(len(text.split())))

    async def complete(self, model: str) -> None:
        del model
        await asyncio.sleep(0)

    async def aclose(self) -> None:
        await asyncio.sleep(0)
        self.closed = True


@dataclass
class FakeDoctor:
    """Satisfies what `DoctorPorts` holds, where `tests/support` has no fake of it yet."""

    reading: GpuReading = READING
    found: EngineProcesses = field(default_factory=EngineProcesses)
    terminal: TerminalFacts = GOOD_TERMINAL
    store: StoreHealth | Fault = field(default_factory=lambda: StoreHealth(there=True, size_bytes=4096))
    free_bytes: int = 900 * 10**9
    look: Callable[[], None] = lambda: None
    """Called before the GPUs are read, in the thread that reads them."""
    probe: FakeProbe = field(default_factory=FakeProbe)
    servers: FakeServers = field(default_factory=FakeServers)
    plan: FakePlan = field(default_factory=FakePlan)
    config_file: FakeConfigFile = field(default_factory=FakeConfigFile)
    endpoint: FakeEndpoint = field(default_factory=_endpoint)
    environ: Mapping[str, str] = field(default_factory=dict)
    asked: list[bool] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def gpus(self) -> GpuReading:
        self.look()
        return self.reading

    def disk(self, folder: Path) -> Disk:
        del folder
        return Disk(self.free_bytes, 1, writable=True)

    def engines(self) -> EngineProcesses:
        return self.found

    def read(self, *, ask: bool) -> TerminalFacts:
        self.asked.append(ask)
        return self.terminal

    def health(self) -> StoreHealth:
        if isinstance(self.store, Fault):
            raise FaultError(self.store)
        return self.store

    def record(self) -> EngineRecord:
        return EngineRecord(recipe="vllm", build=Build.CUDA, done=("venv",), version="0.32.0")

    def python(self) -> str:
        return "3.12.4"

    def version(self, found: FoundVllm) -> str:
        del found
        return "0.32.0"

    def open_probe(self, target: Target) -> FakeProbe:
        self.targets.append(target)
        return self.probe

    def ports(self) -> DoctorPorts:
        return DoctorPorts(
            hardware=self,
            watch=self,
            terminal=self,
            store=self,
            door=self.servers,
            servers=self.servers,
            engine=self,
            planner=self.plan.ports(),
            config_file=self.config_file,
            open_endpoint=lambda _: self.endpoint,
            probe=self.open_probe,
            folders=DoctorFolders(
                data=Path("/data"),
                engine=Path("/data/engine"),
                hub=Path("/hub"),
                config_file=Path("/config/config.toml"),
                database=Path("/data/conversations.db"),
            ),
            environ=self.environ,
        )


def broken_config() -> FakeConfigFile:
    """A config file that cannot be read."""

    class Broken(FakeConfigFile):
        def load(self) -> "object":  # type: ignore[override]  # it gives nothing
            raise fail(FaultCode.CONFIG, "config.toml:3 is no TOML.", "Correct it.")

    return Broken()
