"""`dsr1-chat math`: LaTeX maths laid out as text, as the chat lays it out."""

import re
import sys
from collections.abc import Iterator
from typing import Final

import click

from dsr1_tui.cli.options import CONTEXT
from dsr1_tui.cli.paper import paper_width
from dsr1_tui.cli.piped import STDIN, piped_text
from dsr1_tui.domain.fault import ExitCode, FaultCode, fail
from dsr1_tui.render.safe import safe

_DELIMITED: Final = re.compile(r"\s*(?:\$\$(.+)\$\$|\$(.+)\$|\\\[(.+)\\\]|\\\((.+)\\\))\s*", re.DOTALL)
"""A formula that still wears its delimiters."""


@click.command("math", context_settings=CONTEXT)
@click.argument("latex", required=False, metavar="[LATEX|-]")
@click.option("--inline", "form", flag_value="inline", help="In one line only.")
@click.option("--display", "form", flag_value="display", help="In two dimensions only.")
@click.option("--width", type=click.IntRange(2, 1000), help="Cells there are; by default those of the terminal.")
@click.option("--gallery", is_flag=True, help="Show what can be laid out, with its source.")
@click.pass_context
def math(ctx: click.Context, /, *, latex: str | None, form: str | None, width: int | None, gallery: bool) -> int:
    """Lay out LaTeX maths as text: in one line and in two dimensions. “-” reads stdin, one formula a line."""
    cells = width or paper_width()
    if gallery:
        click.echo("\n".join(_gallery(cells)))
        return ExitCode.DONE
    if latex is None and sys.stdin.isatty():
        raise click.UsageError(r"A formula is missing, like '\frac{1}{2}'.", ctx)
    piped = latex is None or latex == STDIN
    formulas = piped_text().splitlines() if piped else [latex or ""]
    bodies = [body for formula in formulas if (body := _bare(formula))]
    if not bodies:
        raise fail(FaultCode.USAGE, "The formula is empty.", r"Give one, like '\frac{1}{2}'.")
    click.echo("\n\n".join(_forms(body, form, cells) for body in bodies))
    return ExitCode.DONE


def _forms(body: str, form: str | None, cells: int) -> str:
    """The forms asked for, the one-line form first.

    Raises:
        FaultError: (usage) it cannot be laid out like that.
    """
    wanted = ("inline", "display") if form is None else (form,)
    shown = [laid for one in wanted if (laid := _laid_out(body, one, cells)) is not None]
    if not shown:
        where = f" in {cells} cells" if form == "display" else ""
        hint = "Try --inline or a larger --width." if form == "display" else "The chat shows such a formula's source."
        raise fail(FaultCode.USAGE, f"This cannot be laid out{where}: {safe(body)[:60]}", hint)
    return safe("\n\n".join(dict.fromkeys(shown)))


def _bare(source: str) -> str:
    found = _DELIMITED.fullmatch(source)
    return (next(group for group in found.groups() if group is not None) if found else source).strip()


def _laid_out(body: str, form: str, width: int) -> str | None:
    from dsr1_tui.render.maths import display_form, inline_form  # noqa: PLC0415  its tables; help needs none

    if form == "inline":
        return inline_form(body)
    grid = display_form(body, width)
    return None if grid is None else "\n".join(row.rstrip() for row in grid.rows)


def _gallery(width: int) -> Iterator[str]:
    from dsr1_tui.render.maths.gallery import GALLERY  # noqa: PLC0415  only for this flag

    for title, source in GALLERY:
        yield from (title, f"    {source}", "")
        for row in _forms(source, None, width - 4).split("\n"):
            yield f"    {row}".rstrip()
        yield ""
