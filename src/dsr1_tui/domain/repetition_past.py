"""All that the loop guard remembers of a text, kept up to date unit by unit, and what a rule says about it."""

from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.repetition_finding import Level, LoopKind
from dsr1_tui.domain.repetition_makeup import BLOCK, Makeup, Makeups
from dsr1_tui.domain.repetition_periods import PeriodTracker
from dsr1_tui.domain.repetition_phrases import PhraseWatch
from dsr1_tui.domain.repetition_trail import Trail
from dsr1_tui.domain.repetition_units import FIELD, NAMES, Unit, UnitKind

WINDOW: Final = 2048
"""Units remembered at least; a cycle may be as long."""
_BLOCKS: Final = 256
"""Blocks whose makeup is remembered at least: the slowest rule looks at so many."""
_SYMBOLS: Final = frozenset((UnitKind.NUMBER, UnitKind.LETTER))
_NAME: Final = 1 << FIELD * NAMES


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule found, in units from the text's first."""

    level: Level
    kind: LoopKind
    since: int
    new_until: int
    times: int
    sample: tuple[int, int]
    """First unit and number of units of the phrase."""


class Past:
    """The recent past of a text."""

    __slots__ = ("_novel", "_opening", "_packed", "exact", "makeups", "masked", "phrases", "trail")

    def __init__(self) -> None:
        self.trail = Trail(WINDOW)
        self.exact = PeriodTracker(WINDOW)
        self.masked = PeriodTracker(WINDOW)
        """Follows the units with numbers and single letters set aside."""
        self.phrases = PhraseWatch()
        self.makeups = Makeups(_BLOCKS)
        self._packed = 0
        self._opening = True
        """Whether a sentence begins here, where any word is written like a name."""
        self._novel = (0, 0)
        """What the trackers had counted as novel at the end of the last block."""

    def take(self, unit: Unit, start: int, end: int, token: int) -> bool:
        """Add the next unit, its place in characters and the token it stands in; whether a block is now full."""
        self.trail.add(unit, start, end, token)
        self.exact.push(unit.exact)
        self.masked.push(unit.masked)
        count = self.exact.count
        named = unit.is_name and not self._opening
        self._opening = unit.ends_sentence
        self._packed += unit.weight + (_NAME if named else 0)
        self.phrases.push(unit, count - 1, symbol=named or unit.kind in _SYMBOLS)
        if count % BLOCK:
            return False
        exact, masked = self.exact.novel, self.masked.novel
        self.makeups.add(self._packed, exact - self._novel[0], masked - self._novel[1])
        self._packed, self._novel = 0, (exact, masked)
        return True

    def makeup(self, units: int) -> Makeup:
        """What the last `units` units, up to whole blocks, are made of."""
        return self.makeups.last(-(-units // BLOCK))
