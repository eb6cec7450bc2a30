"""The forms of a formula that the rest of the house asks for; on any failure None, and the caller shows the source."""

import re
from dataclasses import dataclass
from typing import Final

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""The lexer lets none through; a form that has one after all is not shown."""
_BLANKS: Final = re.compile(" {5,}")


@dataclass(frozen=True, slots=True)
class Grid:
    """A formula in two dimensions."""

    rows: tuple[str, ...]
    """From top to bottom, each of the same number of cells."""
    baseline: int
    """The row that text beside the formula lines up with."""


# The engine is imported at the first formula: its tables take 20 ms, and scanning for maths, which every text needs,
# does without them.


def inline_spans(body: str) -> tuple[tuple[str, bool], ...] | None:
    r"""The one-line form in pieces of `(text, boxed)`: what `\boxed` holds is True. None where the source must do."""
    from dsr1_tui.render.maths import inline, nodes, parse, pieces  # noqa: PLC0415 - see above

    try:
        text = inline.Inline().row(parse.parse(body)).text
    except nodes.Refused:
        return None
    if _CONTROL.search(text):
        return None
    spans: list[tuple[str, bool]] = []
    for text_piece, boxed in pieces.by_box(_BLANKS.sub("    ", text).strip()):
        if spans and spans[-1][1] == boxed:
            spans[-1] = (spans[-1][0] + text_piece, boxed)
        else:
            spans.append((text_piece, boxed))
    return tuple(spans) or None


def inline_form(body: str) -> str | None:
    """The one-line Unicode form of a formula; None where the source must do."""
    spans = inline_spans(body)
    return None if spans is None else "".join(text for text, _ in spans)


def display_form(body: str, width: int) -> Grid | None:
    """The two-dimensional form in at most `width` cells; None where it does not fit and where the source must do."""
    from dsr1_tui.render.maths import breaking, nodes, parse  # noqa: PLC0415 - see above

    try:
        box = breaking.fitted(parse.parse(body), width)
    except nodes.Refused:
        return None
    rows = breaking.squared(box, width)
    if not rows or not any(row.strip() for row in rows) or any(map(_CONTROL.search, rows)):
        return None
    return Grid(rows, box.base)
