"""Prints styled lines: with colours and links on a terminal, as plain text elsewhere."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import Final

import click

from dsr1_tui.render.line import Line, Role
from dsr1_tui.render.plain import lines_to_ansi, lines_to_text

TEXT_CELLS: Final = 100
"""The widest column that reads well; also the width where there is no terminal."""

PALETTE: Final[Mapping[Role, str]] = {
    Role.DIM: "2",
    Role.REASONING: "2",
    Role.QUOTE: "2",
    Role.RULE: "2",
    Role.HEADING: "1",
    Role.TABLE_HEAD: "1",
    Role.ACCENT: "36",
    Role.BULLET: "36",
    Role.LINK: "4",
    Role.MATH: "36",
    Role.BOX: "1;32",
    Role.ERROR: "31",
    Role.WARNING: "33",
    Role.ESCAPE: "7",
    Role.CODE_KEYWORD: "35",
    Role.CODE_NAME: "34",
    Role.CODE_STRING: "32",
    Role.CODE_NUMBER: "33",
    Role.CODE_COMMENT: "2",
}
"""SGR parameters by role: the terminal's own 8 colours, so that they fit its theme."""


def paper_width() -> int:
    """Cells a line may take."""
    return min(shutil.get_terminal_size().columns, TEXT_CELLS) if sys.stdout.isatty() else TEXT_CELLS


def print_lines(lines: Iterable[Line]) -> None:
    """Print to stdout."""
    styled = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not os.environ.get("NO_COLOR")
    click.echo(lines_to_ansi(lines, PALETTE) if styled else lines_to_text(lines), color=styled)
