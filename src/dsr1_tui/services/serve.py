"""Starts vLLM, watches it come up, finds it again, listens to its log, and ends it; one verb a function."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Final

from dsr1_tui.domain.fault import FaultCode, FaultError, fail
from dsr1_tui.domain.server.diagnose import diagnose
from dsr1_tui.domain.server.diagnosis import Diagnosis
from dsr1_tui.domain.server.phases import StartWatch
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.ports import Clock, OwnServers, ServerDoor, ServerHost, ServerLogs
from dsr1_tui.render.safe import safe
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

LOOK_S: Final = 0.5
"""Seconds between two looks at a server that starts, or at a log that is followed."""
STOP_LOOK_S: Final = 0.1
STOP_LIMIT_S: Final = 15.0
"""Wait for a server to end by itself; it may wait for a client that streams, for minutes."""
KILLED_S: Final = 10.0
"""After so long a killed process hangs in the kernel."""
HEARD: Final = 1024 * 1024
"""Characters of a log, the last ones, in which the cause of a failure is looked for."""
LINE: Final = 400
"""Characters of a log's last line that are told."""

Sleep = Callable[[float], Awaitable[None]]
MemoryOf = Callable[[ServerRecord], int | None]
"""Bytes of main memory that a server's processes hold; `None` where it cannot be told. Blocks for moments."""


def _untold(_: ServerRecord) -> None:
    """Nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServePorts:
    """What the verbs need from the world."""

    host: ServerHost
    own: OwnServers
    logs: ServerLogs
    door: ServerDoor
    clock: Clock
    sleep: Sleep = asyncio.sleep
    """Waits so many of the clock's seconds."""
    memory: MemoryOf = _untold


@dataclass(slots=True)
class _Heard:
    """A server's log as far as it was read."""

    watch: StartWatch = field(default_factory=StartWatch)
    text: str = ""
    offset: int = 0

    async def read_on(self, ports: ServePorts, record: ServerRecord) -> None:
        """Read all that is new."""
        while True:
            part = await asyncio.to_thread(ports.logs.read, record, self.offset)
            if part.offset == self.offset:
                return
            self.offset = part.offset
            self.watch.feed(part.text)
            self.text = (self.text + part.text)[-HEARD:]

    @property
    def last_line(self) -> str:
        lines = self.text[-4 * LINE :].replace("\r", "\n").split("\n")
        return safe(next((line.strip() for line in reversed(lines) if line.strip()), "")[:LINE])


async def start_server(
    ports: ServePorts, plan: ServerPlan, *, keep: bool = False, leave: bool = False
) -> AsyncGenerator[StartEvent, None]:
    """Start a server; `Launched` comes first, `Answers` or `StartFailed` last.

    Closing the generator before its last event (or cancelling its task) ends the server, kept or not, but with
    `leave`: then it comes up by itself.

    Raises:
        FaultError: (server-start) the port is taken, the program cannot be started, the log cannot be written.
    """
    began = ports.clock.monotonic()
    expected = await asyncio.to_thread(ports.logs.expected_s, plan.profile)
    record = await _launched(ports, plan, keep=keep)
    settled = False
    try:
        yield Launched(record, expected)
        async with aclosing(_until_up(ports, record, began, plan.api_key)) as events:
            async for event in events:
                settled = isinstance(event, Answers | StartFailed)
                yield event
    finally:
        if not settled and not leave:
            await _end(ports, record)


async def await_server(ports: ServePorts, record: ServerRecord) -> AsyncGenerator[StartEvent, None]:
    """Watch a server come up that another run of this program started; closing the generator leaves it as it is."""
    key = await asyncio.to_thread(ports.door.key, record)
    began = ports.clock.monotonic() - max(ports.clock.now() - record.started, 0.0)
    async with aclosing(_until_up(ports, record, began, key)) as events:
        async for event in events:
            yield event


