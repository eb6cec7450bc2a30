"""A group whose first word may also be a model: `serve status` is the verb, `serve org/name` starts that model."""

from typing import Final

import click

from dsr1_tui.cli.sections import Sectioned, option_sections

START: Final = "start"
"""The command that is meant where none is named."""
WORD: Final = "word"
"""Its argument."""
EXTRA: Final = "dsr1_tui.serve.extra"
"""Where the words after `--` are kept in the context's `meta`: click would mix them with the model's name."""


class ServeGroup(Sectioned, click.Group):
    """What stands first and is a command is that command; all else is the start of a server."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the command that is meant, and lay the words after `--` aside."""
        own, extra = _parted(args)
        if own in (["-h"], ["--help"]):
            return super().parse_args(ctx, own)
        named, rest = self._named(ctx, own)
        if extra is not None:
            if named == START:
                ctx.meta[EXTRA] = tuple(extra)
            else:
                rest = [*rest, "--", *extra]
        return super().parse_args(ctx, [named, *rest])

    def _named(self, ctx: click.Context, words: list[str]) -> tuple[str, list[str]]:
        """The command, and its words: flags may stand before its name."""
        if words and words[0] in self.commands:
            return words[0], words[1:]
        start = self.commands[START]
        inner = click.Context(start, info_name=START, parent=ctx)
        inner.allow_interspersed_args = False
        # A command's own flag is none of start's; and what is wrong with a flag is told where it is read.
        inner.ignore_unknown_options, inner.resilient_parsing = True, True
        try:
            read, left, _ = start.make_parser(inner).parse_args(list(words))
        except click.UsageError:
            return START, words
        first = read.get(WORD)
        if isinstance(first, str) and first in self.commands:
            return first, [*words[: len(words) - len(left) - 1], *left]
        return START, words

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both forms."""
        formatter.write_usage(ctx.command_path, "[MODEL] [OPTIONS] [-- VLLM FLAGS]")
        formatter.write_usage(ctx.command_path, "COMMAND [OPTIONS]")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, then the flags of a start."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(80)) for name in self.commands])
        start = self.commands[START]
        inner = click.Context(start, info_name=START, parent=ctx)
        for section, records in option_sections(start, inner).items():
            with formatter.section(section):
                formatter.write_dl(records)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Nothing: `format_options` wrote them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they were made."""
        del ctx
        return list(self.commands)


def _parted(args: list[str]) -> tuple[list[str], list[str] | None]:
    """The words before the first `--` and those after it; `None` where it does not stand."""
    if "--" not in args:
        return args, None
    place = args.index("--")
    return args[:place], args[place + 1 :]
