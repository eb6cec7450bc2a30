"""How much space stands between the atoms of a row: TeX's table of classes, in cells."""

from typing import Final, NamedTuple

from dsr1_tui.render.maths.nodes import Big, Cls, Fence, Frac, Group, Node, Row, Script, Space, Stacked, Sym, Text

_AFTER_SIGN: Final = frozenset({Cls.BIN, Cls.REL, Cls.OPEN, Cls.PUNCT, Cls.FUNC, Cls.BIG})
"""Classes after which a sign belongs to what follows it."""
_OPERATORS: Final = frozenset({Cls.BIN, Cls.REL})
_BEFORE_END: Final = frozenset({Cls.REL, Cls.CLOSE, Cls.PUNCT})
_SIGNS: Final = frozenset("+−±∓⊙")
"""Operators that may stand before their operand; ⊙O is a circle."""
_MARKS: Final = frozenset(".!?%°…，。、；：！？")
"""What follows an operand without being one."""


class Placed(NamedTuple):
    """A node in its row."""

    node: Node
    gap: int
    """Cells of space before it."""
    cls: Cls
    """The class that it has here."""


def class_of(node: Node) -> Cls:
    """The class of a node by itself."""
    if isinstance(node, Sym):
        return node.cls
    match node:
        case Big(text, _):  # a bare name acts as a function: max(a, b)
            return Cls.FUNC if text.isalpha() else Cls.BIG
        case Script(Big(), _, _):
            return Cls.BIG
        case Script(base, _, _):
            return Cls.ORD if base is None else class_of(base)
        case Stacked(base, _, _, _):
            return class_of(base)
        case Fence():
            return Cls.CLOSE
        case _:
            return Cls.ORD


def placed(row: Row, *, tight: bool = False, after: Cls | None = None) -> list[Placed]:
    """The nodes of `row` with the space before each; `Space` nodes become gaps, one at the end a node of its own.

    `tight` leaves out the space around operators, as TeX does in scripts. `after` is the class of what stands before
    the row, as in a column of aligned equations.
    """
    if len(row) == 1 and after is None and isinstance(row[0], Sym):  # most scripts and many halves of fractions
        return [Placed(row[0], 0, Cls.ORD if row[0].cls is Cls.BIN else row[0].cls)]
    out: list[Placed] = []
    wanted: int | None = None
    integral = False
    before = after
    last: Node | None = None
    for at, node in enumerate(row):
        if isinstance(node, Space):
            wanted = node.cells if wanted is None or not node.cells else wanted + node.cells
            continue
        cls = class_of(node)
        if cls is Cls.BIN:
            cls = _resolved(node, before, _following(row, at))
        elif cls is Cls.REL and _is_ratio(row, at):
            cls = Cls.ORD
        gap = 0 if before is None else _gap(last, before, node, cls, tight=tight)
        if integral and not gap and last is not None and _is_differential(row, at, before):
            gap = 1
        if wanted is not None:
            gap = wanted if not wanted or tight else max(gap, wanted)
            wanted = None
        if not isinstance(node, Sym):
            integral = integral or _is_integral(node)
        if gap and (isinstance(node, Text) or isinstance(last, Text)):
            gap = max(0, gap - _own_space(last, node))
        out.append(Placed(node, gap, cls))
        before = Cls.OPEN if cls is Cls.ORD and _is_prefix(node, cls) else cls
        last = node
    if wanted:
        out.append(Placed(Text(" " * wanted), 0, Cls.ORD))
    return out


def last_class(row: Row) -> Cls:
    """The class of what a row ends in, for what goes on behind it."""
    places = placed(row)
    return places[-1].cls if places else Cls.ORD


def is_prefix(place: Placed) -> bool:
    """Whether a sign stands before its operand instead of between two."""
    return _is_prefix(place.node, place.cls)


def is_operand(node: Node) -> bool:
    """Whether `node` is something that a neighbour could be multiplied with or applied to."""
    if isinstance(node, Script) and node.base is not None:
        node = node.base
    if isinstance(node, Sym):
        return node.cls in {Cls.ORD, Cls.FUNC, Cls.OPEN} and node.text[:1] not in _MARKS | frozenset(",;|/")
    return not isinstance(node, Text | Space)


