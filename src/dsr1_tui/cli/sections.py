"""Help pages in sections, and commands imported only when they are called."""

from importlib import import_module
from typing import Final

import click

OTHER: Final = "Options"


class Flag(click.Option):
    """An option that knows the section of the help page it stands in."""

    section: str = OTHER


class Sectioned(click.Command):
    """A command whose help page lists its options by section."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one definition list a section, in the order in which sections first appear."""
        for section, records in option_sections(self, ctx).items():
            with formatter.section(section):
                formatter.write_dl(records)


def option_sections(command: click.Command, ctx: click.Context) -> dict[str, list[tuple[str, str]]]:
    """`(flag, help)` of each option by section; `--help` and its like come last."""
    found: dict[str, list[tuple[str, str]]] = {}
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
        if record is not None:
            found.setdefault(param.section if isinstance(param, Flag) else OTHER, []).append(record)
    if OTHER in found:
        found[OTHER] = found.pop(OTHER)
    return found


class LazyGroup(Sectioned, click.Group):
    """A group whose commands are named in a table and imported when they are called, not when help is shown."""

    lazy: dict[str, tuple[str, str]]
    """Name to `(module:attribute, one-line help)`."""

    def __init__(self, *args: object, lazy: dict[str, tuple[str, str]] | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to click untouched
        self.lazy = lazy or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The table's order: what is used most comes first."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command if the table has it."""
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.lazy[cmd_name][0].partition(":")
        found: object = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Commands first, then the options by section."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self.lazy.items()])
        super().format_options(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Nothing: `format_options` wrote them."""
