"""Equations, inequalities and ratios: as the value of a letter or its interval where they are that."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from dsr1_tui.domain.answers.algebra import Poly, TooHardError, add, atom, multiply, negative, number
from dsr1_tui.domain.answers.form import FormKind
from dsr1_tui.domain.answers.item import Item, amount, formula, name_of
from dsr1_tui.domain.answers.things import Thing, Value, sequence
from dsr1_tui.domain.answers.tokens import Token

ORDERS: Final = {"<": (">", "(", ")"), "<=": (">=", "[", "]"), ">": ("<", ")", "("), ">=": ("<=", "]", "[")}
"""Each order: its mirror, and the bracket of an interval on its left and right end."""
_FEWEST: Final = 2


def equation(sides: Sequence[Sequence[Token]], sign: int) -> Item:
    """A value with its name (`x = 5`), the last value of a chain of numbers, or else an equation."""
    name = name_of(sides[0])
    if not name and len(sides) == _FEWEST and (turned := name_of(sides[1])):
        sides, name = sides[::-1], turned
    if name:
        item = amount(sides[-1], sign)
        if isinstance(item.value, Poly) and name in item.value.atoms:
            raise TooHardError
        return replace(item, name=name)
    values = [formula(side, sign) for side in sides]
    if all(isinstance(value, Poly) and value.constant is not None for value in values):
        return amount(sides[-1], sign)  # 2 + 3 = 5
    if len(values) != _FEWEST:
        raise TooHardError
    difference = _difference(values[0], values[1])
    if not difference.terms:
        raise TooHardError
    scaled = multiply(difference, number(1 / difference.terms[0][1]))
    return Item(Thing(FormKind.RELATION, f"{scaled.key}=0", exact=False))


def _difference(left: Value, right: Value) -> Poly:
    if isinstance(left, Thing) or isinstance(right, Thing):
        raise TooHardError
    return add(left, negative(right))


def inequality(sides: Sequence[Sequence[Token]], signs: Sequence[str], sign: int) -> Item:
    """An interval where it bounds a lone letter, else a relation."""
    if len(sides) == 3 and set(signs) <= set(ORDERS) and (name := name_of(sides[1])):  # noqa: PLR2004  a < x < b
        low, high = formula(sides[0], sign), formula(sides[2], sign)
        if signs[0][0] != signs[1][0]:
            raise TooHardError
        if signs[0][0] == "<":
            return Item(sequence(ORDERS[signs[0]][1], [low, high], ORDERS[signs[1]][2]), name=name)
        return Item(sequence(ORDERS[signs[1]][2], [high, low], ORDERS[signs[0]][1]), name=name)
    if len(sides) != _FEWEST:
        raise TooHardError
    order, left, right = signs[0], sides[0], sides[1]
    if order != "!=" and not name_of(left) and name_of(right):
        order, left, right = ORDERS[order][0], right, left
    bound = formula(right, sign)
    if order != "!=" and (name := name_of(left)) and not (isinstance(bound, Poly) and name in bound.atoms):
        return Item(_ray(order, bound), name=name)
    return _relation(_difference(formula(left, sign), bound), order)


def _relation(difference: Poly, order: str) -> Item:
    """`difference` compared with zero: an interval if it is linear in a lone letter."""
    if not difference.terms:
        raise TooHardError
    mono, leading = difference.terms[-1]
    order = ORDERS[order][0] if leading < 0 and order != "!=" else order
    scaled = multiply(difference, number(1 / leading))
    rest = Poly(scaled.terms[:-1])
    if order != "!=" and len(mono) == 1 and mono[0][1] == 1 and rest.constant is not None:
        return Item(_ray(order, negative(rest)), name=mono[0][0])
    return Item(Thing(FormKind.RELATION, f"{scaled.key}{order}0", exact=False))


def _ray(order: str, bound: Value) -> Thing:
    """The interval on one side of a bound."""
    infinite = atom("∞")
    if order[0] == "<":
        return sequence("(", [negative(infinite), bound], ORDERS[order][2])
    return sequence(ORDERS[order][2], [bound, infinite], ")")


def ratio(sides: Sequence[Sequence[Token]], signs: Sequence[str], sign: int) -> Item:
    """A ratio of numbers, reduced; what may be a time of day (3:30) stays as it is."""
    numbers = [_constant(formula(side, sign)) for side in sides]
    if set(signs) != {":"}:
        raise TooHardError
    written = [side[0].text for side in sides]
    clock = all(len(side) == 1 for side in sides) and all(len(text) == _FEWEST for text in written[1:])
    first = numbers[0] if numbers[0] and not clock else Fraction(1)
    return Item(Thing(FormKind.RATIO, ":".join(str(one / first) for one in numbers), exact=not clock))


def _constant(value: Value) -> Fraction:
    size = value.constant if isinstance(value, Poly) else None
    if size is None:
        raise TooHardError
    return size
