"""Finds which delimiters of a row belong together, so that they grow with, and bind, what is between them."""

from typing import Final

from dsr1_tui.render.maths.nodes import Big, Cls, Fence, Node, Row, Script, Sym

_CLOSERS: Final = {"(": ")]", "[": "])", "{": "}", "⟨": "⟩", "⌊": "⌋", "⌈": "⌉"}
"""What may close each opener; half-open intervals mix two kinds."""
_ALL_CLOSERS: Final = frozenset("".join(_CLOSERS.values()))
_BARS: Final = frozenset("|‖")
_DELIMITERS: Final = _ALL_CLOSERS | _BARS | frozenset(_CLOSERS)
_MAX_OPEN: Final = 30
_EXPECTS: Final = frozenset({Cls.BIN, Cls.REL, Cls.OPEN, Cls.PUNCT, Cls.FUNC})
"""Classes after which an operand must follow, so that a bar opens."""


def paired(row: Row) -> Row:
    """`row` with each pair of delimiters, and what is between them, one `Fence` that takes the closer's scripts."""
    if not any(_mark(node) for node in row):
        return row
    stack: list[tuple[str, Node, list[Node]]] = []
    out: list[Node] = []
    ahead = _partners(row)
    for at, node in enumerate(row):
        mark = _mark(node)
        kind = _role(node, mark, out, stack, ahead[at]) if mark else ""
        if kind == "open" and len(stack) < _MAX_OPEN:
            stack.append((mark, node, out))
            out = []
        elif kind == "close":
            out = _closed(stack, out, mark, node)
        elif kind == "divide":
            out.append(Sym(mark, Cls.REL))
        elif mark in _BARS and isinstance(node, Script) and out:  # evaluated at: the bar belongs to what is before it
            out[-1] = Script(Fence("", (out[-1],), mark), node.sub, node.sup)
        else:
            out.append(node)
    while stack:
        out = _unpaired(stack, out)
    return tuple(out)


def _mark(node: Node) -> str:
    """The delimiter that `node` is, under scripts if need be; empty for anything else."""
    if isinstance(node, Script) and node.base is not None:
        node = node.base
    return node.text if isinstance(node, Sym) and node.text in _DELIMITERS else ""


def _role(node: Node, mark: str, out: list[Node], stack: list[tuple[str, Node, list[Node]]], ahead: int) -> str:
    """Whether a delimiter is to open, to close, to divide a set, or to stand for itself; `ahead` bars follow it."""
    scripted = isinstance(node, Script)
    if mark in _CLOSERS:
        return "" if scripted else "open"
    if mark not in _BARS:
        return "close" if any(mark in _CLOSERS.get(opener, "") for opener, _, _ in stack) else ""
    pending = bool(stack) and stack[-1][0] == mark
    if isinstance(node, Sym) and node.cls in {Cls.OPEN, Cls.CLOSE}:
        return "open" if node.cls is Cls.OPEN else "close" if pending else ""
    wants = not out or isinstance(out[-1], Big) or (isinstance(out[-1], Sym) and out[-1].cls in _EXPECTS)
    if pending and not (wants and out):
        return "close" if out else ""
    if not scripted and (wants or ahead % 2):
        return "open"
    if not stack or scripted:
        return ""
    related = any(isinstance(each, Sym) and each.cls is Cls.REL for each in out)
    return "divide" if related or stack[-1][0] == "{" else ""


def _partners(row: Row) -> list[int]:
    """For each node how many bars follow it within the same brackets; where there are two kinds of bars, of both."""
    ahead = [0] * len(row)
    levels = [0]
    for at in range(len(row) - 1, -1, -1):
        mark = _mark(row[at])
        ahead[at] = levels[-1]
        if mark in _ALL_CLOSERS:
            levels.append(0)
        elif mark in _CLOSERS:
            levels.pop()
            levels = levels or [0]
        elif mark:
            levels[-1] += 1
    return ahead


def _closed(stack: list[tuple[str, Node, list[Node]]], out: list[Node], mark: str, node: Node) -> list[Node]:
    """The row so far, with what the innermost fitting opener began closed by `node`; openers in between stay single."""
    while mark not in _CLOSERS.get(stack[-1][0], stack[-1][0]):
        out = _unpaired(stack, out)
    opener, _, before = stack.pop()
    fence = Fence(opener, tuple(out), mark)
    before.append(Script(fence, node.sub, node.sup) if isinstance(node, Script) else fence)
    return before


def _unpaired(stack: list[tuple[str, Node, list[Node]]], out: list[Node]) -> list[Node]:
    """The row so far, with the innermost opener left as a symbol."""
    _, node, before = stack.pop()
    return [*before, node, *out]
