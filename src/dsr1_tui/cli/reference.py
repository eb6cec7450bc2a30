"""The flags as Markdown tables, made from the commands themselves: `python -m dsr1_tui.cli.reference`."""

import sys
from collections.abc import Iterator

import click

from dsr1_tui.cli.edge import NAME
from dsr1_tui.cli.main import dsr1_chat
from dsr1_tui.cli.sections import option_sections


def reference() -> str:
    """All commands with their flags; those that `dsr1-chat` itself has are listed once."""
    root = click.Context(dsr1_chat, info_name=NAME)
    known = {flag for records in option_sections(dsr1_chat, root).values() for flag, _ in records}
    return "\n".join(["### Flags", "", *_tables(dsr1_chat, root, frozenset()), *_commands(dsr1_chat, root, known)])


def _commands(group: click.Group, ctx: click.Context, known: set[str]) -> Iterator[str]:
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None, "the group lists only what it has"
        inner = click.Context(command, info_name=name, parent=ctx)
        if isinstance(command, click.Group):
            yield from _commands(command, inner, known)
            continue
        usage = " ".join([inner.command_path, *command.collect_usage_pieces(inner)]).replace(" [OPTIONS]", "")
        yield from (f"### `{usage}`", "", (command.help or "").replace("\n", " ").strip(), "")
        yield from _tables(command, inner, frozenset(known))


def _tables(command: click.Command, ctx: click.Context, known: frozenset[str]) -> Iterator[str]:
    for section, records in option_sections(command, ctx).items():
        rows = [(flag, words) for flag, words in records if flag not in known]
        if rows:
            yield from (f"| {section} | |", "|---|---|")
            yield from (f"| `{_cell(flag)}` | {_cell(words)} |" for flag, words in rows)
            yield ""


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(reference())
