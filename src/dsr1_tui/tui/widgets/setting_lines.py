"""How one row of the generation panel looks at a width: name, value, origin, fault, and the band of what is wise."""

from dataclasses import dataclass
from typing import Final

from textual.content import Content

from dsr1_tui.domain.sampling import Value
from dsr1_tui.domain.sampling_fields import FieldSpec, Grade, grade, shown
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.tones import ACCENT, BAD, DIM
from dsr1_tui.tui.widgets.band import WIDTH, band, verdict
from dsr1_tui.tui.widgets.line_edit import LineEdit
from dsr1_tui.tui.widgets.panel_state import FieldState, Source
from dsr1_tui.tui.words import folded, shorten

NAME: Final = 12
"""Cells of the name column; the longest short name and a space."""
WIDEST: Final = 48
"""On a row wider than this, a value and its origin are too far apart to be read as one."""
_INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class RowLook:
    """What a row shows beside its settled state."""

    focused: bool = False
    edit: LineEdit | None = None
    """The text being typed."""
    error: str = ""
    live: Value | None = None
    """The value the band marks: the typed one while it is right, else the settled one."""


def label_of(spec: FieldSpec) -> str:
    """The name as the narrow column takes it."""
    return spec.name.removesuffix("_penalty")


def value_of(spec: FieldSpec, value: Value | None) -> str:
    """The value with its unit."""
    return f"{shown(spec, value)} {spec.unit}".rstrip() if value is not None else shown(spec, None)


def row_lines(spec: FieldSpec, state: FieldState, look: RowLook, width: int) -> list[Content]:
    """The row at `width` cells, the first of which is the focus mark's."""
    mark = Content.styled("▎", ACCENT) if look.focused else Content(" ")
    width = min(width, WIDEST)
    rows = [*_value_rows(spec, state, look, width - 1)]
    rows += [Content.styled(_INDENT + line, BAD) for line in folded(look.error, width - 4) if line]
    rows += _band_rows(spec, state, look, width - 1)
    return [mark + row for row in rows]


def _value_rows(spec: FieldSpec, state: FieldState, look: RowLook, width: int) -> list[Content]:
    name = Content.styled(label_of(spec), "bold" if look.focused else "")
    text = value_of(spec, state.value)
    beside = width - NAME
    needed = min(cells(text), 14) if look.edit is None else 8
    if beside < needed:  # too narrow for two columns
        room = max(width - len(_INDENT), 2)
        return [name.truncate(max(width, 1)), Content(_INDENT) + _value(state, look, text, room)]
    value = _value(state, look, text, beside)
    row = name.pad_right(NAME - name.cell_length) + value
    spare = width - row.cell_length - cells(state.source.value)
    if look.edit is None and state.source is not Source.NOWHERE and spare > 0:
        row = row.pad_right(spare) + Content.styled(state.source.value, DIM)
    return [row]


def _value(state: FieldState, look: RowLook, text: str, room: int) -> Content:
    if look.edit is not None:
        return look.edit.shown(room)
    return Content.styled(shorten(text, room), "" if state.value is not None else DIM)


def _band_rows(spec: FieldSpec, state: FieldState, look: RowLook, width: int) -> list[Content]:
    """The band: always for fields with advice, for others only where the value is unwise."""
    unwise = grade(spec, look.live) in {Grade.FAIR, Grade.BAD}
    if not state.for_r1 or spec.good is None or not (spec.advice or unwise):
        return []
    words, tone = verdict(spec, look.live)
    bar = band(spec, look.live)
    if width >= WIDTH + 1 + cells(words):
        return [bar + Content.assemble(" ", (words, tone))]
    return [*([bar] if width >= WIDTH else []), *(Content.styled(line, tone) for line in folded(words, width) if line)]
