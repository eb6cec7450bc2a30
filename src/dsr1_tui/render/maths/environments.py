r"""Reads what stands in rows and columns: matrices, cases, aligned equations, and bare `&` and `\\` without any."""

from typing import Final, Literal

from dsr1_tui.render.maths.nodes import Refused, Row, Table
from dsr1_tui.render.maths.parser import Builder, Parser

_MATRICES: Final = {
    "matrix": ("", ""),
    "smallmatrix": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
}
_CASES: Final = {"cases": ("{", ""), "dcases": ("{", ""), "rcases": ("", "}"), "drcases": ("", "}")}
_ALIGNED: Final = frozenset({"aligned", "align", "alignat", "alignedat", "split", "eqnarray", "flalign"})
_LINES: Final = frozenset({"gather", "gathered", "multline", "equation", "displaymath", "math", "subarray"})
_ARRAYS: Final = frozenset({"array", "darray", "tabular"})
_NEWLINES: Final = frozenset({r"\\", r"\newline", r"\cr"})
_RULES: Final = frozenset({r"\hline", r"\midrule", r"\toprule", r"\bottomrule", r"\cline"})
_MAX_CELLS: Final = 600

Kind = Literal["matrix", "cases", "aligned", "lines"]


def _begin(p: Parser, name: str, depth: int) -> Row:
    del name
    title = p.raw()
    name = title.removesuffix("*").strip()
    kind: Kind
    align, (left, right) = "c", ("", "")
    bars: frozenset[int] = frozenset()
    if name in _MATRICES:
        p.raw_option()
        kind, (left, right) = "matrix", _MATRICES[name]
    elif name in _CASES:
        kind, align, (left, right) = "cases", "l", _CASES[name]
    elif name in _ARRAYS:
        p.raw_option()
        kind, (align, bars) = "matrix", _columns(p.raw())
    elif name in _ALIGNED:
        p.raw_option()
        if name in {"alignat", "alignedat"}:
            p.raw()
        kind, align = "aligned", "rcl" if name == "eqnarray" else "rl"
    elif name in _LINES:
        p.raw_option()
        align = p.raw().strip()[:1] if name == "subarray" else "l" if name == "multline" else "c"
        kind = "lines"
    else:
        raise Refused("an unknown environment")
    rows, rules = _rows(p, depth + 1)
    p.expect(r"\end")
    if p.raw() != title:
        raise Refused("another environment ends")
    align = align if align in {"l", "r", "rl", "rcl"} or kind == "matrix" else "c"
    return (Table(rows, align, kind, left, right, bars, rules),)


def _columns(spec: str) -> tuple[str, frozenset[int]]:
    """The alignment of each column of an array and where its vertical lines are; at most 40 columns."""
    align = ""
    bars: set[int] = set()
    level = 0
    for char in spec:
        level += {"{": 1, "}": -1}.get(char, 0)
        if level == 0 and char in "lcr":
            align += char
        elif level == 0 and char in "pmb":
            align += "l"
        elif char == "|":
            bars.add(len(align))
    return align[:40] or "c", frozenset(bars)


def _rows(p: Parser, depth: int) -> tuple[tuple[tuple[Row, ...], ...], frozenset[int]]:
    """The rows of cells up to the end of the table, and the rows above which a line is drawn."""
    rows: list[tuple[Row, ...]] = []
    rules: set[int] = set()
    cells: list[Row] = []
    count = 0
    lefts, p.lefts = p.lefts, 0
    while True:
        while not cells and p.peek() in _RULES:
            if p.take() == r"\cline":
                p.raw()
            rules.add(len(rows))
        cells.append(p.row(depth))
        count += 1
        if count > _MAX_CELLS:
            raise Refused("too many cells")
        if p.skip("&"):
            continue
        rows.append(tuple(cells))
        cells = []
        if p.peek() not in _NEWLINES:
            break
        p.take()
        p.skip("*")
        if p.peek() == "[" and not p.spaced():
            p.raw_option()
    p.lefts = lefts
    if len(rows) > 1 and not any(rows[-1]):  # the last row ended in \\
        rows.pop()
    return tuple(rows), frozenset(rules)


def _substack(p: Parser, name: str, depth: int) -> Row:
    del name
    p.expect("{")
    rows, _ = _rows(p, depth + 1)
    p.expect("}")
    return (Table(rows, "c", "lines"),)


def read_lines(p: Parser) -> Row:
    r"""The whole formula. Bare `&` and `\\` make it aligned equations, which TeX would refuse and models write.

    Raises `Refused` where something is left over.
    """
    rows, _ = _rows(p, 0)
    if p.peek():
        raise Refused(f"{p.peek()} stands alone")
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    aligned = any(len(cells) > 1 for cells in rows)
    return (Table(rows, "rl" if aligned else "l", "aligned" if aligned else "lines"),)


def stripped(row: Row) -> Row:
    """`row` without an environment of one cell around all of it, which changes nothing: `equation` is one."""
    while len(row) == 1 and isinstance(table := row[0], Table) and len(table.rows) == len(table.rows[0]) == 1:
        if table.left or table.right or table.kind == "cases":
            break
        row = table.rows[0][0]
    return row


BUILDERS: Final[dict[str, Builder]] = {r"\begin": _begin, r"\substack": _substack}
r"""`\begin` and what else reads rows, by token."""
