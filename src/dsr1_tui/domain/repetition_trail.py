"""The recent past of a text as units with their places."""

from array import array

from dsr1_tui.domain.repetition_units import Unit, UnitKind


class Trail:
    """The last `window` units at least, twice as many at most; counted from the text's first unit, 0."""

    __slots__ = ("_ends", "_starts", "_tokens", "_units", "_window", "fenced", "first")

    def __init__(self, window: int) -> None:
        self._window = window
        self._units: list[Unit] = []
        self._starts = array("q")
        self._ends = array("q")
        self._tokens = array("q")
        self.first = 0
        """The oldest unit remembered."""
        self.fenced = False
        """Whether the text is inside a fenced block of code."""

    @property
    def count(self) -> int:
        """Units so far."""
        return self.first + len(self._units)

    def add(self, unit: Unit, start: int, end: int, token: int) -> None:
        """Append a unit, its place in characters, and the token it stands in."""
        if unit.is_fence and (not self._units or self._units[-1].kind is UnitKind.BREAK):
            self.fenced = not self.fenced
        self._units.append(unit)
        self._starts.append(start)
        self._ends.append(end)
        self._tokens.append(token)
        if len(self._units) >= 2 * self._window:
            drop = len(self._units) - self._window
            del self._units[:drop], self._starts[:drop], self._ends[:drop], self._tokens[:drop]
            self.first += drop

    def units(self, start: int, stop: int) -> list[Unit]:
        """The units from `start` to `stop` (exclusive) that are remembered."""
        return self._units[max(0, start - self.first) : max(0, stop - self.first)]

    def last(self, units: int) -> list[Unit]:
        """The last units."""
        return self._units[-units:]

    def start_of(self, index: int) -> int:
        """Where a unit begins in the text; of the oldest remembered one for older ones."""
        return self._starts[max(0, index - self.first)]

    def end_of(self, index: int) -> int:
        """Where a unit ends in the text, exclusive; of the oldest remembered one for older ones."""
        return self._ends[max(0, index - self.first)]

    def token_of(self, index: int) -> int:
        """The token a unit stands in, counted from 0; of the oldest remembered one for older ones."""
        return self._tokens[max(0, index - self.first)]
