"""The recent past of a text as units with their places, and what that past is made of."""

from array import array
from dataclasses import dataclass

from dsr1_tui.domain.repetition_units import Unit, UnitKind


@dataclass(frozen=True, slots=True)
class Makeup:
    """What a stretch of units is made of."""

    total: int
    words: int
    symbols: int
    """Numbers and single letters: what carries the content of a calculation."""
    chars: int
    """Letters and digits deep inside unbroken runs."""
    code: int
    """Marks that prose seldom has."""
    breaks: int
    equals: int
    """Equations: calculations, never plain lists of numbers."""
    bars: int
    """Bars of tables."""

    @property
    def prose(self) -> bool:
        """Whether it is said rather than tabulated, coded or calculated."""
        return self.words * 2 >= self.total and self.code * 8 <= self.total

    @property
    def structure(self) -> bool:
        """Whether it looks like code, markup, data or a table."""
        return self.code * 4 >= self.total or self.bars * 10 >= self.total

    @property
    def wordiness(self) -> float:
        """Words for each symbol."""
        return self.words / max(1, self.symbols)


class Trail:
    """The last `window` units at least, twice as many at most; counted from the text's first unit, 0."""

    __slots__ = ("_ends", "_first", "_starts", "_tokens", "_units", "_window", "fenced")

    def __init__(self, window: int) -> None:
        self._window = window
        self._first = 0
        self._units: list[Unit] = []
        self._starts = array("q")
        self._ends = array("q")
        self._tokens = array("q")
        self.fenced = False
        """Whether the text is inside a fenced block of code."""

    @property
    def count(self) -> int:
        """Units so far."""
        return self._first + len(self._units)

    @property
    def first(self) -> int:
        """The oldest unit remembered."""
        return self._first

    def add(self, unit: Unit, start: int, end: int, token: int) -> None:
        """Append a unit, its place in characters, and the token it stands in."""
        self._units.append(unit)
        if unit.is_fence:
            self.fenced = not self.fenced
        self._starts.append(start)
        self._ends.append(end)
        self._tokens.append(token)
        if len(self._units) >= 2 * self._window:
            drop = len(self._units) - self._window
            del self._units[:drop], self._starts[:drop], self._ends[:drop], self._tokens[:drop]
            self._first += drop

    def units(self, start: int, stop: int) -> list[Unit]:
        """The units from `start` to `stop` (exclusive) that are remembered."""
        return self._units[max(0, start - self._first) : max(0, stop - self._first)]

    def start_of(self, index: int) -> int:
        """Where a unit begins in the text; of the oldest remembered one for older ones."""
        return self._starts[max(0, index - self._first)]

    def end_of(self, index: int) -> int:
        """Where a unit ends in the text, exclusive; of the oldest remembered one for older ones."""
        return self._ends[max(0, index - self._first)]

    def token_of(self, index: int) -> int:
        """The token a unit stands in, counted from 0; of the oldest remembered one for older ones."""
        return self._tokens[max(0, index - self._first)]

    def makeup(self, last: int) -> Makeup:
        """What the last `last` units are made of."""
        units = self._units[-last:]
        kinds = [unit.kind for unit in units]
        return Makeup(
            total=len(units),
            words=kinds.count(UnitKind.WORD),
            symbols=kinds.count(UnitKind.NUMBER) + kinds.count(UnitKind.LETTER),
            chars=kinds.count(UnitKind.CHAR),
            code=sum(unit.is_code for unit in units),
            breaks=kinds.count(UnitKind.BREAK),
            equals=sum(unit.is_equals for unit in units),
            bars=sum(unit.is_bar for unit in units),
        )
