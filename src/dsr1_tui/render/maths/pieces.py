"""Pieces of a one-line formula and how tightly each holds together, which decides where parentheses are needed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dsr1_tui.render.maths.nodes import Cls, Script, Sym
from dsr1_tui.render.maths.spacing import Placed, is_prefix

SUM: Final = 0
"""Sums, relations, lists, words."""
QUOTIENT: Final = 1
"""Quotients, products with a sign, applied functions."""
PRODUCT: Final = 2
"""Factors side by side, and a sign with one operand."""
ROOT: Final = 3
"""A radical: closed on its left side."""
ATOM: Final = 4

BOX_START: Final = "\ufdd0"
BOX_END: Final = "\ufdd1"
"""Noncharacters that mark where a box begins and ends in a piece; the lexer lets none in from outside."""

_BOX_MARKS: Final = re.compile(f"([{BOX_START}{BOX_END}])")
_UNMARKED: Final = str.maketrans("", "", BOX_START + BOX_END)
_SUFFIXES: Final = frozenset("!%°′″")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line."""

    text: str
    prec: int
    """How tightly it holds together, from `SUM` to `ATOM`."""
    tail: bool = False
    """Whether a letter or digit right behind it would be read into it, as in `√2x`."""

    def stripped(self) -> str:
        """The text without blank ends."""
        return self.text.strip()

    def enclosed(self, least: int) -> str:
        """The text, in parentheses if it holds together less tightly than `least`."""
        return self.stripped() if self.prec >= least else f"({self.stripped()})"


def by_box(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of `text` that are not empty, without marks, each with whether it is inside a box."""
    level = 0
    for part in _BOX_MARKS.split(text):
        if part == BOX_START:
            level += 1
        elif part == BOX_END:
            level -= 1
        elif part:
            yield part, level > 0


def unboxed(text: str) -> str:
    """`text` without the marks of boxes."""
    return text.translate(_UNMARKED)


def joined(parts: list[tuple[int, Piece]], prec: int) -> Piece:
    """The pieces in one, each with the given cells of space before it."""
    text = ""
    tail = False
    out: list[str] = []
    for gap, piece in parts:
        if tail and not gap and piece.text[:1].isalnum():
            gap = 1  # noqa: PLW2901 - the piece before would swallow this one
        out.append(" " * gap + piece.text)
        tail = piece.tail if piece.text else tail
    text = "".join(out)
    return Piece(text, prec, tail=tail)


def binding(places: list[Placed], pieces: list[Piece], *, applied: bool) -> int:
    """How tightly a row holds together: as its loosest operator does; `applied` for a function of one argument."""
    while len(places) > 1 and isinstance(node := places[-1].node, Sym) and node.text in _SUFFIXES:
        places = places[:-1]
    if len(places) == 1:
        return pieces[0].prec
    if not places or applied:
        return ATOM
    prec = PRODUCT
    for at, place in enumerate(places):
        if place.cls is Cls.REL:
            return SUM
        prec = min(prec, _operator(place, first=at == 0), pieces[at].prec)
        if prec == SUM:
            break
    return prec


def _operator(place: Placed, *, first: bool) -> int:
    """How tightly a node holds its neighbours together."""
    node = place.node
    if isinstance(node, Script) and node.base is not None:
        node = node.base
    match place.cls:
        case Cls.REL | Cls.PUNCT:
            return SUM
        case Cls.BIN:
            return SUM if isinstance(node, Sym) and node.text in "+−±∓∪∩∨∧∖⊕" else QUOTIENT
        case Cls.FUNC | Cls.BIG:
            return QUOTIENT
        case _:
            if is_prefix(place):
                return PRODUCT if first else SUM
            return QUOTIENT if isinstance(node, Sym) and node.text == "/" else ATOM
