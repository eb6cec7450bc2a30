"""What stretches of a text are made of, for any number of last blocks at the cost of one subtraction."""

from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.repetition_units import CODE, DATA, EQUALS, FIELD, FIELDS, NAMES, UnitKind

BLOCK: Final = 16
"""Units between two looks at the rules."""
_MASK: Final = (1 << FIELD) - 1
_EXACT, _MASKED = FIELDS, FIELDS + 1


@dataclass(frozen=True, slots=True)
class Makeup:
    """The counters of a stretch of units."""

    total: int
    packed: int

    def _field(self, field: int) -> int:
        return self.packed >> FIELD * field & _MASK

    @property
    def words(self) -> int:
        """Words, or characters of scripts without blanks."""
        return self._field(UnitKind.WORD)

    @property
    def symbols(self) -> int:
        """Numbers, single letters and names: what carries the content of a calculation or a case."""
        return self._field(UnitKind.NUMBER) + self._field(UnitKind.LETTER) + self._field(NAMES)

    @property
    def chars(self) -> int:
        """Letters deep inside unbroken runs."""
        return self._field(UnitKind.CHAR)

    @property
    def digits(self) -> int:
        """Digits deep inside unbroken runs."""
        return self._field(UnitKind.DIGIT)

    @property
    def breaks(self) -> int:
        """Line breaks."""
        return self._field(UnitKind.BREAK)

    @property
    def equals(self) -> int:
        """Equations: calculations, never plain lists of numbers."""
        return self._field(EQUALS)

    @property
    def novel(self) -> int:
        """Units whose last four had not been met twice before."""
        return self._field(_EXACT)

    @property
    def novel_masked(self) -> int:
        """The same with numbers and single letters set aside."""
        return self._field(_MASKED)

    @property
    def prose(self) -> bool:
        """Whether it is said rather than tabulated, coded or calculated."""
        return self.words * 5 >= self.total * 3 and self.plain

    @property
    def plain(self) -> bool:
        """As `prose`, but with more room for numbers."""
        return self.words * 2 >= self.total and (self._field(CODE) + self.equals) * 8 <= self.total

    @property
    def structure(self) -> bool:
        """Whether it looks like markup, data or a table."""
        return self._field(DATA) * 8 >= self.total

    @property
    def wordiness(self) -> float:
        """Words for each symbol."""
        return self.words / max(1, self.symbols)


class Makeups:
    """The counters at the end of each of the last blocks."""

    __slots__ = ("_keep", "_sums")

    def __init__(self, keep: int) -> None:
        """Remember `keep` blocks at least, twice as many at most."""
        self._keep = keep
        self._sums = [0]

    def __len__(self) -> int:
        """Blocks that a look back can cover."""
        return len(self._sums) - 1

    def add(self, packed: int, novel: int, novel_masked: int) -> None:
        """Append a block by its counters and what was novel in it."""
        packed += (novel << FIELD * _EXACT) + (novel_masked << FIELD * _MASKED)
        self._sums.append(self._sums[-1] + packed)
        if len(self._sums) > 2 * self._keep:
            del self._sums[: self._keep]

    def last(self, blocks: int, *, before: int = 0) -> Makeup:
        """Of the last `blocks` blocks, or as many as there are, that end `before` blocks ago."""
        end = len(self._sums) - 1 - before
        start = max(0, end - blocks)
        return Makeup((end - start) * BLOCK, self._sums[end] - self._sums[start])
