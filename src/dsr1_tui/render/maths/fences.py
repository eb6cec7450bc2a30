"""Delimiters that grow: parentheses, brackets, braces and bars as tall as what they hold."""

from typing import Final, NamedTuple

from dsr1_tui.render.maths.boxes import Box, beside, line


class _Parts(NamedTuple):
    """The pieces of a tall delimiter, from top to bottom."""

    top: str
    fill: str
    bottom: str
    middle: str = ""


_TALL: Final = {
    "(": _Parts("⎛", "⎜", "⎝"),
    ")": _Parts("⎞", "⎟", "⎠"),
    "[": _Parts("⎡", "⎢", "⎣"),
    "]": _Parts("⎤", "⎥", "⎦"),
    "{": _Parts("⎧", "⎪", "⎩", "⎨"),
    "}": _Parts("⎫", "⎪", "⎭", "⎬"),
    "⌊": _Parts("⎢", "⎢", "⎣"),
    "⌋": _Parts("⎥", "⎥", "⎦"),
    "⌈": _Parts("⎡", "⎢", "⎢"),
    "⌉": _Parts("⎤", "⎥", "⎥"),
    "|": _Parts("│", "│", "│"),
    "‖": _Parts("║", "║", "║"),
}
_BRACE_ROWS: Final = 3


def _side(mark: str, body: Box) -> Box | None:
    """One delimiter as tall as `body`; None for an invisible one."""
    if not mark:
        return None
    if body.height == 1:
        return line(mark)
    if mark in "⟨⟩":
        return _angle(mark, body)
    parts = _TALL.get(mark)
    if parts is None:
        rows = [mark if at == body.base else " " for at in range(body.height)]
    else:
        rows = [parts.top, *[parts.fill] * (body.height - 2), parts.bottom]
        if parts.middle:
            rows[min(max(body.base, 1), body.height - 2)] = parts.middle
    return Box(tuple(rows), 1, body.base)


def _angle(mark: str, body: Box) -> Box:
    """A tall angle bracket; beyond a few rows it would take too much room, so it stays small."""
    if body.height != _BRACE_ROWS:
        return Box(tuple(mark if at == body.base else " " for at in range(body.height)), 1, body.base)
    rows = ("╱", "⟨", "╲") if mark == "⟨" else ("╲", "⟩", "╱")
    return Box(rows, 1, body.base)


def fenced(left: str, body: Box, right: str) -> Box:
    """`body` between delimiters as tall as itself; an empty one is invisible. Braces need three rows and get them."""
    if body.height == _BRACE_ROWS - 1 and (left in {"{", "}"} or right in {"{", "}"}):
        body = Box((body.rows[0], " " * body.width, body.rows[1]), body.width, 1)
    sides = (_side(left, body), body, _side(right, body))
    return beside([(0, box) for box in sides if box])
