"""How a node stands to its neighbours in one line: what must be set off in parentheses, what is one thing as it is."""

import re
from typing import Final

from dsr1_tui.render.maths.nodes import Accent, Cls, Fence, Frac, Group, Node, Row, Script, Sym, Table, Text
from dsr1_tui.render.maths.pieces import ATOM, Piece
from dsr1_tui.render.maths.spacing import Placed, is_number, is_operand, is_prefix, last_class

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_FUNCTION_LETTERS: Final = frozenset("fghpqFGHPQETφψΓζσ")
"""Letters that are read as functions before parentheses; `a(b + c)` is a product."""
_PAIR: Final = 2
_NO_FACTORS: Final = frozenset({Cls.BIN, Cls.REL, Cls.PUNCT})


def is_fraction(node: Node) -> bool:
    """Whether `node` is a fraction, braces around it aside."""
    while isinstance(node, Group) and len(node.body) == 1:
        node = node.body[0]
    return isinstance(node, Frac)


def is_simple_root(body: Row) -> bool:
    """Whether a radical's body is one letter or number, which needs neither parentheses nor a bar."""
    if len(body) != 1:
        return False
    node = body[0]
    if isinstance(node, Accent) and len(node.body) == 1:
        node = node.body[0]
    return isinstance(node, Sym) and (len(node.text) == 1 or _NUMBER.fullmatch(node.text) is not None)


def is_application(places: list[Placed]) -> bool:
    """Whether a row is a single function of something in parentheses, such as `f(x)`."""
    if len(places) != _PAIR:
        return False
    name, argument = places[0].node, places[1].node
    if isinstance(name, Script) and name.base is not None:
        name = name.base
    if not isinstance(argument, Fence) or not isinstance(name, Sym):
        return False
    return name.cls is Cls.FUNC or name.text in _FUNCTION_LETTERS


def is_closed(row: Row) -> bool:
    """Whether a row is one thing in delimiters already."""
    return len(row) == 1 and isinstance(row[0], Fence)


def before_cell(table: Table, cells: tuple[Row, ...], at: int) -> Cls | None:
    """The class of what stands before a cell: equations go on across their alignment mark."""
    return last_class(cells[at - 1]) if table.kind == "aligned" and at % 2 else None


def set_off(places: list[Placed], at: int, piece: Piece) -> tuple[int, Piece]:
    """The gap before a fraction and the fraction, in parentheses where a neighbour could be read into it."""
    gap = places[at].gap
    closed = Piece(f"({piece.text})", ATOM)
    if at:
        before = places[at - 1]
        if gap == 0 and _is_whole(before.node) and is_number(places[at].node):
            return 1, Piece(piece.text, piece.prec, tail=True)  # a mixed number: 2 1/3
        if before.cls is Cls.FUNC:
            return 0, closed
        if _divides(before.node) or _touches(before, gap):
            return gap, closed
    if at + 1 < len(places):
        after = places[at + 1]
        if _divides(after.node) or (isinstance(after.node, Sym) and after.node.text in {"!", "%"}):
            return gap, closed
        if is_operand(after.node) and after.cls not in _NO_FACTORS and after.gap <= 1:
            return gap, closed
    return gap, piece


def _is_whole(node: Node) -> bool:
    return isinstance(node, Sym) and is_number(node)


def _divides(node: Node) -> bool:
    return isinstance(node, Sym) and node.text in {"÷", "/"}


def _touches(before: Placed, gap: int) -> bool:
    """Whether what stands before a fraction is multiplied with it."""
    return (
        gap == 0 and before.cls in {Cls.ORD, Cls.CLOSE} and not is_prefix(before) and not isinstance(before.node, Text)
    )
