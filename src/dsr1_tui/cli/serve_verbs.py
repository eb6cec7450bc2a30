"""Ends servers with progress, and prints their logs; the other verbs of `serve` are only text."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, asynccontextmanager

import click

from dsr1_tui.cli.safe_stream import SafeStream
from dsr1_tui.cli.serve_talk import ServeTalk
from dsr1_tui.cli.serve_text import stopped_object
from dsr1_tui.cli.stopping import signals_stop
from dsr1_tui.domain.fault import ExitCode
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.services.serve import ServePorts, follow_log, stop_server
from dsr1_tui.services.serving import Stopped


async def run_stop(ports: ServePorts, records: Iterable[ServerRecord], *, as_json: bool) -> int:
    """End servers that other runs have started, one after another. The exit code."""
    stopped: list[tuple[ServerRecord, Stopped]] = []
    with signals_stop():
        async with talking(ports) as talk:
            for record in records:
                event = await end_server(ports, record, talk)
                stopped += [(record, event)] if event is not None else []
    if as_json:
        click.echo(stopped_object(stopped))
    return ExitCode.DONE


async def end_server(ports: ServePorts, record: ServerRecord, talk: ServeTalk) -> Stopped | None:
    """End one; how it ended."""
    last: Stopped | None = None
    async with aclosing(stop_server(ports, record)) as events:
        async for event in events:
            talk.end(event)
            if isinstance(event, Stopped):
                last = event
                talk.say(f"{record.served_name} has ended ({event.took_s:.1f} s).")
    return last


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
async def talking(ports: ServePorts) -> AsyncGenerator[ServeTalk, None]:
    """The progress line, kept alive while the context is open."""
    talk = ServeTalk(ports.clock)
    ticking = asyncio.create_task(talk.tick())
    try:
        yield talk
    finally:
        ticking.cancel()
        talk.clear()
