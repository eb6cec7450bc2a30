"""The two-dimensional form: fractions on bars, limits above and below, matrices, cases and boxes."""

from typing import Final, assert_never

from dsr1_tui.render.maths import boxes as two
from dsr1_tui.render.maths.boxes import Box, line
from dsr1_tui.render.maths.fences import fenced
from dsr1_tui.render.maths.inline import Inline
from dsr1_tui.render.maths.letters import lowered, raised
from dsr1_tui.render.maths.neighbours import before_cell, is_simple_root, set_off
from dsr1_tui.render.maths.nodes import (
    Accent,
    Big,
    Binom,
    Boxed,
    Brace,
    Cls,
    Fence,
    Frac,
    Group,
    Line,
    Node,
    Refused,
    Root,
    Row,
    Script,
    Space,
    Stacked,
    Sym,
    Table,
    Text,
)
from dsr1_tui.render.maths.pieces import unboxed
from dsr1_tui.render.maths.spacing import Placed, is_operand, is_prefix, placed
from dsr1_tui.render.maths.tables import arranged, columns

MAX_ROWS: Final = 200
_MAX_COST: Final = 400_000
"""Cells that may be filled while a formula is laid out, those of inner boxes counted each time."""
_MAX_NESTING: Final = 50
_SMALL_FRACTION: Final = 9
"""Cells up to which a fraction inside another, or in a matrix, stands in one line."""

_APART: Final = frozenset({Cls.ORD, Cls.CLOSE})
_MARKS: Final = frozenset(".!?%…。，")

Part = tuple[int, Box]


