"""The bar that shows where a value stands against what DeepSeek recommends for R1, and the words for it."""

from typing import Final

from textual.content import Content

from dsr1_tui.domain.sampling import Value
from dsr1_tui.domain.sampling_fields import FieldSpec, Grade, grade
from dsr1_tui.tui.tones import BAD, DIM, FAIR, GOOD

WIDTH: Final = 11
_MARK: Final = "●"
_LOOKS: Final = {Grade.GOOD: ("━", GOOD), Grade.FAIR: ("─", FAIR), Grade.BAD: ("┄", BAD), Grade.NONE: ("┄", DIM)}
_TONES: Final = {Grade.GOOD: DIM, Grade.FAIR: FAIR, Grade.BAD: BAD, Grade.NONE: DIM}
_AROUND: Final = 2
"""How many widths of the good band are drawn on either side of it: the whole range would shrink the band to a dot."""


def drawn_range(spec: FieldSpec) -> tuple[float, float]:
    """The stretch of a field's range that its bar draws."""
    assert spec.good is not None
    low, high = spec.good
    span = high - low
    return max(spec.low, low - _AROUND * span), min(spec.high, high + _AROUND * span)


def band(spec: FieldSpec, value: Value | None, width: int = WIDTH) -> Content:
    """The bar, `width` cells: heavy where a value is good, thin where fair, dotted elsewhere, a dot at the value."""
    low, high = drawn_range(spec)
    cell = (high - low) / width
    looks = [_LOOKS[_grade_of_cell(spec, low + at * cell, cell)] for at in range(width)]
    if value is not None and not isinstance(value, tuple):
        at = min(max(int((value - low) / cell), 0), width - 1)
        looks[at] = (_MARK, _LOOKS[grade(spec, value)][1])
    return Content.assemble(*looks)


def _grade_of_cell(spec: FieldSpec, start: float, cell: float) -> Grade:
    """The best band that covers at least half of a cell."""
    for bounds, found in ((spec.good, Grade.GOOD), (spec.fair, Grade.FAIR)):
        if bounds is not None and min(bounds[1], start + cell) - max(bounds[0], start) >= cell / 2 - 1e-9:
            return found
    return Grade.BAD


def verdict(spec: FieldSpec, value: Value | None) -> tuple[str, str]:
    """The words beside the bar, and their tone: the advice where all is well, else what is wrong."""
    found = grade(spec, value)
    if spec.good is None or value is None or isinstance(value, tuple) or found in {Grade.GOOD, Grade.NONE}:
        return spec.advice, DIM
    much = "a bit" if found is Grade.FAIR else "too"
    return f"{much} {'low' if value < spec.good[0] else 'high'} for R1", _TONES[found]
