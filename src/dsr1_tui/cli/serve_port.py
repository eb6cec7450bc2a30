"""What `serve` does where its port is taken: it says by whom and what to type, or uses the server that is there."""

from contextlib import aclosing

import click

from dsr1_tui.cli.edge import NAME, warn
from dsr1_tui.cli.result import json_line
from dsr1_tui.cli.serve_talk import ServeTalk
from dsr1_tui.cli.serve_text import again, flags_object
from dsr1_tui.domain.discovery import NAMES_SHOWN
from dsr1_tui.domain.fault import ExitCode, Fault, FaultCode
from dsr1_tui.domain.server.diagnosis import StartCode
from dsr1_tui.ports import ServerProbe
from dsr1_tui.services.adopting import adopt_port
from dsr1_tui.services.at_port import PortTaken
from dsr1_tui.services.plan_serve import Settled
from dsr1_tui.services.serve import ServePorts, await_server
from dsr1_tui.services.serving import Answers, StartFailed


def taken_fault(taken: PortTaken, settled: Settled) -> Fault:
    """Who has the port, and what to type, in two sentences."""
    beside = f"start beside it: {again(settled, taken.beside)}"
    root = taken.base_url.removesuffix("/v1")
    if taken.record is not None:
        record = taken.record
        key = f" (its key is in {record.key_file})" if record.key_file else ""
        what = f"Port {taken.port} is taken by a server of ours, {record.served_name} ({record.id})."
        hint = f"Chat with it: {NAME} --base-url {root}{key}; end it: {NAME} serve stop {record.id}; {beside}"
    elif taken.usable:
        models = taken.found.models if taken.found is not None else ()
        more = f" and {len(models) - NAMES_SHOWN} more" if len(models) > NAMES_SHOWN else ""
        serving = f" with {', '.join(models[:NAMES_SHOWN])}{more}" if models else ""
        what = f"Port {taken.port} is taken by a server that speaks OpenAI's API{serving}{_owner(taken)}."
        hint = f"Chat with it: {NAME} --base-url {root}, or take it as it is: {NAME} serve --adopt; {beside}"
    else:
        what = f"Port {taken.port} is taken{_owner(taken) or ' by another program'}."
        hint = f"Take another: {again(settled, taken.beside)}"
    return Fault(FaultCode.SERVER_START, what, hint)


def tell_taken(taken: PortTaken, settled: Settled, *, as_json: bool) -> int:
    """Say it; the exit code."""
    fault = taken_fault(taken, settled)
    if as_json:
        click.echo(
            json_line(
                {
                    "code": StartCode.PORT_IN_USE.value,
                    "flags": flags_object(taken.beside),
                    "command": again(settled, taken.beside),
                    "adoptable": taken.usable,
                    "base_url": taken.base_url if taken.usable else None,
                    "server": taken.record.id if taken.record is not None else None,
                    "owner": taken.owner and {"pid": taken.owner.pid, "name": taken.owner.name},
                    "error": {"code": fault.code.value, "message": fault.message, "hint": fault.hint},
                }
            )
        )
    warn(fault.line)
    return fault.exit_code


async def adopt(ports: ServePorts, probe: ServerProbe, port: int, talk: ServeTalk, *, as_json: bool) -> int:
    """Use what listens there; one of ours that still starts is waited for. The exit code.

    Raises:
        FaultError: (unreachable, not-an-api, server-start) it went away meanwhile.
    """
    adopted = await adopt_port(ports, probe, port)
    record = adopted.record
    if record is not None and not adopted.ready:
        async with aclosing(await_server(ports, record)) as events:
            async for event in events:
                talk.feed(event)
                if isinstance(event, StartFailed):
                    warn(f"{event.diagnosis.cause} ({event.diagnosis.code.value})")
                    warn(f"Its log is {record.log}.")
                    return ExitCode.NO_ANSWER
                if isinstance(event, Answers):
                    record = event.record
    target = adopted.target
    if as_json:
        whose = None if record is None else record.id
        click.echo(json_line({"adopted": True, "server": whose, "base_url": target.base_url, "model": target.model}))
    else:
        click.echo(target.base_url)
    if record is None:
        talk.say("It is not ours: nothing here will stop it.")
    else:
        talk.say(f"It is a server of ours: {NAME} serve stop {record.id} ends it.")
    return ExitCode.DONE


def _owner(taken: PortTaken) -> str:
    if taken.owner is None:
        return ""
    return (
        f" by {taken.owner.name or 'a program'} (process {taken.owner.pid})"
        if not taken.usable
        else (f" ({taken.owner.name or 'a program'}, process {taken.owner.pid})")
    )
