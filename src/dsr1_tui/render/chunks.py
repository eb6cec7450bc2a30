"""A finished text cut into pieces that are rendered on their own, so that a long one costs only what is looked at."""

import re
from dataclasses import replace
from typing import Final

from dsr1_tui.render.blocks import BlockSplitter
from dsr1_tui.render.line import Line
from dsr1_tui.render.markdown import render_blocks

CHUNK: Final = 4000
"""Characters after which a cut is looked for: some 5 ms of rendering."""
_MARK: Final = re.compile(
    r"^[ ]{0,3}(?P<fence>`{3,}|~{3,})|(?P<open>\\\[|\\begin\{)|(?P<close>\\\]|\\end\{)|(?P<dollars>\$\$)"
    r"|\n[ \t]*\n(?=(?P<start>[A-Za-z*\u4e00-\u9fff]))",
    re.MULTILINE,
)
"""What opens or closes something that may hold blank lines, and a blank line before a line of plain text."""


def chunks(source: str, size: int = CHUNK) -> tuple[tuple[int, str], ...]:
    """Pieces as (offset, text), together the whole; cut only between two blocks, each `size` characters or longer.

    Where it is not sure that nothing is open (a code block, display maths, a list), it is not cut. Linear in the text.
    """
    if len(source) <= 2 * size:
        return ((0, source),)
    cuts = [0]
    fence = ""
    depth, dollars = 0, False
    for mark in _MARK.finditer(source):
        if (found := mark["fence"]) is not None:
            if not fence:
                fence = found
            elif found[0] == fence[0] and len(found) >= len(fence):
                fence = ""
        elif fence:
            continue
        elif mark["open"] is not None:
            depth += 1
        elif mark["close"] is not None:
            depth = max(depth - 1, 0)
        elif mark["dollars"] is not None:
            dollars = not dollars
        elif not depth and not dollars and mark.end() - cuts[-1] >= size and not _item(source, mark):
            cuts.append(mark.end())
    ends = [*cuts[1:], len(source)]
    return tuple((start, source[start:end]) for start, end in zip(cuts, ends, strict=True))


def _item(source: str, mark: re.Match[str]) -> bool:
    """Whether the line after a blank line may be a list item."""
    return mark["start"] == "*" and source[mark.end() + 1 : mark.end() + 2] in {" ", "\t"}


def render_chunk(source: str, start: int, width: int, *, raw: bool = False) -> tuple[Line, ...]:
    """The lines of a piece that begins at offset `start` of its message."""
    splitter = BlockSplitter()
    blocks = (*splitter.feed(source), *splitter.finish())
    return render_blocks((replace(block, start=block.start + start) for block in blocks), width, raw=raw)
