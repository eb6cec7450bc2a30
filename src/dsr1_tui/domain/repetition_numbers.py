"""Whether the numbers that change in a repeated phrase say anything new: a counter does not, a calculation does."""

from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.repetition_units import Unit, UnitKind

FORETOLD: Final = 0.97
"""Share of numbers that must follow from the two copies before."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How the numbers of one copy follow from those of the two copies before."""

    foretold: float
    """Share of numbers and letters that are equal to, or at the same step from, the ones before."""
    steps: frozenset[int]
    """The steps met, 0 left out."""

    @property
    def counter(self) -> bool:
        """One step for all that changes ("Step 41: check 41."), upwards: a countdown ends by itself."""
        return self.foretold >= FORETOLD and len(self.steps) == 1 and min(self.steps) > 0

    @property
    def linear(self) -> bool:
        """Every number at its own step, as in a multiplication table."""
        return self.foretold >= FORETOLD and bool(self.steps) and max(self.steps) > 0


def progress(units: list[Unit], lag: int) -> Progress:
    """Compare each of `units` that has two copies before it, at distance `lag`, with these."""
    asked = told = 0
    steps: set[int] = set()
    for at in range(2 * lag, len(units)):
        unit = units[at]
        if unit.kind is not UnitKind.NUMBER and unit.kind is not UnitKind.LETTER:
            continue
        asked += 1
        one, two = units[at - lag], units[at - 2 * lag]
        if unit.exact == one.exact:
            told += 1
        elif unit.value is not None and one.value is not None and two.value is not None:
            step = unit.value - one.value
            if step == one.value - two.value:
                told += 1
                steps.add(step)
    return Progress(told / max(1, asked), frozenset(steps))
