r"""The one-line form: `\frac{a+b}{2}` as `(a + b)/2`, with parentheses exactly where the line needs them."""

import re
from typing import Final, assert_never

from dsr1_tui.render.maths.letters import ARROWS, OVERLINE, SLASH, STROKE, UNDERLINE, lowered, marked, raised
from dsr1_tui.render.maths.neighbours import (
    before_cell,
    is_application,
    is_closed,
    is_fraction,
    is_simple_root,
    set_off,
)
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
from dsr1_tui.render.maths.pieces import ATOM, BOX_END, BOX_START, PRODUCT, QUOTIENT, ROOT, SUM, Piece, binding, joined
from dsr1_tui.render.maths.spacing import placed
from dsr1_tui.render.maths.symbols import character

_MAX_NESTING: Final = 50
"""Rows inside rows: what the parser lets through, and some of it again for paired delimiters."""
_MAX_STEPS: Final = 50_000
"""Nodes that may be rendered for one formula, those in labels and scripts of a display counted each time."""
_DIFFERENTIAL: Final = re.compile(r"(?:[d∂Δδ][^\W\d_][⁰¹²³⁴-⁹ᵃ-ᶻⁿ]*)+")
_WORD: Final = re.compile(r"[^\W_]+")
_RADICALS: Final = {"": "√", "2": "√", "3": "∛", "4": "∜"}


