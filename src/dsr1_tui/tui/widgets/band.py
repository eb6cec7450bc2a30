"""The bar that shows where a value stands against what DeepSeek recommends for R1, and the words for it."""

from typing import Final

from textual.content import Content

from dsr1_tui.domain.advice import Level
from dsr1_tui.domain.presets import grade_in
from dsr1_tui.domain.sampling_fields import FieldSpec, Grade
from dsr1_tui.tui.tones import BAD, DIM, FAIR, GOOD
from dsr1_tui.tui.widgets.panel_state import Banded

WIDTH: Final = 11
_MARK: Final = "●"
_LOOKS: Final = {Grade.GOOD: ("━", GOOD), Grade.FAIR: ("─", FAIR), Grade.BAD: ("┄", BAD), Grade.NONE: ("┄", DIM)}
_TONES: Final = {Grade.GOOD: DIM, Grade.FAIR: FAIR, Grade.BAD: BAD, Grade.NONE: DIM}
_GRAVE: Final = frozenset({Level.HARM, Level.CONFLICT})
_AROUND: Final = 2
"""How many widths of the good band are drawn on either side of it: the whole range would shrink the band to a dot."""


def drawn_range(spec: FieldSpec) -> tuple[float, float]:
    """The stretch of a field's range that its bar draws."""
    assert spec.good is not None
    low, high = spec.good
    span = high - low
    return max(spec.low, low - _AROUND * span), min(spec.high, high + _AROUND * span)


def grade_of(banded: Banded, level: Level | None = None) -> Grade:
    """How wise the value is, for what the preset is for; `level` is the gravest advice on it."""
    found = grade_in(banded.preset, banded.spec, banded.value)
    return Grade.BAD if found is Grade.FAIR and level in _GRAVE else found


def band(banded: Banded, level: Level | None = None, width: int = WIDTH) -> Content:
    """The bar, `width` cells: heavy where a value is good, thin where fair, dotted elsewhere, a dot at the value."""
    low, high = drawn_range(banded.spec)
    value, cell = banded.value, (high - low) / width
    looks = [_LOOKS[_grade_of_cell(banded, low + at * cell, cell)] for at in range(width)]
    if value is not None and not isinstance(value, tuple):
        at = min(max(int((value - low) / cell), 0), width - 1)
        looks[at] = (_MARK, _LOOKS[grade_of(banded, level)][1])
    return Content.assemble(*looks)


def _grade_of_cell(banded: Banded, start: float, cell: float) -> Grade:
    """The best band that covers at least half of a cell."""
    for bounds, found in ((banded.spec.good, Grade.GOOD), (_fair(banded), Grade.FAIR)):
        if bounds is not None and min(bounds[1], start + cell) - max(bounds[0], start) >= cell / 2 - 1e-9:
            return found
    return Grade.BAD


def _fair(banded: Banded) -> tuple[float, float] | None:
    """The amber band, as far as the preset bears it."""
    fair, amber = banded.spec.fair, banded.preset.amber_up_to
    if fair is None or amber is None or banded.spec.name != "temperature":
        return fair
    return fair[0], max(fair[1], amber)


def verdict(banded: Banded, level: Level | None = None) -> tuple[str, str]:
    """The words beside the bar, and their tone: the advice where all is well, else what is wrong."""
    found, spec, value = grade_of(banded, level), banded.spec, banded.value
    if spec.good is None or value is None or isinstance(value, tuple) or found in {Grade.GOOD, Grade.NONE}:
        return spec.advice, DIM
    much = "a bit" if found is Grade.FAIR else "too"
    return f"{much} {'low' if value < spec.good[0] else 'high'} for R1", _TONES[found]
