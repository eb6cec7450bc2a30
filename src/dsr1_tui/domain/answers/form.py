"""What a boxed body comes to, and when two of them are the same."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dsr1_tui.domain.answers.algebra import HUGE

DEGREES: Final = "°"
"""The scale of an angle in degrees."""


class FormKind(StrEnum):
    """What sort of answer a body is."""

    VALUE = "value"
    """A number, a letter, a formula; maybe with a unit."""
    TEXT = "text"
    SET = "set"
    SEQUENCE = "sequence"
    """A tuple, a point, an interval."""
    UNION = "union"
    RELATION = "relation"
    """An equation or inequality that gives no single letter's value."""
    MATRIX = "matrix"
    RATIO = "ratio"
    UNREAD = "unread"
    """Beyond this package: only the same spelling is known to be equal."""


class Likeness(StrEnum):
    """Whether two bodies mean the same."""

    EQUAL = "equal"
    UNEQUAL = "unequal"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class NormalForm:
    """A body in its one spelling."""

    kind: FormKind
    key: str
    """Equal keys of one kind mean the same."""
    exact: bool = False
    """Whether different keys of one kind mean different things."""
    name: str = ""
    """What the answer is given for: the x of `x = 5`; empty if it stands alone."""
    unit: str = ""
    """What a value counts, in base units; empty for none. The key is in base units too."""
    scale: str = ""
    """How many base units the unit is; empty without a unit."""
    shown: str = ""
    """The key of the value as it is written before its unit (100 of `100 cm`); empty without a unit."""
    plain: str = ""
    """TeX of the value alone, for a computer algebra system: no name, no unit, no typesetting."""
    whole: str = ""
    """As `plain`, with the name."""


def compare_forms(one: NormalForm, other: NormalForm) -> Likeness:
    """Whether two forms mean the same. EQUAL is an equivalence relation; UNEQUAL is said only where it is certain."""
    if _identity(one) == _identity(other):
        return Likeness.EQUAL
    if same_but_for_label(one, other):
        return Likeness.UNSURE
    if _differ(one, other):
        return Likeness.UNEQUAL
    return Likeness.UNSURE


def same_but_for_label(one: NormalForm, other: NormalForm) -> bool:
    """Whether they differ only in that one gives a name or a unit and the other none: `x = 5`, `5`, `5 cm`.

    Graders take such answers as the same. It is not transitive (5 cm, 5, 5 kg), so it is no case of EQUAL.
    """
    if one.kind is not other.kind or not _may_agree(one.name, other.name):
        return False
    if (one.key, one.unit) == (other.key, other.unit):
        return True
    return (not one.scale and other.shown == one.key) or (not other.scale and one.shown == other.key)


def algebra_pair(one: NormalForm, other: NormalForm) -> tuple[str, str] | None:
    """What a computer algebra system is to compare of two forms that are UNSURE; `None` where it must not be asked.

    It reads words as products of letters and drops units, so neither may be left for it to judge.
    """
    if FormKind.TEXT in (one.kind, other.kind) or not _may_agree(one.name, other.name):
        return None
    if one.scale and other.scale and (one.unit, one.scale) != (other.unit, other.scale):
        return None
    if HUGE in one.key or HUGE in other.key:
        return None  # no system works it out in time either
    relation = FormKind.RELATION in (one.kind, other.kind)
    pair = (one.whole, other.whole) if relation else (one.plain, other.plain)
    return pair if all(text and "\\text" not in text for text in pair) else None


def _identity(form: NormalForm) -> tuple[str, ...]:
    return (form.kind, form.key, form.name, form.unit)


def _may_agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _differ(one: NormalForm, other: NormalForm) -> bool:
    kinds = {one.kind, other.kind}
    if FormKind.UNREAD in kinds:
        return False
    if FormKind.TEXT in kinds:
        return True
    if not _may_agree(one.name, other.name) or not _may_agree(one.unit, other.unit):
        return True
    if len(kinds) == 1:
        return one.exact and other.exact and not _crosses(one, other)
    if kinds == {FormKind.VALUE, FormKind.RELATION}:  # an equation says more than the value on its right
        return not one.name and not other.name
    if kinds <= {FormKind.VALUE, FormKind.SET, FormKind.SEQUENCE} or kinds == {FormKind.VALUE, FormKind.UNION}:
        return one.exact and other.exact
    return kinds == {FormKind.VALUE, FormKind.MATRIX}


def _crosses(one: NormalForm, other: NormalForm) -> bool:
    """A unit's letter may be meant as a variable: `5m` and `5 m`."""
    labelled, bare = (one, other) if one.scale else (other, one)
    return bool(labelled.scale) and labelled.scale != DEGREES and not bare.scale and "*" in bare.key
