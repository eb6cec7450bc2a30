"""One answer of a body: a value with what it is given for, its unit, its degrees."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui.domain.answers.algebra import PI_RADIANS, Poly, TooHardError, atom, multiply, number
from dsr1_tui.domain.answers.expression import Expression
from dsr1_tui.domain.answers.form import DEGREES
from dsr1_tui.domain.answers.spelling import FUNCTIONS
from dsr1_tui.domain.answers.tex import rendered
from dsr1_tui.domain.answers.things import Thing, Value
from dsr1_tui.domain.answers.tokens import Kind, Token
from dsr1_tui.domain.answers.units import NO_UNIT, Unit, unit_of

_OPENS: Final = frozenset({"(", "[", "{", "\\{"})
_CLOSES: Final = frozenset({")", "]", "}", "\\}"})
_UNIT_SIGNS: Final = frozenset({"/", "^", "*", "{", "}", "$", "€", "£", "¥", "¢", "-"})
_MONEY: Final = frozenset({"$", "€", "£", "¥"})
_FOLDED_OPTIONS: Final = frozenset("abcd")
_DEGREE_WORDS: Final = frozenset({"degree", "degrees"})
_FEWEST: Final = 2


class WordsError(Exception):
    """The body is a text and no formula."""


@dataclass(frozen=True, slots=True)
class Item:
    """One answer of a list."""

    value: Value
    name: str = ""
    unit: Unit = NO_UNIT
    shown: str = ""
    scale: str = ""
    plain: str = ""


def split(tokens: Sequence[Token], at: Callable[[Token], bool]) -> tuple[list[Sequence[Token]], list[str]]:
    """The pieces between those that `at` names outside of brackets, and what these were."""
    parts: list[Sequence[Token]] = []
    between: list[str] = []
    depth = start = 0
    for place, token in enumerate(tokens):
        if token.text in _OPENS or token.text.startswith("begin:"):
            depth += 1
        elif token.text in _CLOSES or token.text.startswith("end:"):
            depth -= 1
        elif depth == 0 and at(token):
            parts.append(tokens[start:place])
            between.append(token.text)
            start = place + 1
    return [*parts, tokens[start:]], between


def name_of(tokens: Sequence[Token]) -> str:
    """What an answer is given for: x, x_1, f(x), (x, y), words; empty if the pieces are no such thing."""
    texts = [token.text for token in tokens]
    kinds = [token.kind for token in tokens]
    if kinds and all(kind is Kind.WORD for kind in kinds):
        return " ".join(texts).casefold()
    if kinds[:1] == [Kind.LETTER] and (len(kinds) == 1 or set(texts[1:]) <= {"'"} or texts[1] == "_"):
        return _subscripted(texts)
    if len(kinds) == 4 and kinds[0] is kinds[2] is Kind.LETTER and texts[1::2] == ["(", ")"]:  # noqa: PLR2004  f ( x )
        return "y" if texts[0] == "f" else texts[0]
    inside = tokens[1:-1]
    if texts[:1] == ["("] and texts[-1] == ")" and len(texts) % 2 and all(t.kind is Kind.LETTER for t in inside[::2]):
        return "(" + ",".join(texts[1:-1:2]) + ")" if all(t.text == "," for t in inside[1::2]) else ""
    return ""


def _subscripted(texts: Sequence[str]) -> str:
    joined = "".join(text for text in texts if text not in {"{", "}"})
    return joined if joined.replace("_", "").replace("'", "").isalnum() else ""


def formula(tokens: Iterable[Token], sign: int) -> Value:
    """The value of pieces that are no more than a formula."""
    reader = Expression(list(tokens), sign)
    if any(token.kind is Kind.WORD and len(token.text) > 1 for token in reader.tokens):
        raise WordsError
    value = reader.value()
    if reader.place != len(reader.tokens):
        raise TooHardError
    return value


def amount(tokens: Sequence[Token], sign: int) -> Item:
    """A value with what stands behind it (or a currency before it)."""
    if len(tokens) > _FEWEST and tokens[0].kind is Kind.LETTER and tokens[1].text == "(" and _is_pair(tokens[1:]):
        return replace(amount(tokens[1:], sign), name=tokens[0].text)  # the point A(1, 2)
    words: list[str] = []
    bare = _with_celsius(tokens)
    if bare and bare[0].kind is Kind.SIGN and bare[0].text in _MONEY:
        words = [bare.pop(0).text]
    elif len(bare) > _FEWEST and bare[0].text == "-" and bare[1].text in _MONEY:
        words = [bare.pop(1).text]
    degrees = _without_degrees(bare)
    if degrees is not None and not words:
        value = formula(degrees, sign)
        measured = multiply(value, PI_RADIANS) if isinstance(value, Poly) else value
        return Item(measured, shown=value.key, scale=DEGREES, plain=rendered(degrees))
    end = _end_of_value(bare)
    words += [token.text for token in bare[end:] if token.text not in {"{", "}"}]
    if end == 0 and words:
        raise WordsError
    value = formula(bare[:end], sign)
    plain = rendered(bare[:end])
    unit = unit_of(words)
    if unit == NO_UNIT or isinstance(value, Thing):
        return Item(_option(value, tokens), plain=plain)
    measured = multiply(value, number(unit.factor))
    return Item(measured, unit=unit, shown=value.key, scale=str(unit.factor), plain=plain)


def _is_pair(tokens: Sequence[Token]) -> bool:
    parts, _ = split(tokens[1:-1], lambda token: token.text == ",")
    return len(parts) > 1 and tokens[-1].text == ")"


def _option(value: Value, tokens: Sequence[Token]) -> Value:
    """Options in either case are the same."""
    letter = value.letter if isinstance(value, Poly) else None
    return atom(letter.upper()) if letter in _FOLDED_OPTIONS and len(tokens) <= 3 else value  # noqa: PLR2004  (b)


def _with_celsius(tokens: Sequence[Token]) -> list[Token]:
    """The pieces with °C as one word."""
    if len(tokens) < _FEWEST or tokens[-1].text != "C" or tokens[-2].text not in {"°", "}"}:
        return list(tokens)
    before = _without_degrees(tokens[:-1])
    return list(tokens) if before is None else [*before, Token(Kind.WORD, "°C")]


def _without_degrees(tokens: Sequence[Token]) -> Sequence[Token] | None:
    texts = [token.text for token in tokens]
    if not FUNCTIONS.isdisjoint(texts):
        return None  # the degrees of \tan 45^\circ are its argument's
    for ending in (["^", "{", "°", "}"], ["^", "°"], ["°"]):
        if texts[-len(ending) :] == ending and len(texts) > len(ending):
            return tokens[: -len(ending)]
    return tokens[:-1] if len(texts) > 1 and texts[-1].casefold() in _DEGREE_WORDS else None


def _end_of_value(tokens: Sequence[Token]) -> int:
    """Where the unit begins: at the first word, or at the ° of °C, when nothing but units follows."""
    for place, token in enumerate(tokens):
        if token.text == "$" or (token.kind is Kind.WORD and (len(token.text) > 1 or not token.text.isascii())):
            break
        if token.kind is Kind.WORD and place and tokens[place - 1].text not in {"(", "*", "+", "-", "/", "=", "{"}:
            break
    else:
        return len(tokens)
    rest = tokens[place:]
    if any(t.kind is not Kind.WORD and t.text not in _UNIT_SIGNS and not t.text.isdecimal() for t in rest):
        raise WordsError
    return place
