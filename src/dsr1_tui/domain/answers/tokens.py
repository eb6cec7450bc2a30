"""A cleaned body in pieces: numbers, letters, words, signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dsr1_tui.domain.answers.algebra import TooHardError
from dsr1_tui.domain.answers.spelling import FUNCTIONS, LETTERS, OPTIONS, SEPARATORS, SHORT_WORDS, SIGNS, STYLES, TEXTS
from dsr1_tui.domain.answers.units import BARE, BARE_LETTERS, is_unit
from dsr1_tui.domain.answers.words import numeral, numeral_length


class Kind(StrEnum):
    """What a piece is."""

    NUMBER = "number"
    LETTER = "letter"
    WORD = "word"
    SIGN = "sign"
    """An operator, a relation, a bracket, or a command with arguments."""
    SEPARATOR = "separator"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece."""

    kind: Kind
    text: str
    """In its one spelling: `frac`, `<=`, `pi`, `1000.5`."""
    spaced: bool = False
    """Whether a blank stands before it."""


MOST_TOKENS: Final = 1500
MOST_DIGITS: Final = 400
_GROUPED: Final = re.compile(
    r"[1-9]\d{0,2}(?:(?:\{,\}|,)\d{3})+(?!\d)(?:\.\d+)?|[1-9]\d{0,2}(?: \d{3})+(?! ?\d)(?:\.\d+)?"
)
_TIED: Final = re.compile(r"[1-9]\d{0,2}(?:\{,\}\d{3})+(?!\d)(?:\.\d+)?")
_SINGLE: Final = re.compile(r"(?:\d+\.(?=\\(?:overline|dot))|\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,4}(?![\w.]))?")
_COMMAND: Final = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_LATIN: Final = re.compile(r"[A-Za-z]+")
_CHINESE: Final = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]+")
_LONG, _MIDDLE = 4, 3


def tokens_of(text: str) -> tuple[Token, ...]:
    """The pieces of a cleaned body; `TooHardError` where there are too many."""
    found: list[Token] = []
    for token in _Reader(text).tokens():
        found.append(token)
        if len(found) > MOST_TOKENS:
            raise TooHardError
    return tuple(found)