def is_number(node: Node) -> bool:
    """Whether `node` is a plain number, or a fraction of two."""
    if isinstance(node, Group) and len(node.body) == 1:
        node = node.body[0]
    if isinstance(node, Frac):
        return all(len(half) == 1 and isinstance(half[0], Sym) and is_number(half[0]) for half in (node.num, node.den))
    return isinstance(node, Sym) and node.text[:1].isdigit()


def _is_prefix(node: Node, cls: Cls) -> bool:
    return cls is Cls.ORD and isinstance(node, Sym) and node.cls is Cls.BIN and node.text in _SIGNS


def _following(row: Row, at: int) -> Cls | None:
    """The class of the next node that is no space; None at the row's end."""
    for node in row[at + 1 :]:
        if not isinstance(node, Space):
            return _left_class(node, class_of(node))
    return None


def _left_class(node: Node, cls: Cls) -> Cls:
    """The class that a node shows to what stands before it: a fence begins with its opener."""
    if isinstance(node, Script) and node.base is not None:
        node = node.base
    return Cls.OPEN if isinstance(node, Fence) else cls


def _resolved(node: Node, before: Cls | None, following: Cls | None) -> Cls:
    """The class of an operator between its neighbours: without operands it is an ordinary symbol."""
    sign = isinstance(node, Sym) and node.text in _SIGNS
    if before is None or before in _AFTER_SIGN:
        return Cls.ORD if sign or following is None or following in _BEFORE_END else Cls.BIN
    return Cls.ORD if following in _BEFORE_END else Cls.BIN


def _gap_of(before: Cls, left: Cls) -> int:
    """Cells between two classes outside scripts."""
    if before in _OPERATORS or left in _OPERATORS:
        return int(not (left is Cls.PUNCT or before is Cls.REL is left or before is Cls.OPEN or left is Cls.CLOSE))
    if before is Cls.PUNCT:
        return int(left is not Cls.CLOSE)
    if before is Cls.BIG:
        return int(left not in {Cls.CLOSE, Cls.PUNCT})
    if left in {Cls.FUNC, Cls.BIG}:
        return int(before is not Cls.OPEN)
    return int(before is Cls.FUNC and left is Cls.ORD)


_GAPS: Final = tuple(tuple(_gap_of(before, left) for left in Cls) for before in Cls)


def _gap(last: Node | None, before: Cls, node: Node, cls: Cls, *, tight: bool) -> int:
    """Cells between two atoms."""
    left = cls if isinstance(node, Sym) else _left_class(node, cls)
    gap = _GAPS[before][left]
    if not gap:
        # The name of an unknown command must not run into what follows it.
        named = before is Cls.ORD is left and isinstance(last, Sym) and len(last.text) > 1 and last.text[0] == "\\"
        return int(named)
    if tight and (before in _OPERATORS or left in _OPERATORS):
        return int(_is_word(last) or _is_word(node))
    return int(not tight or (before is not Cls.PUNCT and (before is not Cls.BIG or left is not Cls.OPEN)))


def _is_word(node: Node | None) -> bool:
    return isinstance(node, Sym) and len(node.text) > 1 and node.text.isalpha()


def _is_ratio(row: Row, at: int) -> bool:
    """Whether the colon of `2:3` stands here."""
    node = row[at]
    if not isinstance(node, Sym) or node.text != ":" or not 0 < at < len(row) - 1:
        return False
    return is_number(row[at - 1]) and is_number(row[at + 1])


def _is_integral(node: Node) -> bool:
    if isinstance(node, Script) and node.base is not None:
        node = node.base
    return isinstance(node, Big) and node.text[0] in "∫∬∭⨌∮∯∰"


def _is_differential(row: Row, at: int, before: Cls | None) -> bool:
    """Whether the `d` of `dx` stands here, after something to integrate."""
    node = row[at]
    if not isinstance(node, Sym) or node.text != "d" or before not in {Cls.ORD, Cls.CLOSE} or at + 1 == len(row):
        return False
    after = row[at + 1]
    if isinstance(after, Script) and after.base is not None:
        after = after.base
    return isinstance(after, Sym) and len(after.text) == 1 and after.text.isalpha()


def _own_space(last: Node | None, node: Node) -> int:
    """How many of two neighbours are texts that bring a space of their own to the place between them."""
    brought = isinstance(node, Text) and node.text.startswith(" ")
    return brought + (isinstance(last, Text) and last.text.endswith(" "))
