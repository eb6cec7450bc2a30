"""How much of what is being said was said before, phrase by phrase and in whatever order: loops that shuffle."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.repetition_units import Unit, UnitKind

_BASE: Final = 0x100000001B3
_MASK: Final = (1 << 64) - 1
_MIN_UNITS: Final = 3
"""Units of a phrase, its closing mark included, below which it says too little to count ("Wait,")."""
_MAX_UNITS: Final = 64
"""Where a phrase is closed even without a mark."""
_MEMORY: Final = 1024
"""Phrases after which one that has not come again is forgotten, at the earliest."""
_RECENT: Final = 512
"""Phrases that a look back can cover."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    key: int
    template: int
    before: int
    """How often it had been said before."""
    start: int
    units: int
    symbols: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The last phrases, about as many units as were asked for."""

    units: int
    twice: int
    """Units in phrases that had been said twice before."""
    symbolic: int
    """Units in phrases with a number, a single letter or a name in them: cases and moves differ in these alone."""
    phrases: int
    distinct: int
    templates: int
    """Distinct phrases, numbers and single letters set aside."""
    start: int
    """Index of the first unit."""
    common: tuple[int, int]
    """First unit and length of the phrase said most."""


class PhraseWatch:
    """Phrases as they close, each with how often it had been said before."""

    __slots__ = ("_hash", "_recent", "_said", "_start", "_symbols", "_template", "_turn", "_units", "old")

    def __init__(self) -> None:
        self._hash = self._template = self._units = self._symbols = self._start = 0
        self._turn = 0
        """Phrases so far."""
        self._said: dict[int, tuple[int, int]] = {}
        """How often each was said, and in which turn last."""
        self._recent: deque[_Phrase] = deque(maxlen=_RECENT)
        self.old = 0
        """Units of the phrases in a row, up to the last one, that had all been said before."""

    def push(self, unit: Unit, index: int, *, symbol: bool) -> None:
        """Take the next unit; `symbol` for one that carries the content of a case or a move."""
        if not self._units:
            if unit.kind >= UnitKind.MARK:
                return
            self._start = index
        self._units += 1
        self._hash = (self._hash * _BASE + unit.exact) & _MASK
        self._template = (self._template * _BASE + unit.masked) & _MASK
        self._symbols += symbol
        if unit.ends_clause or self._units >= _MAX_UNITS:
            if self._units >= _MIN_UNITS:
                self._close()
            self._hash = self._template = self._units = self._symbols = 0

    def coverage(self, units: int) -> Coverage:
        """What the last phrases, `units` units of them or all that is remembered, say again."""
        total = twice = symbolic = 0
        counts: dict[int, int] = {}
        templates: set[int] = set()
        top = (0, 0, 0)
        start = 0
        for phrase in reversed(self._recent):
            total += phrase.units
            twice += phrase.units if phrase.before > 1 else 0
            symbolic += phrase.units if phrase.symbols else 0
            counts[phrase.key] = said = counts.get(phrase.key, 0) + 1
            templates.add(phrase.template)
            start = phrase.start
            if said > top[0]:
                top = (said, phrase.start, phrase.units)
            if total >= units:
                break
        phrases = sum(counts.values())
        return Coverage(total, twice, symbolic, phrases, len(counts), len(templates), start, top[1:])

    def since(self) -> int:
        """Index of the unit where the phrases in a row that had all been said before began."""
        start = self._start
        for phrase in reversed(self._recent):
            if not phrase.before:
                break
            start = phrase.start
        return start

    def _close(self) -> None:
        before, _ = self._said.get(self._hash, (0, 0))
        self._turn += 1
        self._said[self._hash] = (before + 1, self._turn)
        self._recent.append(_Phrase(self._hash, self._template, before, self._start, self._units, self._symbols))
        self.old = self.old + self._units if before else 0
        if len(self._said) >= 2 * _MEMORY:
            oldest = self._turn - _MEMORY
            self._said = {key: said for key, said in self._said.items() if said[1] > oldest}
