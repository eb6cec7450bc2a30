"""Steps through the tokens of a formula: one at a time, as raw source, or as the digits of a number."""

from typing import Final

from dsr1_tui.render.maths.lexer import tokenize
from dsr1_tui.render.maths.nodes import Refused

_GROUP: Final = 3
_THOUSANDS: Final = ([","], ["{", ",", "}"], [",", r"\!"])
"""How models write the comma of 1,000."""


class Cursor:
    """A place in the tokens of one formula. Raises `Refused` where the source cannot be cut into tokens."""

    def __init__(self, source: str) -> None:
        tokens = tokenize(source)
        self._source = tokens.source
        self._texts = tokens.texts
        self._starts = tokens.starts
        self._at = 0

    def peek(self, ahead: int = 0) -> str:
        """The next token, or one behind it; empty at the end."""
        at = self._at + ahead
        return self._texts[at] if at < len(self._texts) else ""

    def take(self) -> str:
        """The next token, which is then behind the cursor. Raises `Refused` at the end."""
        found = self.peek()
        if not found:
            raise Refused("something is missing")
        self._at += 1
        return found

    def skip(self, lexeme: str) -> bool:
        """Steps over `lexeme` if it is the next token."""
        if self.peek() != lexeme:
            return False
        self._at += 1
        return True

    def expect(self, lexeme: str) -> None:
        """Steps over `lexeme`. Raises `Refused` where another token stands."""
        if not self.skip(lexeme):
            raise Refused(f"{lexeme} is missing")

    def spaced(self) -> bool:
        """Whether white space stands before the next token."""
        at = self._starts[self._at] if self._at < len(self._starts) else 0
        return at > 0 and self._source[at - 1].isspace()

    def raw(self) -> str:
        """The source of a braced argument, or one token. Raises `Refused` where a brace is not closed."""
        if not self.skip("{"):
            return self.take()
        first, level = self._starts[self._at - 1] + 1, 1
        while level:
            level += {"{": 1, "}": -1}.get(self.take(), 0)
        return self._source[first : self._starts[self._at - 1]]

    def raw_option(self) -> str:
        """The tokens of an optional argument in brackets; empty without one."""
        if self.peek() != "[":
            return ""
        first = self._at + 1
        while self.take() != "]":
            pass
        return "".join(self._texts[first : self._at - 1])

    def at_digit(self, ahead: int = 0) -> bool:
        """Whether an ASCII digit is the next token, or the one `ahead` of it."""
        return "0" <= self.peek(ahead) <= "9"

    def number(self) -> str:
        """Digits with their decimal point and their thousands commas, however these are written."""
        digits = self._digits()
        while len(digits.rpartition(",")[2]) <= _GROUP and (size := self._thousands()):
            self._at += size
            digits += "," + self._digits()
        if self.peek() == "." and self.at_digit(1):
            self._at += 1
            digits += "." + self._digits()
        return digits

    def _digits(self) -> str:
        first = self._at
        while self.at_digit():
            self._at += 1
        return "".join(self._texts[first : self._at])

    def _thousands(self) -> int:
        """How many tokens a comma takes that three digits follow, all without white space; 0 without one."""
        if self.peek() not in {",", "{"}:
            return 0
        for mark in _THOUSANDS:
            size = len(mark)
            if self._texts[self._at : self._at + size] == mark:
                run = [self.at_digit(size + at) for at in range(_GROUP + 1)]
                if run == [True] * _GROUP + [False] and not self._gap(size):
                    return size
        return 0

    def _gap(self, size: int) -> bool:
        """Whether there is white space between the digit before the cursor and the token `size` further on."""
        start, end = self._starts[self._at], self._starts[self._at + size]
        return any(char.isspace() for char in self._source[start - 1 : end])