async def stop_server(
    ports: ServePorts, record: ServerRecord, *, limit_s: float = STOP_LIMIT_S
) -> AsyncGenerator[StopEvent, None]:
    """End a server of ours with all its processes; `Stopped` comes last.

    It is asked, and after `limit_s` seconds killed. Closing the generator does not call the end off.

    Raises:
        FaultError: (server-start) it does not end even when killed.
    """
    began = ports.clock.monotonic()
    await asyncio.to_thread(ports.host.end, record, kill=False)
    killed = False
    while (state := await asyncio.to_thread(ports.host.look, record)).runs:
        elapsed = ports.clock.monotonic() - began
        if elapsed >= limit_s and not killed:
            killed = True
            await asyncio.to_thread(ports.host.end, record, kill=True)
        if elapsed >= limit_s + KILLED_S:
            number = state.record.server.pid if state.record.server else state.record.supervisor.pid
            what = f"Process {number} was killed and is still there."
            raise fail(FaultCode.SERVER_START, what, "It hangs in a driver: restart the machine.")
        yield Stopping(elapsed, limit_s, killed)
        await ports.sleep(STOP_LOOK_S)
    yield Stopped(state.record.exit_code, ports.clock.monotonic() - began)


async def end_own(ports: ServePorts) -> None:
    """End the servers that this run of the program started and nobody kept; a front end's last act."""
    for record in await asyncio.to_thread(ports.own.held):
        with suppress(FaultError):  # one that hangs in the kernel must not keep the others, or the store, open
            await _end(ports, record)


async def running_servers(ports: ServePorts) -> tuple[ServerRecord, ...]:
    """The servers of ours that are alive, newest first."""
    return await asyncio.to_thread(ports.host.running)


async def recent_servers(ports: ServePorts) -> tuple[ServerRecord, ...]:
    """The servers of ours whose logs are still there, ended ones too, newest first."""
    return await asyncio.to_thread(ports.logs.recent)


async def keep_server(ports: ServePorts, record: ServerRecord) -> ServerRecord:
    """Let a server outlive this program.

    Raises:
        FaultError: (server-start) it does not run any more.
    """
    return await asyncio.to_thread(ports.host.keep, record)


async def server_end(ports: ServePorts, record: ServerRecord) -> Diagnosis | None:
    """Why a server that answered is gone; `None` while it runs."""
    state = await asyncio.to_thread(ports.host.look, record)
    if state.runs:
        return None
    heard = _Heard()
    await heard.read_on(ports, record)
    return diagnose(heard.text, exit_code=state.record.exit_code)


async def follow_log(
    ports: ServePorts, record: ServerRecord, *, follow: bool = False, offset: int = 0
) -> AsyncGenerator[str, None]:
    """A server's log from a byte on, in pieces cut anywhere, raw; with `follow` until the server has ended."""
    while True:
        # Looked at before reading: what it wrote before it ended is read then.
        runs = follow and (await asyncio.to_thread(ports.host.look, record)).runs
        part = await asyncio.to_thread(ports.logs.read, record, offset)
        if part.offset != offset:
            offset = part.offset
            yield part.text
        elif runs:
            await ports.sleep(LOOK_S)
        else:
            return


async def _launched(ports: ServePorts, plan: ServerPlan, *, keep: bool) -> ServerRecord:
    """Start it in a thread; should this task be cancelled meanwhile, it is ended once it has started."""
    starting = asyncio.ensure_future(asyncio.to_thread(ports.host.launch, plan, keep=keep))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await asyncio.wait({starting})
        if not starting.cancelled() and starting.exception() is None:
            await _end(ports, starting.result())
        raise


async def _until_up(
    ports: ServePorts, record: ServerRecord, began: float, key: str | None
) -> AsyncGenerator[StartEvent, None]:
    heard = _Heard()
    waited = False
    while True:
        state = await asyncio.to_thread(ports.host.look, record)
        await heard.read_on(ports, record)
        elapsed = ports.clock.monotonic() - began
        if not state.runs:
            yield StartFailed(state.record, diagnose(heard.text, exit_code=state.record.exit_code))
            return
        # One that has ended still "runs" while what it left behind is cleared away: its memory is free only then.
        if state.record.exit_code is None and await ports.door.answers(state.record):
            up = state.record
            if up.ready_s is None and waited:  # else it was up before, nobody knows since when
                up = await asyncio.to_thread(ports.logs.came_up, up, elapsed)
            yield Answers(up, replace(up.target, api_key=key), elapsed)
            return
        yield Progressed(heard.watch.progress, elapsed, heard.last_line)
        waited = True
        await ports.sleep(LOOK_S)


async def _end(ports: ServePorts, record: ServerRecord) -> None:
    """End it without telling anyone; asked at once, so that it ends also where nobody waits for it."""
    ports.host.end(record, kill=False)
    async with aclosing(stop_server(ports, record)) as events:
        async for _ in events:
            pass
