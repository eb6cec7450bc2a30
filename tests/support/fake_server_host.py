"""Servers in memory: each plays a script under a clock, so that starts and stops need no process and no time."""

import asyncio
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dsr1_tui.domain.fault import Fault, FaultCode, FaultError, fail
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.record import ProcessMark, ServerRecord
from dsr1_tui.ports import LogPart, PortOwner, ServerState
from dsr1_tui.services.serve import ServePorts
from support.fake_clock import FakeClock

NEVER = float("inf")
FOLDER = Path("/state/servers")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerScript:
    """What one server does; seconds count from its start."""

    log: tuple[tuple[float, str], ...] = ((0.0, "a server starts\n"),)
    """What it writes, and when."""
    ready_s: float = 1.0
    ends_s: float = NEVER
    """When it ends by itself."""
    exit_code: int = 1
    """With what, then."""
    heeds_s: float = 0.0
    """How long after SIGTERM it is gone; `NEVER` for one that must be killed."""
    launch_fault: Fault | None = None
    """Raised instead of starting it."""


@dataclass
class _Played:
    record: ServerRecord
    script: ServerScript
    began: float
    asked: float | None = None
    code: int | None = None


@dataclass
class FakeServers:
    """Satisfies `ports.ServerHost`, `ports.OwnServers`, `ports.ServerLogs` and `ports.ServerDoor`."""

    clock: FakeClock = field(default_factory=FakeClock)
    scripts: list[ServerScript] = field(default_factory=list)
    """For the next starts, in order; a default one after them."""
    strangers: Mapping[int, PortOwner] = field(default_factory=dict)
    keys: dict[Path, str] = field(default_factory=dict)
    launched: list[ServerPlan] = field(default_factory=list)
    ended: list[tuple[str, bool]] = field(default_factory=list)
    """Ids of those that were asked to end, and whether to be killed."""
    times: dict[str, list[float]] = field(default_factory=dict)
    stands: bool = False
    """Whether time stands still while the services wait."""
    _played: dict[str, _Played] = field(default_factory=dict)

    def launch(self, plan: ServerPlan, *, keep: bool) -> ServerRecord:
        script = self.scripts.pop(0) if self.scripts else ServerScript()
        if script.launch_fault is not None:
            raise FaultError(script.launch_fault)
        if plan.port in self.strangers or any(record.port == plan.port for record in self.running()):
            raise fail(FaultCode.SERVER_START, f"Port {plan.port} is taken.", "Take another port.")
        self.launched.append(plan)
        number = 100 + 10 * len(self.launched)
        known = f"{plan.profile.replace('/', '-')}-{number}"
        record = ServerRecord(
            id=known,
            profile=plan.profile,
            model=plan.model,
            served_name=plan.served_name,
            host=plan.host,
            port=plan.port,
            supervisor=ProcessMark(pid=number, started="1", boot="b"),
            server=ProcessMark(pid=number + 1, started="1", boot="b"),
            log=FOLDER / f"{known}.log",
            started=self.clock.now(),
            kept=keep,
            key_file=plan.key_file,
        )
        self._played[known] = _Played(record, script, self.clock.monotonic())
        return record

    def adopt(self, record: ServerRecord) -> ServerRecord:
        """Have a server that another run started play the next script."""
        script = self.scripts.pop(0) if self.scripts else ServerScript()
        self._played[record.id] = _Played(record, script, self.clock.monotonic())
        return record

    def running(self) -> tuple[ServerRecord, ...]:
        found = [self.look(played.record) for played in reversed(self._played.values())]
        return tuple(state.record for state in found if state.runs)

    def look(self, record: ServerRecord) -> ServerState:
        played = self._known(record)
        if played is None:
            return ServerState(record, runs=False)
        if played.code is None:
            now = self.clock.monotonic()
            if played.asked is not None and now >= played.asked + played.script.heeds_s:
                played.code = -15
            elif now >= played.began + played.script.ends_s:
                played.code = played.script.exit_code
        if played.code is not None:
            played.record = replace(played.record, exit_code=played.code)
        return ServerState(played.record, runs=played.code is None)

    def end(self, record: ServerRecord, *, kill: bool) -> bool:
        played = self._known(record)
        if played is None or not self.look(record).runs:
            return False
        self.ended.append((record.id, kill))
        if kill:
            played.code = -9
        elif played.asked is None:
            played.asked = self.clock.monotonic()
        return True

    def keep(self, record: ServerRecord) -> ServerRecord:
        played = self._known(record)
        if played is None or not self.look(record).runs:
            raise fail(FaultCode.SERVER_START, f"The server on port {record.port} runs no more.")
        played.record = replace(played.record, kept=True)
        return played.record

    def held(self) -> tuple[ServerRecord, ...]:
        return tuple(record for record in self.running() if not record.kept)

    def recent(self) -> tuple[ServerRecord, ...]:
        return tuple(self.look(played.record).record for played in reversed(self._played.values()))

    def read(self, record: ServerRecord, offset: int) -> LogPart:
        played = self._known(record)
        if played is None:
            return LogPart("", offset)
        self.look(record)
        since = self.clock.monotonic() - played.began
        until = min(since, played.script.ends_s)
        whole = "".join(text for at, text in played.script.log if at <= until).encode()
        return LogPart(whole[offset:].decode(), max(offset, len(whole)))

    def expected_s(self, profile: str) -> float | None:
        times = self.times.get(profile, [])[-5:]
        return statistics.median(times) if times else None

    def came_up(self, record: ServerRecord, took_s: float) -> ServerRecord:
        self.times.setdefault(record.profile, []).append(took_s)
        record = replace(record, ready_s=took_s)
        if (played := self._known(record)) is not None:
            played.record = record
        return record

    async def answers(self, record: ServerRecord) -> bool:
        played = self._known(record)
        if played is None or record.port in self.strangers or not self.look(record).runs:
            return False
        return self.clock.monotonic() >= played.began + played.script.ready_s

    def owner(self, port: int) -> PortOwner | None:
        for record in self.running():
            if record.port == port and record.server is not None:
                return PortOwner(record.server.pid, "vllm")
        return self.strangers.get(port)

    def free_port(self, wanted: int) -> int:
        taken = {*self.strangers, *(record.port for record in self.running())}
        return next(port for port in range(wanted, 65536) if port not in taken)

    def key(self, record: ServerRecord) -> str | None:
        return None if record.key_file is None else self.keys.get(record.key_file)

    def _known(self, record: ServerRecord) -> _Played | None:
        return self._played.get(record.id)

    async def sleep(self, seconds: float) -> None:
        """Lets the clock's time pass, and others have their turn."""
        await asyncio.sleep(0.01 if self.stands else 0)
        if not self.stands:
            self.clock.advance(seconds)

    def let_up(self) -> None:
        """Those that run answer from now on."""
        for played in self._played.values():
            played.script = replace(played.script, ready_s=0.0)

    def ports(self) -> ServePorts:
        """What the services take."""
        return ServePorts(host=self, own=self, logs=self, door=self, clock=self.clock, sleep=self.sleep)
