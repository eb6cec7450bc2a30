"""`dsr1-chat history`: the kept conversations, without a screen."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeVar

import click

from dsr1_tui.cli.edge import warn
from dsr1_tui.cli.options import CONTEXT
from dsr1_tui.cli.paper import paper_width, print_lines
from dsr1_tui.cli.result import json_line
from dsr1_tui.domain.fault import ExitCode, FaultError
from dsr1_tui.domain.message import Summary
from dsr1_tui.render.safe import safe
from dsr1_tui.services import history as service
from dsr1_tui.services.kit import Kit
from dsr1_tui.wiring import build_kit

T = TypeVar("T")

_ID_HELP: Final = "ID is the id of a conversation or the beginning of it; without one the last is taken."


@click.group("history", context_settings=CONTEXT, no_args_is_help=False)
def history() -> int:
    """List, show, search, export and delete conversations."""
    return ExitCode.DONE


@history.command("list", context_settings=CONTEXT)
@click.option("--limit", type=click.IntRange(1), default=service.LISTED, show_default=True, help="At most this many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(*, limit: int, as_json: bool) -> int:
    """List conversations, the last used first."""
    return _listed(_kept(lambda kit: service.listed(kit.conversations, limit=limit)), as_json=as_json, query="")


@history.command("search", context_settings=CONTEXT)
@click.argument("text")
@click.option("--limit", type=click.IntRange(1), default=service.LISTED, show_default=True, help="At most this many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def search(*, text: str, limit: int, as_json: bool) -> int:
    """List the conversations in which TEXT occurs, with the place."""
    found = _kept(lambda kit: service.listed(kit.conversations, text, limit))
    return _listed(found, as_json=as_json, query=text)


@history.command("show", context_settings=CONTEXT, epilog=_ID_HELP)
@click.argument("id", default="", metavar="[ID]")
@click.option("--reasoning", is_flag=True, help="Show the thoughts too.")
def show(*, id: str, reasoning: bool) -> int:  # noqa: A002  click names the parameter as its help does
    """Print a conversation to read."""
    tree = _kept(lambda kit: service.show(kit.conversations, id))
    from dsr1_tui.cli.history_text import conversation_lines  # noqa: PLC0415  the renderer; a list needs less

    print_lines(conversation_lines(tree, paper_width(), reasoning=reasoning))
    return ExitCode.DONE


@history.command("export", context_settings=CONTEXT, epilog=_ID_HELP)
@click.argument("id", default="", metavar="[ID]")
@click.option(
    "--format", "form", type=click.Choice(["md", "json"]), default="md", show_default=True, help="What to write."
)
def export(*, id: str, form: str) -> int:  # noqa: A002  as above
    """Write a conversation to stdout: the active path as Markdown, or all of it as JSON."""
    tree = _kept(lambda kit: service.show(kit.conversations, id))
    click.echo(service.export_json(tree) if form == "json" else service.export_markdown(tree), nl=False)
    return ExitCode.DONE


@history.command("delete", context_settings=CONTEXT)
@click.argument("id")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete(ctx: click.Context, /, *, id: str, yes: bool) -> int:  # noqa: A002  as above
    """Delete a conversation for good. ID may be the beginning of its id."""
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Nobody can be asked here; say --yes.", ctx)
        tree = _kept(lambda kit: service.show(kit.conversations, id))
        title = " ".join(safe(tree.conversation.title).split()) or tree.conversation.id
        if not click.confirm(f"Delete “{title}” ({len(tree.messages)} messages) for good?", err=True):
            warn("Nothing was deleted.")
            return ExitCode.DONE
    gone = _kept(lambda kit: service.delete(kit.conversations, id))
    warn(f"Deleted “{gone.title or gone.id}”.")
    return ExitCode.DONE


def _kept(work: Callable[[Kit], Awaitable[T]]) -> T:
    """What `work` finds in the store, which is closed behind it."""

    async def run() -> T:
        kit = build_kit(os.environ)
        try:
            with suppress(FaultError):  # a file that can only be read can still be listed
                await kit.messages.recover()
            return await work(kit)
        finally:
            await kit.aclose()

    return asyncio.run(run())


def _listed(summaries: tuple[Summary, ...], *, as_json: bool, query: str) -> int:
    if as_json:
        click.echo(json_line({"conversations": [_as_object(summary) for summary in summaries]}))
    elif summaries:
        from dsr1_tui.cli.history_text import list_lines  # noqa: PLC0415  as in `show`

        print_lines(list_lines(summaries, paper_width(), snippets=bool(query)))
    else:
        warn(f"“{query}” occurs in no conversation." if query else "No conversation is kept yet.")
    return ExitCode.DONE


def _as_object(summary: Summary) -> dict[str, object]:
    conversation = summary.conversation
    return {
        "id": conversation.id,
        "title": conversation.title,
        "created": conversation.created,
        "updated": conversation.updated,
        "pinned": conversation.pinned,
        "messages": summary.messages,
        "boxed": summary.boxed,
        "snippet": summary.snippet,
    }
