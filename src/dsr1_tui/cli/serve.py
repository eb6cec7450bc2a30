"""`dsr1-chat serve`: start vLLM, look at what runs, read its log, end it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from dsr1_tui.cli.asked import Asked
from dsr1_tui.cli.edge import warn
from dsr1_tui.cli.options import CONTEXT
from dsr1_tui.cli.sections import Flag, Sectioned
from dsr1_tui.cli.serve_flags import profile_of, profile_options
from dsr1_tui.cli.serve_group import START, WORD, ServeGroup
from dsr1_tui.domain.fault import ExitCode, FaultCode, fail

if TYPE_CHECKING:
    from dsr1_tui.domain.server.record import ServerRecord
    from dsr1_tui.ports import ServerProbe
    from dsr1_tui.services.plan_serve import PlanPorts, Settled, Wish
    from dsr1_tui.services.serve import ServePorts


PROBE_S: Final = 2.0
"""For what listens at the port to say what it is."""
SERVE_EXIT_CODES: Final = (
    "\b\n"
    "Exit codes:  0 done, 2 wrong use, or what vLLM would refuse, 3 the model hub is out of reach,\n"
    "             5 it did not come up: port taken, no vLLM, failed or too slow; or it died,\n"
    "             130 interrupted, 1 a fault of the program itself."
)


class _Start(Flag):
    section = "Start"


_config = click.option("--config", cls=_Start, metavar="FILE", help="Config file to read instead of the default.")
_json = click.option("--json", "as_json", cls=_Start, is_flag=True, help="Print one JSON object, errors too.")


@click.group("serve", cls=ServeGroup, context_settings=CONTEXT, no_args_is_help=False, epilog=SERVE_EXIT_CODES)
def serve() -> int:
    """Start vLLM on a model, and watch it until it answers; look at what runs, read its log, end it.

    The model is a hub name or a folder; by default it is deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B. What stands after
    “--” goes to vLLM as it is. A model that is called like a command is named with --model.
    """
    return ExitCode.DONE


@serve.command(START, cls=Sectioned, context_settings=CONTEXT, epilog=SERVE_EXIT_CODES)
@click.argument(WORD, metavar="[MODEL]", required=False)
@click.option("--profile", "name", cls=_Start, metavar="NAME", help="A server profile of the config file.")
@click.option("--save", cls=_Start, metavar="NAME", help="Keep these settings as a profile, and start nothing.")
@click.option("--detach", cls=_Start, is_flag=True, help="Leave it running once it answers.")
@click.option(
    "--keep", cls=_Start, is_flag=True, help="Stay by it, but leave it running at ctrl+c or a closed terminal."
)
@click.option("--adopt", cls=_Start, is_flag=True, help="Where a server listens at the port already, use that one.")
@click.option(
    "--timeout",
    "timeout_s",
    cls=_Start,
    type=click.IntRange(min=1),
    metavar="S",
    help="Give it so many seconds to answer, then end it (with --keep: leave it).",
)
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
    keep: bool,
    adopt: bool,
    timeout_s: int | None,
    dry: bool,
    force: bool,
    as_json: bool,
    config: str | None,
    **flags: object,
) -> int:
    """Start a server; the word “start” may be left out.

    ctrl+c ends it, unless it is detached or kept.
    """
    from dsr1_tui.services.plan_serve import Wish  # noqa: PLC0415  wrong use is told without it
    from dsr1_tui.wiring import find_planner  # noqa: PLC0415  as above

    profile = profile_of(ctx, flags, word)
    planner = find_planner(os.environ)
    settled = _settled(ctx, planner, Wish(flags=profile, name=name), config, dry=dry or save is not None)
    if save is not None:
        return _saved(ctx, settled, save, config)
    from dsr1_tui.cli import serve_text  # noqa: PLC0415  wrong use is told without it

    if dry:
        click.echo(serve_text.dry_object(settled) if as_json else serve_text.dry_text(settled))
        _warn_all(settled)
        return ExitCode.DONE
    import asyncio  # noqa: PLC0415  as above

    from dsr1_tui.cli.serve_run import Desk, StartWish, run_start  # noqa: PLC0415  as above

    wish = StartWish(detach=detach, keep=keep, adopt=adopt, force=force, as_json=as_json, timeout_s=timeout_s)
    return asyncio.run(run_start(Desk(ports=find_ports(), planner=planner, probe=find_probe()), settled, wish))


@serve.command("status", cls=Sectioned, context_settings=CONTEXT, epilog=SERVE_EXIT_CODES)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(*, as_json: bool) -> int:
    """Say which servers of ours run.

    Where, since when, whether they answer, with whom they end, and what memory they take.
    """
    import asyncio  # noqa: PLC0415  as above

    from dsr1_tui.cli.serve_text import status_object, status_text  # noqa: PLC0415  as above
    from dsr1_tui.services.server_status import servers_now  # noqa: PLC0415  as above

    found = asyncio.run(servers_now(find_ports()))
    click.echo(status_object(found) if as_json else status_text(found))
    return ExitCode.DONE


@serve.command("stop", cls=Sectioned, context_settings=CONTEXT, epilog=SERVE_EXIT_CODES)
@click.argument("prefix", metavar="[ID]", default="")
@click.option("--all", "every", is_flag=True, help="All of them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, errors too.")
def stop(*, prefix: str, every: bool, as_json: bool) -> int:
    """End a server of ours.

    The beginning of its id will do, and none is needed where one runs.
    """
    import asyncio  # noqa: PLC0415  as above

    from dsr1_tui.cli.serve_verbs import run_stop  # noqa: PLC0415  as above
    from dsr1_tui.services.serve import running_servers  # noqa: PLC0415  as above

    ports = find_ports()
    found = asyncio.run(running_servers(ports))
    chosen = found if every else (_one(found, prefix, "Name one, or say --all."),)
    return asyncio.run(run_stop(ports, chosen, as_json=as_json))


@serve.command("logs", cls=Sectioned, context_settings=CONTEXT, epilog=SERVE_EXIT_CODES)
@click.argument("prefix", metavar="[ID]", default="")
@click.option("-f", "--follow", is_flag=True, help="Go on while it runs.")
def logs(*, prefix: str, follow: bool) -> int:
    """Print a server's log.

    Of the one that was started last, or of the one named by the beginning of its id.
    """
    import asyncio  # noqa: PLC0415  as above

    from dsr1_tui.cli.serve_verbs import run_logs  # noqa: PLC0415  as above
    from dsr1_tui.services.serve import recent_servers  # noqa: PLC0415  as above

    ports = find_ports()
    found = asyncio.run(recent_servers(ports))
    record = _one(found if prefix else found[:1], prefix, "Name one.")
    return asyncio.run(run_logs(ports, record, follow=follow))


def find_ports() -> "ServePorts":
    """What the verbs need."""
    from dsr1_tui.wiring import find_server_host  # noqa: PLC0415  as above

    return find_server_host(os.environ)


def find_probe() -> "ServerProbe":
    """Looks who listens at a port; with more patience than the start screen's."""
    from dsr1_tui.adapters.port_probe import PortProbe  # noqa: PLC0415  as above

    return PortProbe(PROBE_S)


