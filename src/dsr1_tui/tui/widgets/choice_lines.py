"""How one choice of a list looks at a width: key, title, what is said beside or below it, and its mark."""

from dataclasses import dataclass
from typing import Final

from textual.content import Content

from dsr1_tui.render.cells import cells
from dsr1_tui.tui.tones import ACCENT, DIM
from dsr1_tui.tui.words import folded, shorten

_GAP: Final = 3
_BESIDE_MIN: Final = 28
"""Cells below which a detail is not worth a column of its own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry. Its texts are plain and on one line each (foreign text goes through `words.one_line` first)."""

    id: str
    title: str
    detail: str = ""
    """Said dim: beside the title where the list has a column for it, else below."""
    key: str = ""
    """A letter that chooses it at once."""
    aside: str = ""
    """A word or two, dim, at the right end of the title's line; dropped on very narrow screens."""
    more: str = ""
    """A second dim line."""
    depth: int = 0
    """How far it is set in."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns all choices of a list share."""

    key: int = 0
    title: int = 0
    """0: details stand below."""


def columns_for(choices: tuple[Choice, ...], width: int, *, beside: bool) -> Columns:
    """Columns for these choices; details get one only where asked for and where there is room."""
    keys = [cells(choice.key) for choice in choices if choice.key]
    key = max(keys) + _GAP if keys else 0
    title = max((cells(choice.title) for choice in choices if choice.detail), default=0) + _GAP
    fits = beside and width - 2 - key - title >= _BESIDE_MIN
    return Columns(key, title if fits else 0)


def choice_lines(choice: Choice, columns: Columns, width: int, *, chosen: bool) -> list[Content]:
    """The lines of one choice; the first two cells are the mark's."""
    inset = " " * (2 * choice.depth)
    room = max(width - 2 - columns.key - len(inset), 1)
    key = choice.key + " " * (columns.key - cells(choice.key))
    aside = choice.aside if cells(choice.aside) * 2 < room else ""
    words = shorten(choice.title, room - cells(aside) - _GAP if aside else room)
    title = Content.assemble((key, ACCENT), inset, (words, "bold" if chosen and not columns.title else ""))
    below = " " * columns.key + inset
    details = [text for text in (choice.detail, choice.more) if text]
    rows = [title]
    if columns.title and choice.detail:
        beside = width - 2 - columns.key - columns.title
        first, *rest = folded(details.pop(0), beside)
        rows[0] = title.pad_right(columns.title - cells(choice.title)) + Content.styled(first, DIM)
        rows += [Content.styled(" " * (columns.key + columns.title) + line, DIM) for line in rest]
    rows += [Content.styled(below + shorten(text, room), DIM) for text in details]
    if aside:
        spare = max(width - 2 - rows[0].cell_length - cells(aside), 1)
        rows[0] = rows[0].pad_right(spare) + Content.styled(aside, DIM)
    return [_marked(row, width, chosen=chosen) for row in rows]


def _marked(row: Content, width: int, *, chosen: bool) -> Content:
    line = Content.assemble(("▎ ", ACCENT), row) if chosen else Content("  ") + row
    line = line.pad_right(max(width - line.cell_length, 0)).truncate(max(width, 1))
    return line.stylize_before("on $boost") if chosen else line
