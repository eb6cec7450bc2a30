"""The `dsr1-chat` command: the chat itself where no sub-command is named, else the sub-command."""

from collections.abc import Sequence
from typing import Final, NoReturn

import click

from dsr1_tui import __version__
from dsr1_tui.cli.edge import NAME
from dsr1_tui.cli.launch import open_chat
from dsr1_tui.cli.options import (
    CONTEXT,
    EXIT_CODES,
    connection_options,
    conversation_options,
    gather,
    keep_option,
    sampling_options,
)
from dsr1_tui.cli.sections import LazyGroup
from dsr1_tui.cli.steering_flags import steering_options
from dsr1_tui.domain.fault import ExitCode, Fault, FaultCode, FaultError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "ask": ("dsr1_tui.cli.ask:ask", "Ask one question; the answer goes to stdout as it comes."),
    "bench": ("dsr1_tui.cli.bench:bench", "Measure a model: right answers, speed, agreement; by settings."),
    "history": ("dsr1_tui.cli.history:history", "List, show, search, export and delete conversations."),
    "serve": ("dsr1_tui.cli.serve:serve", "Start vLLM on a model, look at what runs, read its log, end it."),
    "doctor": ("dsr1_tui.cli.doctor:doctor", "Look for what is wrong; tell from a log why a server did not come up."),
    "engine": ("dsr1_tui.cli.engine:engine", "Install vLLM in an environment of its own, look at it, remove it."),
    "math": ("dsr1_tui.cli.math:math", "Lay out LaTeX maths as text."),
    "config": ("dsr1_tui.cli.config:config", "Where the config file is, and what holds now."),
}

_EPILOG: Final = (
    f"{EXIT_CODES}\n\n\b\n"
    "Environment: DSR1_BASE_URL, DSR1_API_KEY; DSR1_CONFIG_DIR, DSR1_DATA_DIR, DSR1_STATE_DIR, DSR1_CACHE_DIR."
)


@click.group(NAME, cls=LazyGroup, lazy=COMMANDS, invoke_without_command=True, context_settings=CONTEXT, epilog=_EPILOG)
@connection_options
@conversation_options
@keep_option
@steering_options
@sampling_options
@click.version_option(__version__, prog_name=NAME, message="%(prog)s %(version)s")
@click.pass_context
def dsr1_chat(ctx: click.Context, /, **flags: object) -> int:
    """A terminal chat for reasoning models served by vLLM, DeepSeek-R1-Distill first.

    Without a command it opens the chat. Flags may stand before or after the command; what is said last counts.
    """
    asked = gather(ctx, flags)
    if ctx.invoked_subcommand is None:
        return open_chat(asked)
    ctx.obj = asked
    return ExitCode.DONE


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the exit code.

    Raises:
        FaultError: (usage) for whatever click refuses, in one line.
    """
    try:
        code: object = dsr1_chat.main(list(arguments), prog_name=NAME, standalone_mode=False)
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.UsageError as error:
        _refuse(error)
    except click.ClickException as error:
        raise FaultError(Fault(FaultCode.USAGE, error.format_message())) from None
    return code if isinstance(code, int) else ExitCode.DONE


def _refuse(error: click.UsageError) -> NoReturn:
    """A usage error as one line, with the help page that would have told."""
    path = error.ctx.command_path if error.ctx is not None else NAME
    hint = f"See {path} --help."
    if error.ctx is not None and isinstance(error.ctx.command, click.Group) and " command" in error.message:
        names = ", ".join(error.ctx.command.list_commands(error.ctx))
        ask = f'To ask something: {NAME} ask "…". ' if error.ctx.parent is None else ""
        hint = f"{ask}Commands: {names}."
    message = " ".join(error.format_message().split())
    raise FaultError(Fault(FaultCode.USAGE, message, hint)) from None
