"""How many terminal cells text takes, and where it may be broken: the one measure that every renderer here uses."""

import re
from bisect import bisect_right
from functools import cache, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import ModuleType

TAB: Final = 4
"""Cells of a tab where no column is known."""

# Characters of one cell, and of two, that never join a neighbour into one cluster. All narrow ones sort before all
# wide ones, which makes measuring a comparison; a test holds both sets against wcwidth. All else takes the exact path.
_NARROW: Final = (
    "\\x20-\\x7e\\xa0-\\xac\\xae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038e-\u03a1\u03a3-\u0482\u048a-\u052f"
    "\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u2070\u2071\u2074-\u208e\u20a0-\u20bf\u2100-\u218b\u2190-\u2319\u231c-\u2328"
    "\u232b-\u23e8\u2400-\u2426\u2460-\u25fc\u27c0-\u27ff\u2900-\u2aff"
)
_WIDE: Final = (
    "\u3000-\u3029\u3030-\u303e\u3041-\u3096\u309b-\u30ff\u3105-\u312f\u3131-\u3163\u3220-\u3247\u3250-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufa6d\ufe30-\ufe52\uff01-\uff60\uffe0-\uffe6"
)
_ALL_NARROW: Final = re.compile(f"[{_NARROW}]*")
_ALL_SIMPLE: Final = re.compile(f"[{_NARROW}{_WIDE}]*")
_WIDE_RUN: Final = re.compile(f"[{_WIDE}]+")
_is_wide: Final = "\u2e80".__le__

_NOT_FIRST: Final = frozenset("。，、．！？；：）】》」』〉〕］｝”’…—·・～ー々%‰℃" + ",.!?;:)]}»›")
"""Kinsoku: closing marks that never begin a line."""
_NOT_LAST: Final = frozenset("（【《「『〈〔［｛“‘$￥" + "([{«‹")
"""Kinsoku: opening marks that never end one."""


@cache
def _wcwidth() -> "ModuleType":
    """The tables, imported at the first character that needs them (25 ms)."""
    import wcwidth  # noqa: PLC0415 - start-up matters; English and Chinese never need it

    return wcwidth


@lru_cache(maxsize=8192)
def _cluster_cells(cluster: str) -> int:
    if cluster == "\t":
        return TAB
    return max(0, int(_wcwidth().wcswidth(cluster)))


def cells(text: str) -> int:
    """Cells of one line of safe text: combining marks take none, CJK and emoji two, a tab four."""
    if (text.isascii() and "\t" not in text) or _ALL_NARROW.fullmatch(text):
        return len(text)
    if _ALL_SIMPLE.fullmatch(text):
        return len(text) + sum(map(len, _WIDE_RUN.findall(text)))
    return sum(map(_cluster_cells, _wcwidth().iter_graphemes(text)))


def clip(text: str, width: int) -> int:
    """How many characters of `text` fit into `width` cells, no cluster cut in two."""
    if text.isascii() and "\t" not in text:
        return min(len(text), width)
    bounds, sums = _measure(text, 1)
    return bounds[bisect_right(sums, width) - 1]


def _measure(line: str, width: int) -> tuple[list[int] | range, list[int]]:
    """Where the clusters of `line` begin (and its end), and the cells before each: two sequences of equal length."""
    if _ALL_SIMPLE.fullmatch(line):
        sums = [0, *(at + wide for at, wide in enumerate(accumulate(map(_is_wide, line)), 1))]
        return range(len(line) + 1), sums
    bounds, sums = [0], [0]
    for cluster in _wcwidth().iter_graphemes(line):
        size = _cluster_cells(cluster)
        # A chain of conjuncts can be one cluster wider than the screen; it is cut between code points.
        for part in (cluster,) if size <= max(width, 2) else tuple(cluster):
            bounds.append(bounds[-1] + len(part))
            sums.append(sums[-1] + _cluster_cells(part))
    return bounds, sums


def _wrap_narrow(line: str, base: int, width: int, out: list[tuple[int, int]]) -> None:
    """Wraps a line in which every character takes one cell."""
    pos, size = 0, len(line)
    while size - pos > width:
        cut = line.rfind(" ", pos, pos + width + 1)
        if cut <= pos or line[pos:cut].isspace():
            out.append((base + pos, base + pos + width))
            pos += width
        else:
            end = cut
            while line[end - 1] == " ":
                end -= 1
            out.append((base + pos, base + end))
            pos = cut
        while pos < size and line[pos] == " ":
            pos += 1
    if pos < size or not size:
        out.append((base + pos, base + size))


def _may_break(before: str, after: str) -> bool:
    """Whether a line may end between these two: at spaces, and beside wide characters as the kinsoku rules allow."""
    if " " in (before, after):
        return True
    return (_is_wide(before) or _is_wide(after)) and after not in _NOT_FIRST and before not in _NOT_LAST


def _wrap_measured(line: str, base: int, width: int, out: list[tuple[int, int]]) -> None:
    bounds, sums = _measure(line, width)
    first, size = 0, len(bounds) - 1
    while True:
        last = max(first + 1, bisect_right(sums, sums[first] + width) - 1)
        if last >= size:
            break
        cut = last
        while cut > first and not _may_break(line[bounds[cut] - 1], line[bounds[cut]]):
            cut -= 1
        end = bounds[cut]
        while end > bounds[first] and line[end - 1] == " ":
            end -= 1
        if end <= bounds[first]:  # nowhere to break, or only in the indentation: the word itself is cut
            cut, end = last, bounds[last]
        out.append((base + bounds[first], base + end))
        while cut < size and line[bounds[cut] : bounds[cut + 1]] == " ":
            cut += 1
        if cut == size:
            return
        first = cut
    if bounds[first] < len(line) or not line:
        out.append((base + bounds[first], base + len(line)))


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    r"""Breaks safe text into lines of at most `width` cells; gives each line's `(start, end)` in `text`.

    Newlines end lines. Breaks at spaces (which then belong to no line) and between wide characters, never before a
    closing or after an opening mark; over-long words are cut, clusters (combining marks, ZWJ emoji, flags) never,
    unless one alone is wider than the line. A tab counts four cells and is not a place to break. Linear in the text.
    `width` must be 2 or more.
    """
    out: list[tuple[int, int]] = []
    base = 0
    for line in text.split("\n"):
        if len(line) <= width and line.isascii() and "\t" not in line:
            out.append((base, base + len(line)))
        elif (line.isascii() and "\t" not in line) or _ALL_NARROW.fullmatch(line):
            _wrap_narrow(line, base, width, out)
        else:
            _wrap_measured(line, base, width, out)
        base += len(line) + 1
    return out


def hard_wrap(text: str, width: int) -> list[tuple[int, int]]:
    """Breaks one line of safe text at exactly `width` cells (2 or more), as code is; gives `(start, end)` of each."""
    if len(text) <= width and text.isascii() and "\t" not in text:
        return [(0, len(text))]
    bounds, sums = _measure(text, width)
    out: list[tuple[int, int]] = []
    first, size = 0, len(bounds) - 1
    while first < size:
        last = max(first + 1, bisect_right(sums, sums[first] + width) - 1)
        out.append((bounds[first], bounds[last]))
        first = last
    return out or [(0, 0)]