@dataclass(slots=True)
class _Reader:
    text: str
    worded: bool = False
    """Inside `\\text{}`: letters are words."""
    place: int = 0
    depth: int = 0
    """Open brackets: a comma between digits inside them parts two numbers."""
    before: Token | None = None
    """The piece before the last."""
    last: Token | None = None

    def tokens(self) -> Iterator[Token]:
        while self.place < len(self.text):
            spaced = self.text[self.place] == " "
            self.place += spaced
            if self.place >= len(self.text):
                return
            for token in self._piece(spaced=spaced):
                self.before, self.last = self.last, token
                yield token

    def _piece(self, *, spaced: bool) -> Iterator[Token]:
        char = self.text[self.place]
        if char == " ":
            self.place += 1
        elif char.isascii() and (char.isdigit() or (char == "." and self._digit_follows())):
            yield self._number(spaced=spaced)
        elif char == "\\":
            yield from self._command(spaced=spaced)
        elif found := _LATIN.match(self.text, self.place):
            self.place = found.end()
            yield from self._latin(found[0], spaced=spaced)
        elif found := _CHINESE.match(self.text, self.place):
            self.place = found.end()
            yield from _chinese(found[0], spaced=spaced, opens=self.last is None, after=self.last)
        else:
            self.place += 1
            yield self._sign(char, spaced=spaced)

    def _digit_follows(self) -> bool:
        return self.text[self.place + 1 : self.place + 2].isdecimal()

    def _number(self, *, spaced: bool) -> Token:
        grouped = (_TIED if self.depth else _GROUPED).match(self.text, self.place)
        found = grouped or _SINGLE.match(self.text, self.place)
        if found is None or len(found[0]) > MOST_DIGITS:
            raise TooHardError
        self.place = found.end()
        return Token(Kind.NUMBER, found[0].replace("{,}", "").replace(",", "").replace(" ", ""), spaced)

    def _sign(self, char: str, *, spaced: bool) -> Token:
        if char in "([":
            self.depth += 1
        elif char in ")]":
            self.depth -= 1
        if char in ",;":
            return Token(Kind.SEPARATOR, char, spaced)
        if char == "π":
            return Token(Kind.LETTER, "pi", spaced)
        if char.isalpha():
            return Token(Kind.LETTER, char, spaced)
        return Token(Kind.SIGN, char, spaced)

    def _command(self, *, spaced: bool) -> Iterator[Token]:
        found = _COMMAND.match(self.text, self.place)
        if found is None:
            raise TooHardError
        name = found[0][1:]
        self.place = found.end()
        if name in TEXTS:
            yield from _of_text(self._argument(), spaced=spaced)
        elif name in ("mathbb", "mathcal", "mathscr", "mathfrak"):
            yield Token(Kind.LETTER, f"{name}:{self._argument().strip()}", spaced)
        elif name in STYLES:
            return
        elif name in ("begin", "end"):
            yield Token(Kind.SIGN, f"{name}:{self._argument().strip().rstrip('*')}", spaced)
        elif name in SIGNS:
            sign = SIGNS[name]
            self.depth += (sign in {"\\{", "("}) - (sign in {"\\}", ")"})
            yield Token(Kind.SEPARATOR if sign == ";" else Kind.SIGN, sign, spaced)
        elif name in FUNCTIONS:
            yield Token(Kind.SIGN, name, spaced)
        elif name.isalpha():
            yield Token(Kind.LETTER, LETTERS.get(name, name), spaced)
        else:
            raise TooHardError

    def _argument(self) -> str:
        """What stands in the braces here, read over; one character where there are none."""
        while self.text.startswith(" ", self.place):
            self.place += 1
        start, depth = self.place, 0
        while self.place < len(self.text):
            char = self.text[self.place]
            self.place += 1
            depth += (char == "{") - (char == "}")
            if not depth:
                break
        else:
            raise TooHardError
        inner = self.text[start : self.place]
        return inner[1:-1] if inner.startswith("{") else inner

    def _latin(self, run: str, *, spaced: bool) -> Iterator[Token]:
        low = run.casefold()
        if low in {"and", "or"}:
            yield Token(Kind.SEPARATOR, low, spaced)
        elif low in FUNCTIONS:
            yield Token(Kind.SIGN, low, spaced)
        elif low == "percent":
            yield Token(Kind.SIGN, "%", spaced)
        elif low in {"sqrt", "pi", "infty", "infinity", "inf"}:
            yield {
                "sqrt": Token(Kind.SIGN, "sqrt", spaced),
                "pi": Token(Kind.LETTER, "pi", spaced),
            }.get(low, Token(Kind.LETTER, "∞", spaced))
        elif self.worded or self._is_word(run, spaced=spaced):
            yield Token(Kind.WORD, run, spaced)
        else:
            for place, letter in enumerate(run):
                yield Token(Kind.LETTER, letter, spaced and not place)

    def _is_word(self, run: str, *, spaced: bool) -> bool:
        r"""Whether letters without `\\text` are a word and not a product."""
        counted = self.last is not None and (self.last.kind is Kind.NUMBER or self.last.text in "})/°")
        if len(run) == 1:
            per = self.last is not None and self.last.text == "/" and self.before and self.before.kind is Kind.WORD
            ends = self.place >= len(self.text) or self.text[self.place] in "/^,"
            return run in BARE_LETTERS and (bool(per) or (counted and spaced and ends))
        if set(run) <= OPTIONS and len(set(run)) == len(run):
            return False
        if len(run) >= _LONG or run.casefold() in SHORT_WORDS:
            return True
        if run in BARE and (counted or self.last is None or self.last.kind is Kind.WORD):
            return True
        alone = (self.last is None or spaced) and self.text[self.place : self.place + 1] in {"", " ", ",", "."}
        return len(run) == _MIDDLE and alone and not set(run) <= set("abcxyz")


def _of_text(inner: str, *, spaced: bool) -> Iterator[Token]:
    r"""The pieces of what stands in `\\text{}`."""
    reader = _Reader(inner.replace("$", " ") if inner.count("$") > 1 else inner, worded=True)
    for place, token in enumerate(reader.tokens()):
        yield Token(token.kind, token.text, token.spaced or (spaced and not place))


def _chinese(run: str, *, spaced: bool, opens: bool, after: Token | None) -> Iterator[Token]:
    """A run of Chinese: a separator, a numeral with its unit, a unit before a separator, or a word."""
    length = numeral_length(run) if opens or (after and after.kind is Kind.SEPARATOR) else 0
    value = numeral(run[:length]) if length and (length == len(run) or is_unit(run[length:])) else None
    if value is not None:
        sign, above, below = "-" if value < 0 else "", str(abs(value.numerator)), str(value.denominator)
        if sign:
            yield Token(Kind.SIGN, "-", spaced)
        yield Token(Kind.NUMBER, above, spaced)
        if below != "1":
            yield Token(Kind.SIGN, "/")
            yield Token(Kind.NUMBER, below)
        if run[length:]:
            yield Token(Kind.WORD, run[length:])
    elif run in SEPARATORS:
        yield Token(Kind.SEPARATOR, run, spaced)
    elif len(run) > 1 and run[-1] in SEPARATORS and is_unit(run[:-1]):
        yield Token(Kind.WORD, run[:-1], spaced)
        yield Token(Kind.SEPARATOR, run[-1])
    elif run == "度":
        yield Token(Kind.SIGN, "°", spaced)
    else:
        yield Token(Kind.WORD, run, spaced)
