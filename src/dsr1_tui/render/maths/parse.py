"""From a formula's source to its tree: the parser with all the commands there are."""

from typing import Final

from dsr1_tui.render.maths import commands, environments, text
from dsr1_tui.render.maths.environments import read_lines, stripped
from dsr1_tui.render.maths.nodes import Row
from dsr1_tui.render.maths.parser import Parser

_BUILDERS: Final = commands.BUILDERS | text.BUILDERS | environments.BUILDERS


def parse(body: str) -> Row:
    """The nodes of a formula. Raises `Refused` where it is malformed, too long or too deep; no other exception."""
    return stripped(read_lines(Parser(body, _BUILDERS)))
