"""Reads a body's pieces as an answer: a value with a name or unit, a list of them, an inequality, an equation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dsr1_tui.domain.answers.algebra import TooHardError
from dsr1_tui.domain.answers.form import FormKind, NormalForm
from dsr1_tui.domain.answers.item import Item, amount, name_of, split
from dsr1_tui.domain.answers.relations import ORDERS, equation, inequality, ratio
from dsr1_tui.domain.answers.tex import rendered
from dsr1_tui.domain.answers.things import Thing, is_exact, sequence, set_of, union_of
from dsr1_tui.domain.answers.tokens import Kind, Token

_OPTIONS: Final = frozenset("ABCDEFGH")
_OR: Final = frozenset({"or", "或", "或者", ","})
_FEWEST: Final = 2
_RELATIONS: Final = frozenset({"=", "∈", "!=", ":", *ORDERS})


def read(tokens: Sequence[Token]) -> NormalForm:
    """The form of a body's pieces; `WordsError` for a text, `TooHardError` for what is beyond this package."""
    whole = rendered(tokens)
    if options := _options(tokens):
        return NormalForm(FormKind.SET, "{" + ",".join(f"1*{one}^1" for one in options) + "}", exact=True)
    parts, between = split(tokens, lambda token: token.kind is Kind.SEPARATOR)
    if len(parts) == 1:
        items = _plus_minus(parts[0])
        form = _form(items[0]) if len(items) == 1 else _listed(items, "or")
        return replace(form, whole=whole, plain=items[0].plain if len(items) == 1 else whole)
    items = [item for part in parts if part for item in _plus_minus(part)]
    if not items:
        raise TooHardError
    form = _form(items[0]) if len(items) == 1 else _listed(items, "or" if set(between) <= _OR else "and")
    return replace(form, whole=whole, plain=whole)


def _options(tokens: Sequence[Token]) -> list[str]:
    """Several options chosen at once, ABD: as the list A, B, D."""
    letters = [token.text for token in tokens]
    if len(letters) < _FEWEST or len(set(letters)) != len(letters) or not set(letters) <= _OPTIONS:
        return []
    return sorted(letters) if all(token.kind is Kind.LETTER for token in tokens) else []


def _plus_minus(tokens: Sequence[Token]) -> list[Item]:
    """One answer, or two where it has ±."""
    first = _item(tokens, 1)
    if not any(token.text in {"±", "∓"} for token in tokens):
        return [first]
    return [first, _item(tokens, -1)]


def _item(tokens: Sequence[Token], sign: int) -> Item:
    tokens = _condition(tokens)
    sides, signs = split(tokens, lambda token: token.kind is Kind.SIGN and token.text in _RELATIONS)
    if not sides[0] and signs[:1] == ["="]:
        sides, signs = sides[1:], signs[1:]  # ≈ 3.14
    if not all(sides):
        raise TooHardError
    if len(sides) == 1:
        return amount(sides[0], sign)
    if set(signs) <= {"=", "∈"}:
        return equation(sides, sign)
    if ":" in signs:
        return ratio(sides, signs, sign)
    return inequality(sides, signs, sign)


def _condition(tokens: Sequence[Token]) -> Sequence[Token]:
    """The condition of a set given by one: {x | x > 3}."""
    if len(tokens) > _FEWEST and tokens[0].text == "\\{" and tokens[-1].text == "\\}":
        parts, _ = split(tokens[1:-1], lambda token: token.text in {"|", ":"})
        if len(parts) == _FEWEST and name_of(split(parts[0], lambda token: token.text == "∈")[0][0]):
            return parts[1]
    return tokens


def _listed(items: Sequence[Item], joined: str) -> NormalForm:
    """The form of several answers."""
    if items[0].name and not any(item.name for item in items[1:]):
        items = [replace(item, name=items[0].name) for item in items]  # x = 3 or 5
    names = [item.name for item in items]
    whole = [item for item in items if isinstance(item.value, Thing) and item.value.kind is FormKind.SEQUENCE]
    if all(names) and len(set(names)) == len(names) and not any(item.scale for item in items):
        ordered = sorted(items, key=lambda item: item.name)  # x = 1, y = 2 is the pair (x, y) = (1, 2)
        pair = sequence("(", [item.value for item in ordered], ")")
        return NormalForm(pair.kind, pair.key, exact=pair.exact, name=f"({','.join(sorted(names))})")
    name = names[0] if len(set(names)) == 1 else ""
    if len(whole) == len(items) and name and joined == "or":
        union = union_of([item.value for item in items])
        return NormalForm(union.kind, union.key, name=name)
    units = {(item.unit, item.scale) for item in items}
    if len(units) == 1:
        value = set_of([item.value for item in items])
        shown = "{" + ",".join(sorted({item.shown for item in items})) + "}" if items[0].scale else ""
        form = _form(replace(items[0], value=value, name=name, shown=shown))
    else:
        keys = sorted({f"{item.name}={item.value.key}{item.unit.dimension}" for item in items})
        form = NormalForm(FormKind.SET, "{" + ",".join(keys) + "}")
    named = any(names) and not name
    exact = all(is_exact(item.value) for item in items) and len(units) == 1
    return replace(form, exact=form.exact and exact and not named, key=form.key if not named else f"{names}{form.key}")


def _form(item: Item) -> NormalForm:
    value = item.value
    return NormalForm(
        value.kind if isinstance(value, Thing) else FormKind.VALUE,
        value.key,
        exact=is_exact(value),
        name=item.name,
        unit=item.unit.dimension,
        scale=item.scale,
        shown=item.shown,
    )
