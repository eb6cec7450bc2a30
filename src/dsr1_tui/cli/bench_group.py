"""A group whose words are a question unless the first of them is one of its commands."""

from typing import Final

import click

from dsr1_tui.cli.sections import Sectioned, option_sections

MEASURE: Final = "measure"
"""The command that is meant where none is named."""


class BenchGroup(Sectioned, click.Group):
    """`bench list` and `bench show` are commands; all else is a measurement."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the command that is meant."""
        if args in (["-h"], ["--help"]) or (args and args[0] in self.commands):
            return super().parse_args(ctx, args)
        return super().parse_args(ctx, [MEASURE, *args])

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both forms."""
        formatter.write_usage(ctx.command_path, "[QUESTION | -] [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [OPTIONS]")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, then the flags of a measurement."""
        named = [name for name in self.commands if name != MEASURE]
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(80)) for name in named])
        measure = self.commands[MEASURE]
        inner = click.Context(measure, info_name=MEASURE, parent=ctx)
        for section, records in option_sections(measure, inner).items():
            with formatter.section(section):
                formatter.write_dl(records)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Nothing: `format_options` wrote them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they were made."""
        del ctx
        return list(self.commands)
