"""Reads a formula's pieces into an exact value, or a set, tuple, interval or matrix of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dsr1_tui.domain.answers.algebra import (
    OPAQUE,
    Poly,
    TooHardError,
    add,
    atom,
    divide,
    multiply,
    negative,
    number,
    power,
)
from dsr1_tui.domain.answers.form import FormKind
from dsr1_tui.domain.answers.spelling import FUNCTIONS
from dsr1_tui.domain.answers.things import (
    Thing,
    Value,
    as_poly,
    binomial,
    factorial_of,
    is_exact,
    sequence,
    set_of,
    union_of,
)
from dsr1_tui.domain.answers.tokens import Kind, Token

DEEPEST: Final = 30
"""Brackets within one another; what is nested deeper is left unread."""
PI: Final = "pi"
_END: Final = Token(Kind.SIGN, "")
_CLOSING: Final = {"(": (")", "]"), "[": ("]", ")"), "{": ("}",), "\\{": ("\\}",)}
_MATRICES: Final = frozenset({"matrix", "pmatrix", "bmatrix", "Bmatrix"})
_FACTORS: Final = frozenset({"(", "{", "frac", "sqrt", "binom"})
_CALLED: Final = frozenset("fgh")


@dataclass(slots=True)
class Expression:
    """One formula being read; each method returns a value or raises `TooHardError`."""

    tokens: Sequence[Token]
    sign: int = 1
    """What ± stands for in this reading."""
    place: int = 0
    depth: int = 0

    @property
    def here(self) -> Token:
        """The next piece; an empty one at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else _END

    def value(self) -> Value:
        """A sum, or sets joined by ∪."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooHardError
        parts = [self._sum()]
        while self._take("∪"):
            parts.append(self._sum())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else union_of(parts)

    def _take(self, *texts: str) -> str:
        token = self.here
        if token.kind is Kind.SIGN and token.text in texts:
            self.place += 1
            return token.text
        return ""

    def _need(self, *texts: str) -> str:
        if found := self._take(*texts):
            return found
        raise TooHardError

    def _sum(self) -> Value:
        first = self._signed(self._take("+", "-", "±", "∓"))
        if not self._more_of_sum():
            return first
        parts = [as_poly(first)]
        while sign := self._take("+", "-", "±", "∓"):
            parts.append(as_poly(self._signed(sign)))
        return add(*parts)

    def _more_of_sum(self) -> bool:
        return self.here.kind is Kind.SIGN and self.here.text in {"+", "-", "±", "∓"}

    def _signed(self, sign: str) -> Value:
        minus = sign == "-" or (sign == "±" and self.sign < 0) or (sign == "∓" and self.sign > 0)
        while again := self._take("+", "-"):
            minus ^= again == "-"
        found = self._product()
        return negative(as_poly(found)) if minus else found

    def _product(self) -> Value:
        result = self._factor()
        divided = False
        while True:
            if sign := self._take("*", "/"):
                negated = self._take("-")
                factor = as_poly(self._factor())
                factor = negative(factor) if negated else factor
                result = divide(as_poly(result), factor) if sign == "/" else multiply(as_poly(result), factor)
                divided |= sign == "/"
            elif self._starts_factor():
                mixed = self._mixed(result)
                if mixed is None:
                    if self.here.kind is Kind.NUMBER or divided:  # 1/2x can be read in two ways
                        raise TooHardError
                    mixed = multiply(as_poly(result), as_poly(self._factor()))
                result = mixed
            else:
                return result

    def _starts_factor(self) -> bool:
        token = self.here
        if token.kind in (Kind.NUMBER, Kind.LETTER):
            return True
        return token.kind is Kind.SIGN and (
            token.text in {"(", "{", "frac", "sqrt", "binom"} or token.text in FUNCTIONS
        )

    def _mixed(self, whole: Value) -> Poly | None:
        r"""A mixed number: 1\\frac{1}{2} or 1 1/2."""
        before = self.tokens[self.place - 1]
        if before.kind is not Kind.NUMBER or not before.text.isdecimal():
            return None
        ahead = [token.text for token in self.tokens[self.place : self.place + 7]]
        if self.here.kind is Kind.NUMBER:
            if ahead[1:2] != ["/"] or len(ahead) < 3 or not (ahead[0] + ahead[2]).isdecimal():  # noqa: PLR2004  a / b
                return None
            self.place += 3
            return add(as_poly(whole), number(Fraction(int(ahead[0]), int(ahead[2]) or 1)))
        if ahead[:1] != ["frac"]:
            return None
        part = self._factor()
        size = part.constant if isinstance(part, Poly) else None
        if size is None or not 0 < size < 1:
            return multiply(as_poly(whole), as_poly(part))
        return add(as_poly(whole), number(size))

    def _factor(self) -> Value:
        result = self._primary()
        while True:
            if self._take("°"):
                result = multiply(as_poly(result), multiply(number(Fraction(1, 180)), atom(PI)))
            elif self._take("%"):
                result = multiply(as_poly(result), number(Fraction(1, 100)))
            elif self._take("!"):
                result = factorial_of(as_poly(result))
            elif self._take("^"):
                result = self._raised(as_poly(result))
            else:
                return result

    def _raised(self, base: Poly) -> Poly:
        if self.here.text == "°" or [t.text for t in self.tokens[self.place : self.place + 3]] == ["{", "°", "}"]:
            self.place += 1 if self.here.text == "°" else 3
            return multiply(base, multiply(number(Fraction(1, 180)), atom(PI)))
        minus = self._take("-")
        exponent = as_poly(self._primary())
        return power(base, negative(exponent) if minus else exponent)

    def _primary(self) -> Value:
        token = self.here
        self.place += 1
        match token.kind:
            case Kind.NUMBER:
                return self._numeral(token)
            case Kind.LETTER:
                return self._letter(token)
            case Kind.WORD if len(token.text) == 1 and token.text.isascii():
                return atom(token.text)
            case Kind.SIGN if token.text in FUNCTIONS:
                return self._function(token.text)
            case Kind.SIGN:
                return self._structure(token.text)
            case _:
                raise TooHardError

    def _structure(self, sign: str) -> Value:
        match sign:
            case "frac":
                above, below = as_poly(self._argument()), as_poly(self._argument())
                return divide(above, below)
            case "sqrt":
                degree = number(2)
                if self._take("["):
                    degree = as_poly(self.value())
                    self._need("]")
                return power(as_poly(self._argument()), divide(number(1), degree))
            case "binom":
                return binomial(as_poly(self._argument()), as_poly(self._argument()))
            case "emptyset":
                return atom("∅")
            case "(" | "[" | "{" | "\\{":
                return self._bracket(sign)
            case "|":
                inside = as_poly(self.value())
                self._need("|")
                size = inside.constant
                return atom(f"{OPAQUE}abs({inside.key})") if size is None else number(abs(size))
            case _ if sign.startswith("begin:") and sign[6:] in _MATRICES:
                return self._matrix(sign[6:])
            case _:
                raise TooHardError

    def _argument(self) -> Value:
        """A command's argument: a group, or one digit, as TeX has it."""
        token = self.here
        if token.kind is Kind.NUMBER and len(token.text) > 1 and token.text.isdecimal():
            rest = Token(Kind.NUMBER, token.text[1:])
            self.tokens = [*self.tokens[: self.place], rest, *self.tokens[self.place + 1 :]]
            return number(int(token.text[0]))
        return self._primary()

    def _numeral(self, token: Token) -> Value:
        value = Fraction(token.text.removesuffix("."))
        if "." in token.text and self._take("overline"):
            digits = self._repeated()
            places = len(token.text.partition(".")[2])
            value += Fraction(int(digits), (10 ** len(digits) - 1) * 10**places)
        if self.here.text == "_":
            self.place += 1
            return atom(f"{OPAQUE}{token.text} in base {self._primary().key}")
        return number(value)

    def _repeated(self) -> str:
        braced = self._take("{")
        digits = self.here.text
        self.place += 1
        if braced:
            self._need("}")
        if not digits.isdecimal():
            raise TooHardError
        return digits

    def _letter(self, token: Token) -> Value:
        name = token.text
        if self._take("_"):
            name += f"_{self._primary().key}"
        while self._take("'"):
            name += "'"
        if name in _CALLED and self.here.text == "(":
            return atom(f"{OPAQUE}{name}({as_poly(self._primary()).key})")
        return atom(name)

    def _function(self, name: str) -> Value:
        base = self._primary().key if self._take("_") else ""
        raised = self._take("^") and f"^{self._primary().key}"
        argument = self._function_argument()
        return atom(f"{OPAQUE}{name}{base}{raised}({argument.key})")

    def _function_argument(self) -> Value:
        r"""A bracket, or the factors up to the next sign, bracket or function: \\sin 2x."""
        if self.here.text in _CLOSING or self.here.text == "|":
            return self._primary()
        result = self._factor()
        while self._starts_factor() and self.here.text not in FUNCTIONS and self.here.text not in _CLOSING:
            result = multiply(as_poly(result), as_poly(self._factor()))
        return result

    def _bracket(self, opens: str) -> Value:
        if opens == "\\{" and self._take("\\}"):
            return atom("∅")
        items = [self.value()]
        while self.here.kind is Kind.SEPARATOR:
            self.place += 1
            items.append(self.value())
        closes = self._need(*_CLOSING[opens])
        if opens in ("{", "\\{"):
            return set_of(items)
        if len(items) == 1:
            return items[0] if (opens, closes) in {("(", ")"), ("[", "]")} else Thing(FormKind.UNREAD, "", exact=False)
        return sequence(opens, items, closes)

    def _matrix(self, name: str) -> Value:
        rows: list[list[Value]] = [[self.value()]]
        while not self._take(f"end:{name}"):
            if self._need("&", "\\\\") == "&":
                rows[-1].append(self.value())
            elif not self._take(f"end:{name}"):
                rows.append([self.value()])
            else:
                break
        key = ";".join(",".join(cell.key for cell in row) for row in rows)
        return Thing(FormKind.MATRIX, key, all(is_exact(cell) for row in rows for cell in row))
