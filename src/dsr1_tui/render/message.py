"""A finished answer as lines in one call: for `history show`, exports and the headless commands."""

from dsr1_tui.render.blocks import BlockSplitter
from dsr1_tui.render.line import Line
from dsr1_tui.render.markdown import render_blocks


def render_markdown(source: str, width: int, *, raw: bool = False) -> tuple[Line, ...]:
    """Renders `source` in at most `width` cells (8 or more); the same lines that streaming it would have given.

    `raw` gives the source of each block as plain text.
    """
    splitter = BlockSplitter()
    return render_blocks((*splitter.feed(source), *splitter.finish()), width, raw=raw)
