"""Starts a server from the command line, and stays by it or leaves it running."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

import click

from dsr1_tui.cli.edge import NAME, warn
from dsr1_tui.cli.serve_port import adopt, tell_taken
from dsr1_tui.cli.serve_talk import ServeTalk
from dsr1_tui.cli.serve_text import again, failure_object, interrupted_object, left_object, ready_object, remarks
from dsr1_tui.cli.serve_verbs import end_server, talking
from dsr1_tui.cli.stopping import Stopping, signals_stop
from dsr1_tui.domain.fault import ExitCode, FaultError
from dsr1_tui.domain.server.command import VllmSource
from dsr1_tui.domain.server.concern import Grade
from dsr1_tui.domain.server.diagnosis import Diagnosis, StartCode
from dsr1_tui.domain.server.progress import ServerFacts, StartProgress
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.domain.server.wording import fact_words, phase_words
from dsr1_tui.ports import ServerProbe
from dsr1_tui.services.at_port import who_is_at
from dsr1_tui.services.plan_serve import PlanPorts, Settled
from dsr1_tui.services.serve import ServePorts, server_end, start_server
from dsr1_tui.services.serving import Answers, Launched, Progressed, StartFailed
from dsr1_tui.services.start_repair import repaired

_ALL_THE_SAME: Final = "To try it all the same: --force."
LOOK_S: Final = 1.0
"""Seconds between two looks at a server that serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartWish:
    """How a start is to go."""

    detach: bool = False
    keep: bool = False
    """It outlives this program, whatever ends that."""
    adopt: bool = False
    """What listens at the port already is used."""
    force: bool = False
    """What vLLM would refuse is tried."""
    as_json: bool = False
    timeout_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a start needs from the world."""

    ports: ServePorts
    planner: PlanPorts
    probe: ServerProbe


async def run_start(desk: Desk, settled: Settled, wish: StartWish) -> int:
    """Start a server; unless it is detached stay until it ends or is stopped by a signal. The exit code.

    Raises:
        FaultError: it would be refused, or cannot be started.
    """
    with signals_stop() as stopping:
        try:
            async with talking(desk.ports) as talk:
                taken = await who_is_at(desk.ports, desk.probe, settled.plan.host, settled.plan.port)
                if taken is not None and taken.usable and wish.adopt:
                    return await adopt(desk.ports, desk.probe, taken.port, talk, as_json=wish.as_json)
                if taken is not None:
                    return tell_taken(taken, settled, as_json=wish.as_json)
                _demand_startable(settled, force=wish.force)
                for line in remarks(settled, dry=False):
                    warn(line)
                stopping.asking = True  # from here a signal is heeded between two events; a second one ends at once
                stop = asyncio.Event()
                stopping.stop.wakes(stop)
                run = _Run(desk=desk, settled=settled, wish=wish, talk=talk, stopping=stopping, stop=stop)
                return await run.start()
        except asyncio.CancelledError:
            if stopping.exit_code is None:
                raise
            return stopping.exit_code


def _demand_startable(settled: Settled, *, force: bool) -> None:
    fault = settled.fault
    if fault is None:
        return
    if settled.vllm.source is VllmSource.NOWHERE:
        raise FaultError(fault)
    if not force:
        refused = next(concern for concern in settled.concerns if concern.grade is Grade.REFUSAL)
        ways = f"Try: {again(settled, refused.flags)}; or, all the same: --force." if refused.flags else _ALL_THE_SAME
        raise FaultError(replace(fault, hint=f"{fault.hint} {ways}".strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run of the command."""

    desk: Desk
    settled: Settled
    wish: StartWish
    talk: ServeTalk
    stopping: Stopping
    stop: asyncio.Event
    """Set by the first signal."""

    async def start(self) -> int:
        """From launch until there is nothing more to do; the exit code."""
        settled, wish = self.settled, self.wish
        record: ServerRecord | None = None
        progress = StartProgress()
        keep = wish.keep or wish.detach
        async with aclosing(start_server(self.desk.ports, settled.plan, keep=keep, leave=wish.keep)) as events:
            async for event in events:
                self.talk.feed(event)
                match event:
                    case Launched():
                        record = event.record
                        where = settled.plan.target.base_url
                        self.talk.say(f"{settled.plan.served_name} on {where} · log {record.log}")
                    case Progressed():
                        progress = event.progress
                        if self._is_late(event) and record is not None:
                            return await self._too_late(record, progress)
                    case StartFailed():
                        why = await repaired(self.desk.ports, self.desk.planner, settled, event.diagnosis)
                        return self.stopping.exit_code or self._failed(event.record, why)
                    case Answers():
                        self._ready(event, progress.facts)
                        record = event.record
                        if wish.detach:
                            return ExitCode.DONE
                if self.stop.is_set() and record is not None:
                    if wish.as_json and not isinstance(event, Answers):
                        click.echo(left_object(record) if wish.keep else interrupted_object())
                    return await self._leave(record)
        assert record is not None, "a start ends with an event of its own"
        return await self._stay(record)

    def _is_late(self, event: Progressed) -> bool:
        limit = self.wish.timeout_s
        return limit is not None and event.elapsed_s >= limit and not self.stop.is_set()

    async def _too_late(self, record: ServerRecord, progress: StartProgress) -> int:
        """It took longer than was allowed."""
        cause = f"It did not answer within {self.wish.timeout_s} s; it was at: {phase_words(progress)}."
        if self.wish.keep:
            remedy = f"It goes on by itself: {NAME} serve status tells how far it is."
        else:
            await end_server(self.desk.ports, record, self.talk)
            remedy = "It was ended. Give it longer with --timeout, or look at its log."
        return self._failed(record, Diagnosis(code=StartCode.UNKNOWN, cause=cause, remedy=remedy))

    async def _stay(self, record: ServerRecord) -> int:
        """Wait until it is stopped, or ends by itself."""
        while True:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self.stop.wait()
            except TimeoutError:
                pass
            if self.stop.is_set():
                return await self._leave(record)
            why = await server_end(self.desk.ports, record)
            if why is not None:
                self.talk.clear()
                if why.code is StartCode.OK:
                    warn("The server has ended.")
                    return ExitCode.DONE
                _tell(why)
                warn(f"Its log is {record.log}.")
                return ExitCode.NO_ANSWER

    async def _leave(self, record: ServerRecord) -> int:
        """A signal came: end it, or let it run on where that was asked for."""
        if self.wish.keep:
            self.talk.say(_runs_on(record))
            return ExitCode.DONE
        await end_server(self.desk.ports, record, self.talk)
        return self.stopping.exit_code or ExitCode.DONE

    def _ready(self, event: Answers, facts: ServerFacts) -> None:
        url = event.target.base_url
        click.echo(ready_object(event.record, event.target, event.took_s) if self.wish.as_json else url)
        told = " · ".join(fact_words(facts))
        self.talk.say(f"ready after {event.took_s:.0f} s" + (f" · {told}" if told else ""))
        if self.settled.plan.api_key is not None:
            self.talk.say(f"Its API key is {self.settled.key_from}.")
        if self.wish.detach:
            self.talk.say(_runs_on(event.record))
        else:
            self.talk.say("ctrl+c leaves it running." if self.wish.keep else "ctrl+c ends it.")

    def _failed(self, record: ServerRecord, why: Diagnosis) -> int:
        self.talk.clear()
        if self.wish.as_json:
            click.echo(failure_object(self.settled, why, record))
        _tell(why)
        if why.flags:
            warn(f"Try: {again(self.settled, why.flags)}")
        warn(f"Its log is {record.log}.")
        return ExitCode.NO_ANSWER


def _runs_on(record: ServerRecord) -> str:
    return f"It runs on: {NAME} serve stop {record.id} ends it."


def _tell(why: Diagnosis) -> None:
    warn(f"{why.cause} ({why.code.value})")
    if why.line:
        warn(why.line)
    if why.remedy:
        warn(why.remedy)
