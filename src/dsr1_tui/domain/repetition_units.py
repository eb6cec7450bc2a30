"""Text as units (words, characters, numbers, marks), so that loops are sought in what is said, not in tokens."""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from zlib import crc32

_CJK: Final = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_NUMERALS: Final = "零〇一二三四五六七八九十百千万两"
_LONG_WORD: Final = 20
"""Letters of one unit; what follows unbroken (base64, "hahaha…", scripts without blanks) goes letter by letter."""
_LONG_NUMBER: Final = 16
_LONG_MARK: Final = 16
_UNIT: Final = re.compile(
    rf"""
      ((?<=第)[{_NUMERALS}]{{1,10}} | [{_NUMERALS}]{{2,10}})   # 1: a Chinese number (a lone 一 is mostly a word)
    | ([{_CJK}])                                               # 2: a character that is a word
    | ([^\W\d_{_CJK}]{{1,{_LONG_WORD}}})                       # 3: a word
    | (\d{{1,{_LONG_NUMBER}}})                                 # 4: a number
    | (\n\s{{0,15}})                                           # 5: a line break with the indent that follows
    | ([^\S\n]{{1,{_LONG_MARK}}})                              # 6: blanks, which say nothing unless they never end
    | (['’](?:s|t|m|d|ll|re|ve)(?![^\W\d_]))                   # 7: what an apostrophe cuts off
    | ([^\w\s]|_)\8{{0,{_LONG_MARK - 1}}}                      # 8: a mark, or a run of the same mark
    """,
    re.VERBOSE,
)
_CJK_NUMBER, _CHARACTER, _LETTERS, _DIGITS, _BREAK, _BLANKS, _SHORTENED = 1, 2, 3, 4, 5, 6, 7
_FLUSH: Final = 48
"""Characters gathered before they are read: a call for each token would cost more than the reading."""
_KNOWN_LIMIT: Final = 4096
_SENTENCE_ENDS: Final = frozenset(".!?。！？…")
_CLAUSE_ENDS: Final = _SENTENCE_ENDS | frozenset(";:,；：，、")
_CODE: Final = frozenset('|{}[]<>;"`_\\/#+^&@~%$*')
_DATA: Final = frozenset('|│┃║<>[]";')
_LIST_WORDS: Final = frozenset(("a", "A", "I"))
_VALUE: Final = {
    numeral: value
    for value, numerals in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for numeral in numerals
}
_POWER: Final = {"十": 10, "百": 100, "千": 1000, "万": 10000}


FIELD: Final = 32
"""Bits of each counter in a unit's `weight`."""


class UnitKind(IntEnum):
    """What a unit is."""

    WORD = 0
    """A word of letters, or one character of a script without blanks."""
    LETTER = 1
    """A single letter that is no word: a variable, a label."""
    CHAR = 2
    """A letter deep inside an unbroken run (base64, scripts without blanks)."""
    DIGIT = 3
    """A digit deep inside an unbroken run (the digits of pi)."""
    NUMBER = 4
    MARK = 5
    BREAK = 6


CODE, DATA, EQUALS, NAMES, FIELDS = range(len(UnitKind), len(UnitKind) + 5)
"""The counters behind those of the kinds: marks and indents that prose seldom has (signs of equality apart); marks that
tables, markup and data have but formulas have not; signs of equality; names; and how many counters there are."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; equal texts share one object while they are remembered."""

    exact: int
    """64 bits that stand for the text, case ignored."""
    masked: int
    """As `exact`, but the same for all numbers and the same for all single letters."""
    kind: UnitKind
    value: int | None
    """Of a number."""
    ends_clause: bool
    ends_sentence: bool
    weight: int
    """What it adds to the counters of a text: all of them are one integer, so that a unit costs one addition."""
    is_name: bool
    """Written like a name, or like the first word of a sentence."""
    is_fence: bool
    """Opens or closes a block of code, at the beginning of a line."""


Placed = tuple[Unit, int, int]
"""A unit, and its start and end (exclusive) in all text fed so far, code points. A bare tuple: one is made a unit."""