class Display:
    """Lays rows out in boxes. Raises `Refused` where one is wider than `width`, and where there is too much to do."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._cost = 0
        self._nesting = 0
        self._inline = Inline()

    def row(self, row: Row, *, small: bool = False, after: Cls | None = None) -> Box:
        """A row on one baseline. `small` sets fractions and limits as inside a line, as TeX's text style does."""
        return self._held(two.beside([part for part, _ in self.parts(row, small=small, after=after)]))

    def parts(self, row: Row, *, small: bool = False, after: Cls | None = None) -> list[tuple[Part, Placed]]:
        """The boxes of a row, each with the cells before it and the node that it shows."""
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise Refused("too deep")
        places = placed(row, after=after)
        parts: list[tuple[Part, Placed]] = []
        for at, place in enumerate(places):
            part = self._small_fraction(places, at) if small else None
            if part is None:
                box = self._node(place.node, small=small)
                if not isinstance(place.node, Text):  # a long text may still be broken into lines
                    self._held(box)
                part = (place.gap or _extra(places, at, box, parts), box)
            parts.append((part, place))
        self._nesting -= 1
        return parts

    def _held(self, box: Box) -> Box:
        """`box`, if it is within the limits."""
        self._cost += box.width * box.height + 4
        if box.width > self._width or box.height > MAX_ROWS or self._cost > _MAX_COST:
            raise Refused("too large")
        return box

    def _text(self, row: Row) -> str:
        """A row in one line, without the space around operators: scripts and labels."""
        return unboxed(self._inline.row(row, tight=True).stripped())

    def _node(self, node: Node, *, small: bool) -> Box:
        """One node by itself."""
        match node:
            case Sym(text, _) | Big(text, _) | Text(text):
                return line(text)
            case Space(cells):
                return line(" " * cells)
            case Group(body):
                return self.row(body, small=small)
            case Boxed(body):
                return two.framed(self.row(body, small=small))
            case Frac(num, den, tall):
                inner = not tall
                return two.fraction(self.row(num, small=inner), self.row(den, small=inner))
            case Script():
                return self._script(node, small=small)
            case Fence(left, body, right):
                return self._fence(left, body, right, small=small)
            case Root(body, index):
                if is_simple_root(body):
                    return self._one_line(node)
                return self._root(body, index, small=small)
            case Binom(top, bottom, left, right):
                halves = (self.row(top, small=True), two.EMPTY, self.row(bottom, small=True))
                return fenced(left, two.above(halves, 1), right)
            case Accent() | Line() | Brace() | Stacked() | Table():
                return self._compound(node, small=small)
            case _:
                assert_never(node)

    def _compound(self, node: Accent | Line | Brace | Stacked | Table, *, small: bool) -> Box:
        """What has something drawn along its body, and tables."""
        match node:
            case Accent(_, body):
                inner_box = self.row(body, small=True)
                return (
                    self._one_line(node)
                    if inner_box.height == 1
                    else two.barred(inner_box, over=two.OVERBAR * inner_box.width)
                )
            case Line():
                return self._line(node, small=small)
            case Brace(body, over):
                return two.braced(self.row(body, small=small), None, over=over)
            case Stacked():
                return self._stacked(node, small=small)
            case Table():
                return self._table(node, small=small)
            case _:
                assert_never(node)

    def _root(self, body: Row, index: Row, *, small: bool) -> Box:
        inside, degree = self.row(body, small=small), self._text(index)
        if inside.height == 1:
            degree = raised(degree) or degree
        return two.root(inside, "" if degree in {"2", "²"} else degree)

    def _one_line(self, node: Node) -> Box:
        return line(unboxed(self._inline.row((node,)).text))

    def _small_fraction(self, places: list[Placed], at: int) -> Part | None:
        """A fraction in one line, where it stands inside something that is tall already and is simple enough."""
        node = places[at].node
        if not isinstance(node, Frac) or node.tall or not (_is_plain(node.num) and _is_plain(node.den)):
            return None
        gap, piece = set_off(places, at, self._inline.row((node,)))
        box = line(unboxed(piece.text))
        return (gap, box) if box.width <= _SMALL_FRACTION else None

    def _script(self, node: Script, *, small: bool) -> Box:
        """A base with its scripts: raised characters where they exist, else rows above and below."""
        match node.base:
            case Big():
                return self._limits(node.base, node.sub, node.sup, small=small)
            case Brace(body, over) if (node.sup if over else node.sub) is not None:
                label = line(unboxed(self._inline.row((node.sup if over else node.sub) or ()).stripped()))
                return two.braced(self.row(body, small=small), label, over=over)
            case _:
                base = two.EMPTY if node.base is None else self._node(node.base, small=small)
        sub, sup = self._text(node.sub or ()), self._text(node.sup or ())
        low, high = lowered(sub), raised(sup)
        if base.height > 1:
            return two.scripted(base, sub if low is None else low, sup if high is None else high)
        return two.scripted(base, sub if low is None else "", sup if high is None else "", (low or "") + (high or ""))

    def _limits(self, big: Big, sub: Row | None, sup: Row | None, *, small: bool) -> Box:
        """A big operator with its limits; in small style beside it, where there are characters for that."""
        below, above = self._text(sub or ()), self._text(sup or ())
        low, high = lowered(below), raised(above)
        if (small or not big.limits) and low is not None and high is not None and (small or big.text != "∫"):
            return line(big.text + low + high)
        if not big.limits:
            return two.integral(big.text, below, above)
        parts = [line(big.text)]
        if above:
            parts.insert(0, line(above))
        if sub:
            table = sub[0] if len(sub) == 1 else None
            rows = [sum(cells, ()) for cells in table.rows] if isinstance(table, Table) else [sub]
            parts += [line(self._text(row)) for row in rows]
        return two.above(parts, 1 if above else 0)

    def _fence(self, left: str, body: Row, right: str, *, small: bool) -> Box:
        parts = self.parts(body, small=small)
        box = self._held(two.beside([part for part, _ in parts]))
        if box.height > 1 and any(_divides(place.node) for _, place in parts):
            tall = Box(("│",) * box.height, 1, box.base)
            box = two.beside([(gap, tall if _divides(place.node) else each) for (gap, each), place in parts])
        table = body[0] if len(body) == 1 else None
        if box.height > 1 and isinstance(table, Table) and not table.left:
            box = two.beside([(1 if left else 0, box), (1 if right else 0, two.EMPTY)])
        return fenced(left, box, right)

    def _line(self, node: Line, *, small: bool) -> Box:
        body = self.row(node.body, small=small)
        width = body.width
        match node.kind:
            case _ if width == 0 or not any(row.strip() for row in body.rows):
                return self._one_line(node)
            case "overline" if width > 1:
                return two.barred(body, over=two.OVERBAR * width)
            case "underline":
                return two.barred(body, under=two.UNDERBAR * width)
            case "right" if width > 1:
                return two.barred(body, over="─" * (width - 1) + "→")
            case "left" if width > 1:
                return two.barred(body, over="←" + "─" * (width - 1))
            case "both" if width > 1:
                return two.barred(body, over="←" + "─" * (width - 2) + "→")
            case _:
                return self._one_line(node) if body.height == 1 else body

    def _stacked(self, node: Stacked, *, small: bool) -> Box:
        over = line(self._text(node.over)) if node.over else None
        under = line(self._text(node.under)) if node.under else None
        if node.arrow and isinstance(node.base, Sym):
            return two.arrow(node.base.text, over, under)
        parts = [box for box in (over, self._node(node.base, small=small), under) if box]
        return two.above(parts, 1 if over else 0)

    def _table(self, table: Table, *, small: bool) -> Box:
        count = max(len(cells) for cells in table.rows)
        layout, closed = columns(table.kind, table.align, table.bars, count)
        framed = table.kind in {"matrix", "cases"}
        rows = [
            [
                self.row(
                    cell,
                    small=small or framed,
                    after=before_cell(table, cells, at),
                )
                for at, cell in enumerate(cells)
            ]
            for cells in table.rows
        ]
        box = self._held(arranged(rows, layout, closed=closed, rules=table.rules, centred=framed))
        pads = [(1 if table.left else 0, box), (1 if table.right else 0, two.EMPTY)]
        return fenced(table.left, two.beside(pads), table.right) if table.left or table.right else box


def _extra(places: list[Placed], at: int, box: Box, parts: list[tuple[Part, Placed]]) -> int:
    """A cell of space that only two dimensions need: around bars, and after a root that has none."""
    if not at:
        return 0
    before = places[at - 1]
    last = parts[-1][0][1]
    if isinstance(before.node, Root) and last.height == 1:
        return int(is_operand(places[at].node))
    tall = (isinstance(before.node, Frac) and last.height > 1) or (isinstance(places[at].node, Frac) and box.height > 1)
    apart = places[at].cls in _APART and (before.cls in _APART or is_prefix(before)) and not _is_mark(places[at].node)
    return int(tall and apart)


def _is_plain(row: Row) -> bool:
    """Whether a row may be short in one line; without looking into it, so that nesting costs nothing."""
    return len(row) < _SMALL_FRACTION and all(isinstance(node, Sym | Script | Text | Root) for node in row)


def _divides(node: Node) -> bool:
    r"""Whether `node` is the bar of a set or of `\middle|`, which grows with what is around it."""
    return isinstance(node, Sym) and node.text == "|" and node.cls is Cls.REL


def _is_mark(node: Node) -> bool:
    return isinstance(node, Sym) and node.text in _MARKS
