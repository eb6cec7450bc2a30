"""`dsr1-chat doctor`: looks at machine, files, servers and endpoint, or tells why a server did not come up."""

import os
import sys
from typing import Final

import click

from dsr1_tui.cli.options import CONTEXT, connection_options, gather
from dsr1_tui.cli.sections import Sectioned

_EPILOG: Final = (
    "\b\n"
    "Exit codes of the checks: 0 nothing failed (warnings and skipped checks do not count),\n"
    "  1 something failed, 2 wrong use, 130 interrupted.\n"
    "Exit codes of --log:      0 the log is of a good start, 1 it is not, 2 it cannot be read.\n\n"
    "\b\n"
    "--json of the checks: {verdict, counts, checks: [{id, topic, title, state, found, remedy,\n"
    "  detail}]}, state and verdict being ok, warn, fail or (state only) skipped.\n"
    "--json of --log: {code, cause, line, remedy, flags}. Each of the flags is a change as one\n"
    "  types it: “--max-model-len 768” (flag and value, one blank between them), “--enforce-eager”\n"
    "  (a switch), or “without --quantization” (leave the flag away)."
)


@click.command("doctor", cls=Sectioned, context_settings=CONTEXT, epilog=_EPILOG)
@click.option("--log", metavar="FILE", help="Tell from a server's log (- reads stdin) why it did not come up.")
@click.option("--profile", metavar="NAME", help="Look at the start of this server profile of the config file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@connection_options
@click.pass_context
def doctor(ctx: click.Context, /, *, log: str | None, profile: str | None, as_json: bool, **flags: object) -> int:
    """Look for what is wrong, and say what to do about it. Nothing is changed or ended.

    --model is looked for on this machine (a folder, or a hub name) and on the endpoint. The endpoint is the one that
    is named, else a server of ours that runs, else 127.0.0.1:8000; it is tried with requests of a few tokens.
    """
    if log is not None:
        from dsr1_tui.cli.doctor_log import tell_log  # noqa: PLC0415  each half is loaded where it is asked for

        return tell_log(log, as_json=as_json)
    asked = gather(ctx, flags)
    from dsr1_tui.cli.doctor_run import look_around  # noqa: PLC0415  as above

    ask = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
    return look_around(asked, os.environ, profile=profile, ask_terminal=ask, as_json=as_json)