class Inline:
    """Renders rows into pieces of one line. Raises `Refused` where they nest too deeply."""

    def __init__(self) -> None:
        self._nesting = 0
        self._steps = 0

    def row(self, row: Row, *, tight: bool = False, after: Cls | None = None) -> Piece:
        """A whole row, spaced."""
        if len(row) == 1 and isinstance(row[0], Sym):
            return self._node(row[0], tight=tight)
        self._nesting += 1
        self._steps += len(row)
        if self._nesting > _MAX_NESTING or self._steps > _MAX_STEPS:
            raise Refused("too deep or too much")
        places = placed(row, tight=tight, after=after)
        parts: list[tuple[int, Piece]] = []
        for at, place in enumerate(places):
            piece = self._node(place.node, tight=tight)
            gap = place.gap
            if piece.prec == QUOTIENT and is_fraction(place.node):
                gap, piece = set_off(places, at, piece)
            parts.append((gap, piece))
        self._nesting -= 1
        return joined(parts, binding(places, [piece for _, piece in parts], applied=is_application(places)))

    def _node(self, node: Node, *, tight: bool) -> Piece:
        """One node by itself."""
        match node:
            case Sym(text, cls):
                return Piece(text, ATOM if cls is not Cls.FUNC else QUOTIENT)
            case Big(text, _):
                return Piece(text, QUOTIENT)
            case Text(text):
                return Piece(text, SUM if " " in text.strip() else ATOM)
            case Space(cells):
                return Piece(" " * cells, ATOM)
            case Group(body):
                return self.row(body, tight=tight)
            case Boxed(body):
                inner = self.row(body, tight=tight)
                held = inner.stripped()
                return Piece(held and f"{BOX_START}{held}{BOX_END}", inner.prec)
            case Frac(num, den, _):
                return self._fraction(num, den)
            case Script():
                return self._script(node, tight=tight)
            case Fence(left, body, right):
                inner = self.row(body, tight=tight)
                held = inner.stripped() if left else inner.enclosed(PRODUCT)
                return Piece(f"{left}{held}{right}", ATOM)
            case Root(body, index):
                return self._root(body, index)
            case Binom() | Accent() | Line() | Brace() | Stacked() | Table():
                return self._compound(node, tight=tight)
            case _:
                assert_never(node)

    def _compound(self, node: Binom | Accent | Line | Brace | Stacked | Table, *, tight: bool) -> Piece:
        """What has a form of its own in one line."""
        match node:
            case Binom(top, bottom, left, _):
                halves = f"{self.row(top).text}, {self.row(bottom).text}"
                return Piece(f"C({halves})" if left == "(" else f"({halves})", ATOM)
            case Accent(mark, body):
                inner = self.row(body)
                return Piece(marked(inner.text, mark), inner.prec)
            case Line(kind, body):
                return self._line(kind, body)
            case Brace(body, _):
                inner = self.row(body)
                return Piece(inner.enclosed(PRODUCT), max(inner.prec, PRODUCT))
            case Stacked():
                return self._stacked(node)
            case Table():
                return self._table(node, tight=tight)
            case _:
                assert_never(node)

    def _fraction(self, num: Row, den: Row) -> Piece:
        above, below = self.row(num), self.row(den)
        top = above.enclosed(PRODUCT)
        if top[:1] in {"d", "∂", "Δ", "δ"} and _DIFFERENTIAL.fullmatch(below.text):
            return Piece(f"{top}/{below.text}", QUOTIENT)
        return Piece(f"{top}/{below.enclosed(ROOT)}", QUOTIENT)

    def _root(self, body: Row, index: Row) -> Piece:
        inner = self.row(body)
        degree = self.row(index, tight=True).text
        sign = _RADICALS.get(degree)
        if sign is None:
            high = raised(degree)
            sign = f"{high}√" if high else f"({degree})√"
        if is_simple_root(body):
            return Piece(sign + inner.text, ROOT, tail=True)
        return Piece(f"{sign}({inner.stripped()})", ROOT)

    def _script(self, node: Script, *, tight: bool) -> Piece:
        base = Piece("", ATOM) if node.base is None else self._node(node.base, tight=tight)
        text = base.text
        plain = node.base is None or isinstance(node.base, Sym | Big | Text | Fence)
        if not plain and (base.prec in {QUOTIENT, ROOT} or (base.prec == SUM and isinstance(node.base, Brace))):
            text = f"({text})"
        tail = base.tail and text == base.text
        for row, sign, form in ((node.sub, "_", lowered), (node.sup, "^", raised)):
            if row is None:
                continue
            inner = self.row(row, tight=True).text.strip()
            if (short := form(inner)) is not None:
                text += short
                tail = tail and not short
            else:
                bare = len(inner) == 1 or (sign == "_" and _WORD.fullmatch(inner)) or is_closed(row)
                text += f"{sign}{inner}" if bare else f"{sign}({inner})"
                tail = bool(bare)
        prec = QUOTIENT if plain and base.prec == QUOTIENT else ATOM
        return Piece(text, prec, tail=tail)

    def _line(self, kind: str, body: Row) -> Piece:
        inner = self.row(body, tight=True)
        text = inner.text
        if not text.strip():
            return Piece("_" * max(len(text), 4), ATOM) if kind == "underline" else Piece(text, ATOM)
        match kind:
            case "overline":
                return Piece(marked(text, OVERLINE), ATOM)
            case "underline":
                return Piece(marked(self.row(body).text.strip(), UNDERLINE), inner.prec)
            case "hat" | "tilde":
                return Piece(marked(text, "\u0302" if kind == "hat" else "\u0303"), ATOM)
            case "cancel":
                return Piece(marked(text, SLASH if len(text) == 1 else STROKE), inner.prec)
            case _:
                return Piece(text + ARROWS[kind] if inner.prec >= PRODUCT else f"({text}){ARROWS[kind]}", ATOM)

    def _stacked(self, node: Stacked) -> Piece:
        base = self._node(node.base, tight=False)
        over = self.row(node.over, tight=True).text.strip()
        under = self.row(node.under, tight=True).text.strip()
        if node.arrow:
            label = "; ".join(part for part in (over, under) if part)
            return Piece(f"—({label}){base.text}" if label else base.text, base.prec)
        if over == "⌢":
            return Piece("⌢" + base.text, ATOM)
        text = base.text
        for small, sign, form in ((under, "_", lowered), (over, "^", raised)):
            if small:
                text += form(small) or (f"{sign}{small}" if len(small) == 1 else f"{sign}({small})")
        return Piece(text, base.prec)

    def _table(self, table: Table, *, tight: bool) -> Piece:
        lines: list[str] = []
        for cells in table.rows:
            texts = [
                self.row(cell, tight=tight, after=before_cell(table, cells, at)).text for at, cell in enumerate(cells)
            ]
            match table.kind:
                case "matrix":
                    lines.append(", ".join(text.strip() for text in texts))
                case "cases":
                    lines.append(_case([text.strip() for text in texts]))
                case "aligned":
                    lines.append(
                        "".join(f"{'  ' * (at > 0 and at % 2 == 0)}{text}" for at, text in enumerate(texts)).strip()
                    )
                case "lines":
                    lines.append(" ".join(text.strip() for text in texts))
        text = ""
        for line in lines:
            # An equation that goes on in the next row reads on; another one is set apart.
            text += (" " if _goes_on(table, line) else "; " if text and line else "") + line
        if table.left or table.right:
            return Piece(f"{table.left}{text}{table.right or '}' * (table.kind == 'cases')}", ATOM)
        return Piece(text, SUM)


def _goes_on(table: Table, line: str) -> bool:
    """Whether a row of aligned equations continues the one before it."""
    known = character(line[:1] or " ")
    return table.kind in {"aligned", "lines"} and isinstance(known, Sym) and known.cls in {Cls.REL, Cls.BIN}


def _case(texts: list[str]) -> str:
    """A value and its condition."""
    value, *rest = [text for text in texts if text] or [""]
    condition = " ".join(rest)
    if not condition:
        return value
    worded = condition.split(" ")[0].isalpha() and len(condition.split(" ")[0]) > 1
    return (
        f"{value.rstrip(',')} {condition}"
        if worded and not value.endswith(",")
        else f"{value.rstrip(',')}, {condition}"
    )
