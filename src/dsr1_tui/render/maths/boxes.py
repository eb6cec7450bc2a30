"""Rectangles of text with a baseline, and how they are put beside, above and around one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dsr1_tui.render.cells import cells

OVERBAR: Final = "▁"
"""Fills the lowest eighth of a cell: a line that lies on the row below it."""
UNDERBAR: Final = "▔"


@dataclass(frozen=True, slots=True)
class Box:
    """Rows of text of equal width."""

    rows: tuple[str, ...]
    width: int
    """Cells of each row."""
    base: int = 0
    """The row that lines up with its neighbours."""

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.rows)


EMPTY: Final = Box(("",), 0)


def line(text: str) -> Box:
    """A box of one row."""
    return Box((text,), cells(text))


def beside(parts: Sequence[tuple[int, Box]]) -> Box:
    """Boxes in a row on one baseline, each with the given cells of space before it."""
    if not parts:
        return EMPTY
    above = max(box.base for _, box in parts)
    below = max(box.height - box.base for _, box in parts)
    width = sum(gap + box.width for gap, box in parts)
    if above + below == 1:
        return Box(("".join(" " * gap + box.rows[0] for gap, box in parts),), width)
    rows: list[str] = []
    for at in range(-above, below):
        row = [
            " " * gap + (box.rows[box.base + at] if 0 <= box.base + at < box.height else " " * box.width)
            for gap, box in parts
        ]
        rows.append("".join(row))
    return Box(tuple(rows), width, above)


def padded(box: Box, width: int, align: str = "c") -> Box:
    """`box` in `width` cells: at the left (`l`), at the right (`r`) or in the middle."""
    spare = width - box.width
    if spare <= 0:
        return box
    left = {"l": 0, "r": spare}.get(align, (spare + 1) // 2 if align == "C" else spare // 2)
    return Box(tuple(" " * left + row + " " * (spare - left) for row in box.rows), width, box.base)


def above(boxes: Sequence[Box], base: int, align: str = "c") -> Box:
    """Boxes one above the other; the baseline is that of `boxes[base]`."""
    width = max(box.width for box in boxes)
    rows = tuple(row for box in boxes for row in padded(box, width, align).rows)
    return Box(rows, width, sum(box.height for box in boxes[:base]) + boxes[base].base)


def fraction(num: Box, den: Box) -> Box:
    """A stacked fraction on its bar."""
    bar = "─" * (max(num.width, den.width) + 2)
    return above((num, Box((bar,), len(bar)), den), 1)


def framed(box: Box) -> Box:
    """A box drawn around a box."""
    bar = "─" * (box.width + 2)
    rows = (f"┌{bar}┐", *(f"│ {row} │" for row in box.rows), f"└{bar}┘")
    return Box(rows, box.width + 4, box.base + 1)


def root(body: Box, index: str = "") -> Box:
    """A radical with a bar over the body; `index` is set before its hook."""
    hook = cells(index)
    if body.height == 1:
        bar = " " * (hook + 1) + OVERBAR * body.width
        return Box((bar, f"{index}√{body.rows[0]}"), hook + 1 + body.width, 1)
    lead = max(hook, 1)
    bar = "─" * body.width
    last = body.height - 1
    rows = (
        f"{' ' * lead}┌{bar}",
        *(f"{_hook(index, lead, at, last)}│{row}" for at, row in enumerate(body.rows)),
    )
    return Box(rows, lead + 1 + body.width, body.base + 1)


def _hook(index: str, lead: int, at: int, last: int) -> str:
    """What stands left of a tall radical's stem: the hook at its foot, the index above that."""
    text = "╲" if at == last else index if at == last - 1 else ""
    return " " * (lead - cells(text)) + text


def barred(body: Box, over: str = "", under: str = "") -> Box:
    """A body with a line of its width drawn above or below: each of `over` and `under` is empty or one row."""
    parts = [line(text) for text in (over,) if text] + [body] + [line(text) for text in (under,) if text]
    return above(parts, 1 if over else 0)


def scripted(base: Box, sub: str, sup: str, beside_it: str = "") -> Box:
    """A base with its scripts, one row each, at its corners: within a tall base, else above and below it.

    `beside_it` is a script in raised or lowered characters, which stands in the row of a base of one row.
    """
    texts = (sup, beside_it, sub)
    width = max(map(cells, texts))
    if not width:
        return base
    if base.height > 1:
        column = [sup, *[""] * (base.height - 2), sub]
        rows = list(base.rows)
    else:
        kept = [bool(sup), True, bool(sub)]
        column = [text for text, keep in zip(texts, kept, strict=True) if keep]
        rows = [row for row, keep in zip((" " * base.width, base.rows[0], " " * base.width), kept, strict=True) if keep]
    joined = tuple(row + text + " " * (width - cells(text)) for row, text in zip(rows, column, strict=True))
    return Box(joined, base.width + width, base.base + (base.height == 1 and bool(sup)))


def integral(sign: str, sub: str, sup: str) -> Box:
    """An integral sign of three rows with its limits at its right."""
    if sign != "∫":
        return scripted(line(sign), sub, sup)
    width = max(cells(sub), cells(sup))
    column = (("⌠", sup), ("⎮", ""), ("⌡", sub))
    return Box(tuple(part + text + " " * (width - cells(text)) for part, text in column), width + 1, 1)


def braced(body: Box, label: Box | None, *, over: bool) -> Box:
    """A horizontal brace over or under a body, and its label beyond it."""
    body = padded(body, 3)
    half = body.width // 2
    left, point, right = ("╭", "┴", "╮") if over else ("╰", "┬", "╯")
    brace = line(left + "─" * (half - 1) + point + "─" * (body.width - half - 2) + right)
    parts = [body, brace] if label is None else [body, brace, label]
    if over:
        parts.reverse()
    return above(parts, parts.index(body))


_ARROWS: Final[dict[str, tuple[str, str, str]]] = {
    "→": ("", "─", "→"),
    "↪": ("╰", "─", "→"),
    "↦": ("├", "─", "→"),
    "←": ("←", "─", ""),
    "↔": ("←", "─", "→"),
    "⇒": ("", "═", "⇒"),
    "⇐": ("⇐", "═", ""),
    "⇔": ("⇐", "═", "⇒"),
    "=": ("", "═", ""),
    "⇌": ("⇋", "─", "⇌"),
}
"""Start, shaft and head of the arrows that grow."""


def arrow(head: str, over: Box | None, under: Box | None) -> Box:
    """An arrow two cells longer than its labels."""
    width = max(box.width for box in (over, under, line("  ")) if box) + 2
    start, shaft, end = _ARROWS.get(head, ("", "─", head))
    shaft *= width - len(start) - len(end)
    parts = [box for box in (over, line(start + shaft + end), under) if box]
    return above(parts, 1 if over else 0)
