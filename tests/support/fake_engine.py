"""A machine and an engine's folder in memory: commands answer from a script."""

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dsr1_tui.domain.engine import GB, CpuFiles, EngineMachine, EngineRecord, FoundPython
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.ports import Ended, Line
from dsr1_tui.services.engine import EnginePorts
from support.fake_clock import FakeClock

FILES = CpuFiles(requirements=Path("/shipped/requirements.txt"), constraints=Path("/shipped/constraints.txt"))
LINUX = EngineMachine(
    system="Linux",
    architecture="x86_64",
    glibc=(2, 36),
    pythons=(FoundPython("/usr/bin/python3.12", (3, 12)),),
    free_bytes=100 * GB,
    driver=None,
)

Answer = Sequence[Line | Ended]


def worked(*texts: str) -> Answer:
    return [*map(Line, texts), Ended(0)]


def failed(code: int, *texts: str) -> Answer:
    return [*map(Line, texts), Ended(code)]


def succeed(argv: Sequence[str]) -> Answer:
    """The answer to a command that works; vLLM's version where it is asked for."""
    return worked("vLLM version: 0.32.0+cpu", "a leak") if "import vllm" in argv[-1] else worked("done")


@dataclass(slots=True)
class FakeHost:
    """Satisfies `ports.EngineHost`."""

    facts: EngineMachine = LINUX
    answer: Callable[[Sequence[str]], Answer] = succeed
    ran: list[tuple[str, ...]] = field(default_factory=list)
    ended_early: int = 0
    """Commands whose generator was closed before their end."""

    def machine(self, folder: Path) -> EngineMachine:  # noqa: ARG002  the port's own form
        return self.facts

    async def run(self, argv: Sequence[str]) -> AsyncGenerator[Line | Ended, None]:
        self.ran.append(tuple(argv))
        finished = False
        try:
            for event in self.answer(argv):
                finished = isinstance(event, Ended)
                yield event
        finally:
            self.ended_early += not finished


@dataclass(slots=True)
class FakeHome:
    """Satisfies `ports.EngineHome`."""

    kept: EngineRecord | None = None
    held: bool = False
    cleared: int = 0
    used: int = 0

    @contextmanager
    def hold(self) -> Generator[None]:
        if self.held:
            raise fail(FaultCode.ENGINE_INSTALL, "Another installation is at work.")
        self.held = True
        try:
            yield
        finally:
            self.held = False

    def record(self) -> EngineRecord | None:
        return self.kept

    def keep(self, record: EngineRecord) -> None:
        assert self.held
        self.kept = record

    def clear(self) -> None:
        assert self.held
        self.kept = None
        self.cleared += 1

    def used_bytes(self) -> int:
        return self.used


def engine_ports(host: FakeHost, home: FakeHome) -> EnginePorts:
    return EnginePorts(host=host, home=home, clock=FakeClock(), folder=Path("/data/engine"), files=FILES)