def _one(found: "tuple[ServerRecord, ...]", prefix: str, several: str) -> "ServerRecord":
    """The server that is meant.

    Raises:
        FaultError: (not-found) none; (usage) several.
    """
    meant = tuple(record for record in found if record.id.startswith(prefix))
    if len(meant) == 1:
        return meant[0]
    from dsr1_tui.cli.serve_text import named  # noqa: PLC0415  as above

    ids = named(meant or found)
    if meant:
        raise fail(FaultCode.USAGE, f"{len(meant)} servers are meant: {ids}.", several)
    if not found:
        raise fail(FaultCode.NOT_FOUND, "There is no server of ours.", "Start one: dsr1-chat serve.")
    raise fail(FaultCode.NOT_FOUND, f"There is no server “{prefix[:40]}”.", f"There are: {ids}.")


def _settled(ctx: click.Context, planner: "PlanPorts", wish: "Wish", config: str | None, *, dry: bool) -> "Settled":
    from dsr1_tui.services.plan_serve import settle_start  # noqa: PLC0415  as above
    from dsr1_tui.wiring import find_config  # noqa: PLC0415  as above

    loaded = find_config(os.environ, _config_path(ctx, config)).load()
    return settle_start(planner, loaded, wish, dry=dry)


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
    _warn_all(settled)
    warn(f"Saved as [servers.{name}] in {file.path}. Start it: dsr1-chat serve --profile {name}.")
    return ExitCode.DONE


def _warn_all(settled: "Settled") -> None:
    from dsr1_tui.cli.serve_text import remarks  # noqa: PLC0415  as above

    for line in remarks(settled, dry=True):
        warn(line)
