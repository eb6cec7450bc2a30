"""At which distance a stream of units repeats itself, and since when, in constant time a unit."""

from array import array
from typing import Final

GRAM: Final = 4
"""Units that must recur before a distance is tried."""
_BASE: Final = 0x100000001B3
_LAST: Final = pow(_BASE, GRAM, 1 << 64)
_MASK: Final = (1 << 64) - 1


class PeriodTracker:
    """One stream of 64-bit unit codes, its recent past, and the distance ("lag") at which it now repeats itself.

    Every unit's last four are looked up among those of the recent past: where they were met before is a lag to try,
    and a lag is kept as long as each new unit equals the one that lag before. Within a true cycle a shorter false lag
    breaks, and the four units at the break occur at the true one; so the cycle is found within its second copy.
    """

    __slots__ = ("_codes", "_extended", "_first", "_hash", "_seen", "_window", "count", "lag", "novel", "run")

    def __init__(self, window: int) -> None:
        """Remember the last `window` units at least, twice as many at most."""
        self._window = window
        self._codes = array("Q", bytes(8 * GRAM))
        self._first = -GRAM
        """Index of the first remembered unit in the whole stream."""
        self._hash = 0
        self._seen: dict[int, int] = {}
        """Where four units were met last, by their hash; negative (one's complement) after the first time."""
        self._extended = False
        self.count = 0
        """Units so far."""
        self.novel = 0
        """How often, so far, the last four units had not been met twice in the recent past: a draft may be restated."""
        self.lag = 0
        """Distance at which the stream now repeats itself, in units; 0 for none."""
        self.run = 0
        """For how many units it has done so."""

    def push(self, code: int) -> None:
        """Take the next unit."""
        codes, seen = self._codes, self._seen
        rolled = self._hash = (self._hash * _BASE + code - codes[-GRAM] * _LAST) & _MASK
        count = self.count
        last = seen.get(rolled)
        if last is None:
            seen[rolled] = ~count
            self.novel += 1
        else:
            seen[rolled] = count
            if last < 0:
                last = ~last
                self.novel += 1
        self.count = count + 1
        lag = self.lag
        if lag and codes[-lag] == code:
            self.run += 1
        elif last is not None and count - last <= self._window:
            self.lag, self.run, self._extended = count - last, GRAM, False
        else:
            self.lag = self.run = 0
        codes.append(code)
        if len(codes) >= 2 * self._window:
            self._forget()

    def stretch(self) -> int:
        """How long the present run really is: it began before its lag was found."""
        if self.lag and not self._extended:
            codes, lag = self._codes, self.lag
            at = len(codes) - self.run - 1
            while at >= lag and codes[at] == codes[at - lag]:
                at -= 1
            self.run = len(codes) - at - 1
            self._extended = True
        return self.run

    def code(self, back: int) -> int:
        """The unit `back` before the last one."""
        return self._codes[-1 - back]

    def _forget(self) -> None:
        drop = len(self._codes) - self._window
        del self._codes[:drop]
        self._first += drop
        oldest = self._first
        self._seen = {gram: at for gram, at in self._seen.items() if (at if at >= 0 else ~at) >= oldest}
