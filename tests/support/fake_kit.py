"""A whole `Kit` of fakes, so that the chat runs without a socket, a file or a terminal."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from dsr1_tui.domain.clipboard import CopyResult, CopyWay
from dsr1_tui.domain.discovery import FoundServer
from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.target import Target, parse_address
from dsr1_tui.services.engine import EnginePorts
from dsr1_tui.services.kit import Kit, Launch
from support.fake_clock import FakeClock
from support.fake_config import FakeConfigFile
from support.fake_doctor import FakeDoctor
from support.fake_endpoint import FAKE_MODEL, FAKE_TARGET, FakeEndpoint, Script
from support.fake_engine import FILES, FakeHome, FakeHost
from support.fake_machine import FakeMachine
from support.fake_plan import CPU_ENGINE, FakePlan
from support.fake_server_host import FakeServers
from support.fake_store import MemoryStore
from support.number_judge import NumberJudge


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


class FakeTokenizers:
    """Counts words, where it is told to know the model."""

    def __init__(self) -> None:
        self.known = False

    def of(self, model: ModelInfo) -> Callable[[str], int] | None:
        del model
        return (lambda text: len(text.split())) if self.known else None


@dataclass
class FakeTunnels:
    """Satisfies `ports.Tunnels`: each target's tunnel ends at the fake endpoint's address."""

    opened: list[Target] = field(default_factory=list)
    fault: Fault | None = None
    """Raised by `open`."""
    down: Fault | None = None
    """What `trouble` tells."""
    closed: int = 0

    def open(self, target: Target, *, ask: bool) -> Target:
        del ask
        self.opened.append(target)
        if self.fault is not None:
            raise FaultError(self.fault)
        return replace(target, base_url=FAKE_TARGET.base_url)

    def trouble(self, target: Target) -> Fault | None:
        return None if target.via is None else self.down

    def close(self) -> None:
        self.closed += 1


class World:
    """Everything outside the app under test, in one place."""

    def __init__(self, scripts: Iterable[Script] = (), *, models: Iterable[ModelInfo] = (FAKE_MODEL,)) -> None:
        self.clock = FakeClock()
        self.endpoint = FakeEndpoint(models=models, scripts=scripts, clock=self.clock.monotonic)
        self.store = MemoryStore(self.clock)
        self.config_file = FakeConfigFile()
        self.clipboard = FakeClipboard()
        self.tokenizers = FakeTokenizers()
        self.probe = FakeProbe()
        self.machine = FakeMachine()
        self.opened: list[Target] = []
        self.servers = FakeServers(self.clock)
        self.plan = FakePlan(machine=self.machine.facts(), vllm=CPU_ENGINE)
        self.tunnels = FakeTunnels()
        self.judge = NumberJudge()
        self.engine_host, self.engine_home = FakeHost(), FakeHome()

    def open_endpoint(self, target: Target) -> FakeEndpoint:
        self.opened.append(target)
        self.endpoint.closed = False
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
            tokenizers=self.tokenizers,
            open_demo=self.open_demo,
            find_target=_find_target,
            open_judge=lambda: self.judge,
            tunnels=self.tunnels,
            find_engine=self.find_engine,
            find_servers=self.servers.ports,
            find_planner=self.plan.ports,
            find_doctor=FakeDoctor().ports,
            aclose=self.store.aclose,
            warm_up=self.store.aclose,
        )

    def launch(self, *, target: Target | None = FAKE_TARGET, flags: SamplingLayer | None = None) -> Launch:
        return Launch(config=self.config_file.config, target=target, flags=flags or SamplingLayer())

    def prepare(self) -> tuple[Kit, Launch]:
        """What `ChatApp` is given."""
        return self.kit(), self.launch()


def _find_target(text: str) -> Target:
    base_url, via = parse_address(text)
    return Target(base_url=base_url, via=via)