class UnitReader:
    """Units of a text that comes in pieces: the same units for the same text, however it is cut.

    At most 48 characters, and behind them one unfinished unit, wait for more.
    """

    __slots__ = ("_buffer", "_known", "_long", "_offset", "_read")

    def __init__(self) -> None:
        self._buffer = ""
        self._offset = 0
        """Of the buffer's first character in the whole text."""
        self._read = 0
        """Characters of the buffer that have been read; one stays as what stands before the next unit."""
        self._long = 0
        """Which group is being read letter by letter, 0 for none."""
        self._known: dict[tuple[str, int], Unit] = {}

    @property
    def chars(self) -> int:
        """Characters fed so far."""
        return self._offset + len(self._buffer)

    def feed(self, text: str) -> list[Placed]:
        """Take more text; the units that are complete by now."""
        self._buffer += text
        if len(self._buffer) - self._read < _FLUSH:
            return []
        buffer, end, offset, known = self._buffer, len(self._buffer), self._offset, self._known
        placed: list[Placed] = []
        read = self._read
        for match in _UNIT.finditer(buffer, read):
            group = match.lastindex or 0
            text, stop = match.group(), match.end()
            if self._long and (group != self._long or match.start() != read):
                self._long = 0
            if self._long:
                placed += ((self._unit(char, 0), offset + at, offset + at + 1) for at, char in enumerate(text, read))
                read = stop
                continue
            if stop == end and not _complete(group, text):
                break
            read = stop
            if group == _BLANKS and len(text) < _LONG_MARK:
                continue
            unit = known.get((text, group)) or self._unit(text, group)
            placed.append((unit, offset + match.start(), offset + stop))
            if (group == _LETTERS and len(text) == _LONG_WORD) or (group == _DIGITS and len(text) == _LONG_NUMBER):
                self._long = group
        keep = max(read - 1, 0)
        self._buffer, self._offset, self._read = buffer[keep:], offset + keep, read - keep
        return placed

    def _unit(self, text: str, group: int) -> Unit:
        """The unit of a text not met lately; `group` 0 is a character of a long run."""
        if (known := self._known.get((text, group))) is not None:
            return known
        if len(self._known) >= _KNOWN_LIMIT:
            self._known.clear()
        unit = self._known[text, group] = _make(text, group)
        return unit


def _complete(group: int, text: str) -> bool:
    """Whether a unit at the very end of the buffer can grow no more."""
    match group:
        case 2:
            return text not in _NUMERALS
        case 3:
            return len(text) == _LONG_WORD
        case 1:
            return len(text) == 10  # noqa: PLR2004 - the pattern's own limit
        case 7:
            return False
        case _:
            return len(text) == _LONG_MARK


def _code_of(text: str) -> int:
    """64 well mixed bits, the same in every process (Python's own string hash is not)."""
    low = crc32(text.encode("utf-8", "surrogatepass"))
    return ((low << 32 | low) * 0x9E3779B97F4A7C15 ^ len(text)) & 0xFFFFFFFFFFFFFFFF


_ANY_NUMBER: Final = _code_of("\0number")
_ANY_LETTER: Final = _code_of("\0letter")


def _make(text: str, group: int) -> Unit:
    exact = _code_of(text.lower())
    masked, kind, value = exact, UnitKind.WORD, None
    if group == 0:
        kind = UnitKind.DIGIT if text.isdigit() else UnitKind.CHAR
        masked = _ANY_NUMBER if kind is UnitKind.DIGIT else exact
    elif group in {_CJK_NUMBER, _DIGITS}:
        kind, masked = UnitKind.NUMBER, _ANY_NUMBER
        value = int(text) if group == _DIGITS else _chinese_value(text)
    elif group == _BREAK:
        exact = masked = _code_of("\n")
        kind = UnitKind.BREAK
    elif group == _LETTERS and len(text) == 1 and text not in _LIST_WORDS:
        kind, masked = UnitKind.LETTER, _ANY_LETTER
    elif group not in {_CHARACTER, _LETTERS, _SHORTENED}:
        kind = UnitKind.MARK
    return Unit(
        exact,
        masked,
        kind,
        value,
        ends_clause=kind is UnitKind.BREAK or (kind is UnitKind.MARK and text[0] in _CLAUSE_ENDS),
        ends_sentence=kind is UnitKind.BREAK or (kind is UnitKind.MARK and text[0] in _SENTENCE_ENDS),
        weight=_weight(kind, text),
        is_name=text.istitle() and len(text) > 1,
        is_fence=text.startswith(("```", "~~~")),
    )


def _weight(kind: UnitKind, text: str) -> int:
    weight = 1 << FIELD * kind
    if kind is UnitKind.MARK:
        for field, marks in ((CODE, _CODE), (DATA, _DATA), (EQUALS, "=≡≈")):
            weight += (text[0] in marks) << FIELD * field
    elif kind is UnitKind.BREAK and text.endswith(("  ", "\t")):  # an indent
        weight += 1 << FIELD * CODE
    return weight


def _chinese_value(text: str) -> int:
    """二百三十一 is 231; digits without powers are read by place (二〇二六)."""
    if not any(char in _POWER for char in text):
        return int("".join(str(_VALUE[char]) for char in text))
    total = section = digit = 0
    for char in text:
        if (power := _POWER.get(char)) is None:
            digit = _VALUE[char]
        elif power == _POWER["万"]:
            total, section, digit = (total + section + digit) * power, 0, 0
        else:
            section, digit = section + (digit or 1) * power, 0
    return total + section + digit
