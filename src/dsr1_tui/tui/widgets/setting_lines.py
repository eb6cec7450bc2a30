"""How one row of the generation panel looks at a width: name, value, origin, fault, band, advice."""

from dataclasses import dataclass
from typing import Final

from textual.content import Content

from dsr1_tui.domain.advice import Advice, Level, worst
from dsr1_tui.domain.sampling_fields import Grade
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.tones import ACCENT, BAD, DIM, FAIR
from dsr1_tui.tui.widgets.band import WIDTH, band, grade_of, verdict
from dsr1_tui.tui.widgets.line_edit import LineEdit
from dsr1_tui.tui.widgets.panel_state import Banded, RowState
from dsr1_tui.tui.widgets.setting import Setting
from dsr1_tui.tui.words import folded, shorten

WIDEST: Final = 48
"""On a row wider than this, a value and its origin are too far apart to be read as one."""
_INDENT: Final = "  "
_SHORTEST_VALUE: Final = 8
_MARKS: Final = {
    Level.NOTE: ("· ", DIM),
    Level.CAUTION: ("! ", FAIR),
    Level.HARM: ("! ", BAD),
    Level.CONFLICT: ("✗ ", BAD),
}
"""Mark and tone of advice: colour alone says nothing on a terminal without it."""


@dataclass(frozen=True, slots=True)
class RowLook:
    """What a row shows beside its settled state."""

    focused: bool = False
    edit: LineEdit | None = None
    """The text being typed."""
    error: str = ""
    live: RowState | None = None
    """What holds if the typed text is taken; `None` where that cannot be."""


def row_lines(setting: Setting, state: RowState, look: RowLook, width: int) -> list[Content]:
    """The row at `width` cells, the first of which is the focus mark's."""
    mark = Content.styled("▎", ACCENT) if look.focused else Content(" ")
    width = min(width, WIDEST)
    rows = [*_value_rows(setting, state, look, width - 1)]
    if look.live is not None and look.live.about:
        rows += [Content.styled(line, DIM) for line in folded(look.live.about, width - 1)]
    rows += [Content.styled(_INDENT + line, BAD) for line in folded(look.error, width - 4) if line]
    rows += _band_rows(state, look, width - 1)
    if look.live is not None:
        rows += [line for one in look.live.advice for line in advice_lines(one, width - 1)]
    return [mark + row for row in rows]


def advice_lines(advice: Advice, width: int) -> list[Content]:
    """One warning, marked and toned by how much it matters."""
    mark, tone = _MARKS[advice.level]
    first, *more = folded(advice.text, width - len(_INDENT))
    return [Content.styled(line, tone) for line in (mark + first, *(_INDENT + line for line in more))]


def _value_rows(setting: Setting, state: RowState, look: RowLook, width: int) -> list[Content]:
    name = Content.styled(setting.label, "bold" if look.focused else "")
    beside = width - setting.column
    needed = min(cells(state.text), 14) if look.edit is None else _SHORTEST_VALUE
    if beside < needed:  # too narrow for two columns
        room = max(width - len(_INDENT), 2)
        return [name.truncate(max(width, 1)), Content(_INDENT) + _value(state, look, room)]
    row = name.pad_right(setting.column - name.cell_length) + _value(state, look, beside)
    spare = width - row.cell_length - cells(state.source.value)
    if look.edit is None and state.source.value and spare > 0:
        row = row.pad_right(spare) + Content.styled(state.source.value, DIM)
    return [row]


def _value(state: RowState, look: RowLook, room: int) -> Content:
    if look.edit is not None:
        return look.edit.shown(room)
    return Content.styled(shorten(state.text, room), "" if state.chosen else DIM)


def _band_rows(state: RowState, look: RowLook, width: int) -> list[Content]:
    """The band: always for fields with advice, for others only where the value is unwise."""
    banded = state.band if look.live is None else look.live.band
    if banded is None or banded.spec.good is None:
        return []
    if look.live is None:  # what is typed cannot be taken: no mark
        banded, level = Banded(spec=banded.spec, value=None, preset=banded.preset), None
    else:
        level = worst(look.live.advice)
    unwise = grade_of(banded, level) in {Grade.FAIR, Grade.BAD}
    if not (banded.spec.advice or unwise):
        return []
    words, tone = verdict(banded, level)
    bar = band(banded, level)
    if width >= WIDTH + 1 + cells(words):
        return [bar + Content.assemble(" ", (words, tone))]
    return [*([bar] if width >= WIDTH else []), *(Content.styled(line, tone) for line in folded(words, width) if line)]
