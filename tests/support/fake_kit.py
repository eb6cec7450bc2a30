"""A whole `Kit` of fakes, so that the chat runs without a socket, a file or a terminal."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dsr1_tui.domain.clipboard import CopyResult, CopyWay
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.discovery import FoundServer, MachineFacts
from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.target import Target, normalise_base_url
from dsr1_tui.services.engine import EnginePorts
from dsr1_tui.services.kit import Kit, Launch
from support.fake_clock import FakeClock
from support.fake_endpoint import FAKE_MODEL, FAKE_TARGET, FakeEndpoint, Script
from support.fake_engine import FILES, FakeHome, FakeHost
from support.fake_store import MemoryStore


@dataclass
class FakeConfigFile:
    config: Config = field(default_factory=Config)
    saved: list[SamplingLayer] = field(default_factory=list)

    def load(self) -> Config:
        return self.config

    def save_sampling(self, layer: SamplingLayer) -> None:
        self.saved.append(layer)


class FakeMachine:
    def __init__(self, facts: MachineFacts | None = None) -> None:
        self._facts = facts or MachineFacts(memory_bytes=24 * 1024**3)

    def facts(self) -> MachineFacts:
        return self._facts


@dataclass
class FakeProbe:
    found: dict[int, FoundServer] = field(default_factory=dict)

    async def look(self, host: str, port: int) -> FoundServer | None:
        del host
        await asyncio.sleep(0)
        return self.found.get(port)


@dataclass
class FakeClipboard:
    copied: list[str] = field(default_factory=list)

    async def copy(self, text: str) -> CopyResult:
        await asyncio.sleep(0)
        self.copied.append(text)
        return CopyResult(CopyWay.TOOL, sure=True, detail="fake")


class FakeServer:
    """Satisfies `ports.LocalServer`; ready when told."""

    def __init__(self) -> None:
        self.started: list[tuple[str, bool]] = []
        self.stopped = 0
        self.up = asyncio.Event()
        self.fault: Fault | None = None

    def start(self, python: Path, model: str, *, cpu: bool) -> None:
        del python
        self.started.append((model, cpu))

    async def ready(self) -> Target:
        await self.up.wait()
        if self.fault is not None:
            raise FaultError(self.fault)
        return FAKE_TARGET

    def last_line(self) -> str:
        return "Loading weights"

    async def stop(self) -> None:
        await asyncio.sleep(0)
        self.stopped += 1


class World:
    """Everything outside the app under test, in one place."""

    def __init__(self, scripts: Iterable[Script] = (), *, models: Iterable[ModelInfo] = (FAKE_MODEL,)) -> None:
        self.clock = FakeClock()
        self.endpoint = FakeEndpoint(models=models, scripts=scripts, clock=self.clock.monotonic)
        self.store = MemoryStore(self.clock)
        self.config_file = FakeConfigFile()
        self.clipboard = FakeClipboard()
        self.probe = FakeProbe()
        self.machine = FakeMachine()
        self.opened: list[Target] = []
        self.server = FakeServer()
        self.engine_host, self.engine_home = FakeHost(), FakeHome()

    def open_endpoint(self, target: Target) -> FakeEndpoint:
        self.opened.append(target)
        return self.endpoint

    @asynccontextmanager
    async def open_demo(self) -> AsyncGenerator[Target, None]:
        yield FAKE_TARGET

    def find_engine(self) -> EnginePorts:
        return EnginePorts(
            host=self.engine_host, home=self.engine_home, clock=self.clock, folder=Path("/engine"), files=FILES
        )

    def kit(self) -> Kit:
        return Kit(
            clock=self.clock,
            open_endpoint=self.open_endpoint,
            conversations=self.store,
            messages=self.store,
            config_file=self.config_file,
            machine=self.machine,
            probe=self.probe,
            clipboard=self.clipboard,
            open_demo=self.open_demo,
            find_target=lambda text: Target(base_url=normalise_base_url(text)),
            find_engine=self.find_engine,
            local_server=lambda: self.server,
            aclose=self.store.aclose,
            warm_up=self.store.aclose,
        )

    def launch(self, *, target: Target | None = FAKE_TARGET, flags: SamplingLayer | None = None) -> Launch:
        return Launch(config=self.config_file.config, target=target, flags=flags or SamplingLayer())

    def prepare(self) -> tuple[Kit, Launch]:
        """What `ChatApp` is given."""
        return self.kit(), self.launch()
