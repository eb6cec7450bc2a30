"""`dsr1-chat serve`: start vLLM, look at what runs, read its log, end it."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsr1_tui.cli.asked import Asked
from dsr1_tui.cli.edge import warn
from dsr1_tui.cli.options import CONTEXT, EXIT_CODES
from dsr1_tui.cli.sections import Flag, Sectioned
from dsr1_tui.cli.serve_flags import profile_of, profile_options
from dsr1_tui.cli.serve_group import START, WORD, ServeGroup
from dsr1_tui.domain.fault import ExitCode, FaultCode, FaultError, fail

if TYPE_CHECKING:
    from dsr1_tui.domain.server.profile import ServerProfile
    from dsr1_tui.domain.server.record import ServerRecord
    from dsr1_tui.services.plan_serve import Settled
    from dsr1_tui.services.serve import ServePorts


class _Start(Flag):
    section = "Start"


_config = click.option("--config", cls=_Start, metavar="FILE", help="Config file to read instead of the default.")
_json = click.option("--json", "as_json", cls=_Start, is_flag=True, help="Print one JSON object, errors too.")


@click.group("serve", cls=ServeGroup, context_settings=CONTEXT, no_args_is_help=False, epilog=EXIT_CODES)
def serve() -> int:
    """Start vLLM on a model, and watch it until it answers; look at what runs, read its log, end it.

    The model is a hub name or a folder; by default it is deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B. What stands after
    “--” goes to vLLM as it is. A model that is called like a command is named with --model.
    """
    return ExitCode.DONE


@serve.command(START, cls=Sectioned, context_settings=CONTEXT)
@click.argument(WORD, metavar="[MODEL]", required=False)
@click.option("--profile", "name", cls=_Start, metavar="NAME", help="A server profile of the config file.")
@click.option("--save", cls=_Start, metavar="NAME", help="Keep these settings as a profile, and start nothing.")
@click.option("--detach", cls=_Start, is_flag=True, help="Leave it running once it answers.")
@click.option("--dry-run", "dry", cls=_Start, is_flag=True, help="Print the command line and the environment only.")
@click.option("--force", cls=_Start, is_flag=True, help="Start it in spite of what vLLM would refuse.")
@_json
@_config
@profile_options
@click.pass_context
def start(
    ctx: click.Context,
    /,
    *,
    word: str | None,
    name: str | None,
    save: str | None,
    detach: bool,
    dry: bool,
    force: bool,
    as_json: bool,
    config: str | None,
    **flags: object,
) -> int:
    """Start a server; the word “start” may be left out.

    ctrl+c ends it, unless it is detached.
    """
    profile = profile_of(ctx, flags, word)
    settled = _settled(ctx, profile, name, config, dry=dry or save is not None)
    if save is not None:
        return _saved(ctx, settled, save, config)
    from dsr1_tui.cli import serve_text  # noqa: PLC0415  wrong use is told without it

    if dry:
        click.echo(serve_text.dry_object(settled) if as_json else serve_text.dry_text(settled))
        _warn_all(settled, dry=True)
        return ExitCode.DONE
    fault = settled.fault
    if fault is not None and fault.code is not FaultCode.USAGE:
        raise FaultError(fault)
    if fault is not None and not force:
        raise FaultError(replace(fault, hint=f"{fault.hint} To try it all the same: --force.".strip()))
    _warn_all(settled, dry=False)
    import asyncio  # noqa: PLC0415  as above

    from dsr1_tui.cli.serve_run import run_start  # noqa: PLC0415  as above

    return asyncio.run(run_start(find_ports(), settled, detach=detach, as_json=as_json))


@serve.command("status", cls=Sectioned, context_settings=CONTEXT)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(*, as_json: bool) -> int:
    """Say which servers of ours run."""
    from dsr1_tui.cli.serve_text import status_object, status_text  # noqa: PLC0415  as above

    found = _running(find_ports())
    click.echo(status_object(found) if as_json else status_text(found))
    return ExitCode.DONE


@serve.command("stop", cls=Sectioned, context_settings=CONTEXT)
@click.argument("prefix", metavar="[ID]", default="")
@click.option("--all", "every", is_flag=True, help="All of them.")
def stop(*, prefix: str, every: bool) -> int:
    """End a server of ours.

    The beginning of its id will do, and none is needed where one runs.
    """
    import asyncio  # noqa: PLC0415  as above

    from dsr1_tui.cli.serve_run import run_stop  # noqa: PLC0415  as above

    ports = find_ports()
    found = _running(ports)
    for record in found if every else (_one(found, prefix, "Name one, or say --all."),):
        asyncio.run(run_stop(ports, record))
    return ExitCode.DONE


@serve.command("logs", cls=Sectioned, context_settings=CONTEXT)
@click.argument("prefix", metavar="[ID]", default="")
@click.option("-f", "--follow", is_flag=True, help="Go on while it runs.")
def logs(*, prefix: str, follow: bool) -> int:
    """Print a server's log.

    Of the one that was started last, or of the one named by the beginning of its id.
    """
    import asyncio  # noqa: PLC0415  as above

    from dsr1_tui.cli.serve_run import run_logs  # noqa: PLC0415  as above
    from dsr1_tui.services.serve import recent_servers  # noqa: PLC0415  as above

    ports = find_ports()
    found = asyncio.run(recent_servers(ports))
    record = _one(found if prefix else found[:1], prefix, "Name one.")
    return asyncio.run(run_logs(ports, record, follow=follow))


def find_ports() -> "ServePorts":
    """What the verbs need."""
    from dsr1_tui.wiring import find_server_host  # noqa: PLC0415  as above

    return find_server_host(os.environ)


def _running(ports: "ServePorts") -> "tuple[ServerRecord, ...]":
    import asyncio  # noqa: PLC0415  as above

    from dsr1_tui.services.serve import running_servers  # noqa: PLC0415  as above

    return asyncio.run(running_servers(ports))


def _one(found: "tuple[ServerRecord, ...]", prefix: str, several: str) -> "ServerRecord":
    """The server that is meant.

    Raises:
        FaultError: (not-found) none; (usage) several.
    """
    meant = tuple(record for record in found if record.id.startswith(prefix))
    if len(meant) == 1:
        return meant[0]
    ids = ", ".join(record.id for record in meant or found)
    if meant:
        raise fail(FaultCode.USAGE, f"{len(meant)} servers are meant: {ids}.", several)
    if not found:
        raise fail(FaultCode.NOT_FOUND, "There is no server of ours.", "Start one: dsr1-chat serve.")
    raise fail(FaultCode.NOT_FOUND, f"There is no server “{prefix[:40]}”.", f"There are: {ids}.")


def _settled(
    ctx: click.Context, profile: "ServerProfile", name: str | None, config: str | None, *, dry: bool
) -> "Settled":
    from dsr1_tui.services.plan_serve import Wish, settle_start  # noqa: PLC0415  as above
    from dsr1_tui.wiring import find_config, find_planner  # noqa: PLC0415  as above

    loaded = find_config(os.environ, _config_path(ctx, config)).load()
    return settle_start(find_planner(os.environ), loaded, Wish(flags=profile, name=name), dry=dry)


def _config_path(ctx: click.Context, config: str | None) -> Path | None:
    """`--config`, given here or before the word `serve`."""
    if config is not None:
        return Path(config).expanduser()
    before = ctx.parent.obj if ctx.parent is not None else None
    return before.config if isinstance(before, Asked) else None


def _saved(ctx: click.Context, settled: "Settled", name: str, config: str | None) -> int:
    from dsr1_tui.domain.server.model import ModelPlace  # noqa: PLC0415  as above
    from dsr1_tui.wiring import find_config  # noqa: PLC0415  as above

    said = settled.said
    if settled.model.place is ModelPlace.FOLDER:
        said = said.having("model", settled.model.served)  # where it lies, wherever it will be started from
    file = find_config(os.environ, _config_path(ctx, config))
    file.save_server(name, said)
    _warn_all(settled, dry=True)
    warn(f"Saved as [servers.{name}] in {file.path}. Start it: dsr1-chat serve --profile {name}.")
    return ExitCode.DONE


def _warn_all(settled: "Settled", *, dry: bool) -> None:
    from dsr1_tui.cli.serve_text import remarks  # noqa: PLC0415  as above

    for line in remarks(settled, dry=dry):
        warn(line)
