"""Runs a server from the command line: starts it and stays by it, or leaves it running; ends it with progress."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Final

import click

from dsr1_tui.cli.edge import warn
from dsr1_tui.cli.safe_stream import SafeStream
from dsr1_tui.cli.serve_talk import ServeTalk, fact_words
from dsr1_tui.cli.serve_text import again, failure_object, ready_object
from dsr1_tui.cli.stopping import Stopping, signals_stop
from dsr1_tui.domain.fault import ExitCode
from dsr1_tui.domain.server.diagnosis import Diagnosis, StartCode
from dsr1_tui.domain.server.progress import ServerFacts
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.services.plan_serve import Settled
from dsr1_tui.services.serve import ServePorts, follow_log, server_end, start_server, stop_server
from dsr1_tui.services.serving import Answers, Launched, Progressed, StartFailed, Stopped

LOOK_S: Final = 1.0
"""Seconds between two looks at a server that serves."""


async def run_start(ports: ServePorts, settled: Settled, *, detach: bool, as_json: bool) -> int:
    """Start a server; without `detach` stay until it ends or is stopped by a signal. The exit code."""
    with signals_stop() as stopping:
        stopping.asking = True  # a signal is heeded between two events; a second one ends at once
        stop = asyncio.Event()
        stopping.stop.wakes(stop)
        async with _talking(ports) as talk:
            return await _start(ports, settled, stopping, stop, talk, detach=detach, as_json=as_json)


async def _start(
    ports: ServePorts,
    settled: Settled,
    stopping: Stopping,
    stop: asyncio.Event,
    talk: ServeTalk,
    *,
    detach: bool,
    as_json: bool,
) -> int:
    record: ServerRecord | None = None
    facts = ServerFacts()
    async with aclosing(start_server(ports, settled.plan, keep=detach)) as events:
        async for event in events:
            talk.feed(event)
            match event:
                case Launched():
                    record = event.record
                    talk.say(f"{settled.plan.served_name} on {settled.plan.target.base_url} · log {record.log}")
                case Progressed(progress):
                    facts = progress.facts
                case StartFailed():
                    return stopping.exit_code or _failed(settled, event, talk, as_json=as_json)
                case Answers():
                    _ready(settled, event, facts, talk, detach=detach, as_json=as_json)
                    record = event.record
                    if detach:
                        return ExitCode.DONE
            if stop.is_set() and record is not None:
                await _end(ports, record, talk)
                return stopping.exit_code or ExitCode.DONE
    assert record is not None, "a start ends with an event of its own"
    return await _stay(ports, record, stopping, stop, talk)


async def _stay(
    ports: ServePorts, record: ServerRecord, stopping: Stopping, stop: asyncio.Event, talk: ServeTalk
) -> int:
    """Wait until it is stopped, or ends by itself."""
    while True:
        try:
            async with asyncio.timeout(LOOK_S):
                await stop.wait()
        except TimeoutError:
            pass
        if stop.is_set():
            await _end(ports, record, talk)
            return stopping.exit_code or ExitCode.DONE
        why = await server_end(ports, record)
        if why is not None:
            talk.clear()
            if why.code is StartCode.OK:
                warn("The server has ended.")
                return ExitCode.DONE
            _tell(why)
            warn(f"Its log is {record.log}.")
            return ExitCode.NO_ANSWER


def _ready(
    settled: Settled, event: Answers, facts: ServerFacts, talk: ServeTalk, *, detach: bool, as_json: bool
) -> None:
    url = event.target.base_url
    click.echo(ready_object(event.record, event.target, event.took_s) if as_json else url)
    told = fact_words(facts)
    talk.say(f"ready after {event.took_s:.0f} s" + (f" · {told}" if told else ""))
    if settled.plan.api_key is not None:
        talk.say(f"Its API key is {settled.key_from}.")
    talk.say(f"It runs on: dsr1-chat serve stop {event.record.id} ends it." if detach else "ctrl+c ends it.")


def _failed(settled: Settled, event: StartFailed, talk: ServeTalk, *, as_json: bool) -> int:
    talk.clear()
    why = event.diagnosis
    if as_json:
        click.echo(failure_object(settled, why, event.record))
    _tell(why)
    if why.flags:
        warn(f"Try: {again(settled, why.flags)}")
    warn(f"Its log is {event.record.log}.")
    return ExitCode.NO_ANSWER


def _tell(why: Diagnosis) -> None:
    warn(f"{why.cause} ({why.code.value})")
    if why.line:
        warn(why.line)
    if why.remedy:
        warn(why.remedy)


async def run_stop(ports: ServePorts, record: ServerRecord) -> int:
    """End a server that another run has started."""
    with signals_stop():
        async with _talking(ports) as talk:
            await _end(ports, record, talk)
    return ExitCode.DONE


async def _end(ports: ServePorts, record: ServerRecord, talk: ServeTalk) -> None:
    async with aclosing(stop_server(ports, record)) as events:
        async for event in events:
            talk.end(event)
            if isinstance(event, Stopped):
                talk.say(f"{record.served_name} has ended ({event.took_s:.1f} s).")


async def run_logs(ports: ServePorts, record: ServerRecord, *, follow: bool) -> int:
    """Print a log, with what steers a terminal made visible."""
    with signals_stop() as stopping:
        text = SafeStream()
        try:
            async with aclosing(follow_log(ports, record, follow=follow)) as parts:
                async for part in parts:
                    click.echo(text.feed(part.replace("\r\n", "\n").replace("\r", "\n")), nl=False)
        except asyncio.CancelledError:
            if stopping.exit_code is None:
                raise
            return stopping.exit_code
        click.echo(text.rest(), nl=False)
    return ExitCode.DONE


@asynccontextmanager
async def _talking(ports: ServePorts) -> AsyncGenerator[ServeTalk, None]:
    """The progress line, kept alive while the context is open."""
    talk = ServeTalk(ports.clock)
    ticking = asyncio.create_task(talk.tick())
    try:
        yield talk
    finally:
        ticking.cancel()
        talk.clear()
