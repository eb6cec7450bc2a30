r"""Where the maths stands in raw Markdown source: found here before a Markdown parser eats the backslashes of `\(`."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

MAX_SPAN: Final = 4000
"""Characters that one formula may have, its delimiters included; what closes later is not maths."""
_MAX_LEVEL: Final = 40
"""Braces or environments inside one another before an opener is given up, which keeps scanning linear."""

_LOOK_BACK: Final = 64
"""Backslashes that are counted before an opener; an even number, so that longer runs escape nothing."""

_KINDS: Final = """
align aligned alignat alignedat array bmatrix Bmatrix cases darray dcases displaymath drcases eqnarray equation flalign
gather gathered math matrix multline pmatrix rcases smallmatrix split subarray vmatrix Vmatrix
"""
_ENVIRONMENTS: Final = frozenset(_KINDS.split())
_PAREN: Final = re.compile(r"\\(?P<mark>[()])|\\.|(?P<blank>\n[ \t\r]*\n)", re.DOTALL)
_BRACKET: Final = re.compile(r"\\(?P<mark>[\[\]])|\\.", re.DOTALL)
_DOLLARS: Final = re.compile(r"(?P<mark>\$\$)|\\.|(?P<blank>\n[ \t\r]*\n[ \t\r]*\n)", re.DOTALL)
_DOLLAR: Final = re.compile(r"(?P<mark>\$)|\\.|(?P<blank>\n[ \t\r]*\n)", re.DOTALL)
_EDGE: Final = re.compile(r"\\(?P<edge>begin|end)[ \t]*\{(?P<name>[A-Za-z]+)\*?\}|\\.", re.DOTALL)
_BOX: Final = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])[ \t]*\n?[ \t]*")
_BARE: Final = re.compile(r"[-+]?\d+(?:[.,/:]\d+)*%?|\\[A-Za-z]+(?:[ \t]*\{[^{}\n]*\}){0,2}|[^\s{}$\\`]")
_BRACE: Final = re.compile(r"(?P<mark>[{}])|\\.|(?P<blank>\n[ \t\r]*\n)", re.DOTALL)
_OUTSIDE: Final = re.compile(r"^[ \t>]*(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})|(?P<ticks>`+)|[\\$]", re.MULTILINE)
_FENCE_END: Final = re.compile(r"^[ \t>]*(?P<mark>`{3,}|~{3,})[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MathSpan:
    """One formula in a text."""

    start: int
    end: int
    """`source[start:end]` is the whole of it, delimiters included."""
    body: str
    r"""What is to be typeset: without delimiters, but with `\begin{…}` or `\boxed` where these are the formula."""
    display: bool
    """Whether it asks for lines of its own."""


def scan_at(source: str, pos: int) -> MathSpan | None:
    r"""The maths that begins exactly at `pos`, or None: `\( \)`, `\[ \]`, `$ $`, `$$ $$`, environments and `\boxed`.

    A single `$` follows pandoc's rules. Code spans are the caller's affair. Looks ahead `MAX_SPAN` characters at most.
    """
    return None if _is_escaped(source, pos) else _scan(source, pos)


def _scan(source: str, pos: int) -> MathSpan | None:
    """As `scan_at`, where it is known that nothing escapes what stands at `pos`."""
    first = source[pos : pos + 2]
    if first[:1] not in {"\\", "$"}:
        return None
    if first[0] == "$":
        return _dollars(source, pos) if first == "$$" else _dollar(source, pos)
    match first[1:]:
        case "(":
            return _bracketed(source, pos, _PAREN, ")", display=False)
        case "[":
            return _bracketed(source, pos, _BRACKET, "]", display=True)
        case "b":
            return _environment(source, pos) or _box(source, pos)
        case "f":
            return _box(source, pos)
        case _:
            return None


def find_maths(source: str) -> list[MathSpan]:
    """All maths of a Markdown text, in order, none inside code spans or fences. Linear in the text.

    Code that is marked by indentation alone is not recognised as code.
    """
    found: list[MathSpan] = []
    ticks: dict[int, list[int]] | None = None
    pos = 0
    while match := _OUTSIDE.search(source, pos):
        pos = match.end()
        if fence := match.group("fence"):
            pos = _after_fence(source, fence, pos)
        elif run := match.group("ticks"):
            ticks = _tick_runs(source) if ticks is None else ticks
            pos = _after_code(ticks, len(run), match.start(), pos)
        elif span := _scan(source, match.start()):
            found.append(span)
            pos = span.end
        elif match.group() == "\\":
            pos += 1  # what a backslash escapes opens nothing
        elif source.startswith("$$", match.start()):
            pos += 1
    return found


def _tick_runs(source: str) -> dict[int, list[int]]:
    """Where backtick runs of each length begin."""
    runs: dict[int, list[int]] = {}
    for match in re.finditer(r"`+", source):
        runs.setdefault(len(match.group()), []).append(match.start())
    return runs


def _after_code(ticks: dict[int, list[int]], size: int, start: int, pos: int) -> int:
    """The position behind the code span that a run of `size` backticks opens; `pos` where none closes it."""
    runs = ticks.get(size, [])
    at = bisect_left(runs, start + size)
    return runs[at] + size if at < len(runs) else pos


def _after_fence(source: str, opener: str, pos: int) -> int:
    """The position behind the fence that `opener` began; the end of the text for one that stays open."""
    for match in _FENCE_END.finditer(source, pos):
        mark = match.group("mark")
        if mark[0] == opener[0] and len(mark) >= len(opener):
            return match.end()
    return len(source)


def _is_escaped(source: str, pos: int) -> bool:
    """Whether an odd number of backslashes stands before `pos`."""
    at, least = pos, max(0, pos - _LOOK_BACK)
    while at > least and source[at - 1] == "\\":
        at -= 1
    return (pos - at) % 2 == 1


def _span(source: str, start: int, end: int, trim: int, *, display: bool) -> MathSpan | None:
    """The span without `trim` characters at either end, or None where nothing is left."""
    body = source[start + trim : end - trim].strip()
    return MathSpan(start, end, body, display) if body else None


def _bracketed(source: str, pos: int, tokens: re.Pattern[str], closer: str, *, display: bool) -> MathSpan | None:
    """Up to the first `closer`; a second opener on the way means that the first was never closed."""
    for match in tokens.finditer(source, pos + 2, pos + MAX_SPAN):
        if match.group("mark") == closer:
            return _span(source, pos, match.end(), 2, display=display)
        if match.group("mark") or match.lastgroup == "blank":
            return None
    return None


def _dollars(source: str, pos: int) -> MathSpan | None:
    """Between `$$` and `$$`; two blank lines in a row end the search."""
    for match in _DOLLARS.finditer(source, pos + 2, pos + MAX_SPAN):
        if match.group("mark"):
            return _span(source, pos, match.end(), 2, display=True)
        if match.group("blank"):
            return None
    return None


def _dollar(source: str, pos: int) -> MathSpan | None:
    """Between `$` and `$` by pandoc's rules: the very next `$` must be able to close."""
    if source[pos + 1 : pos + 2].strip() == "" or source[pos - 1 : pos] == "$":
        return None
    for match in _DOLLAR.finditer(source, pos + 1, pos + MAX_SPAN):
        if match.group("mark"):
            end = match.end()
            closes = not source[end - 2].isspace() and not source[end : end + 1].isdigit()
            return _span(source, pos, end, 1, display=False) if closes else None
        if match.group("blank"):
            return None
    return None


def _environment(source: str, pos: int) -> MathSpan | None:
    """A bare environment of the known kinds with all that is inside it."""
    names: list[str] = []
    for match in _EDGE.finditer(source, pos, pos + MAX_SPAN):
        name = match.group("name")
        if match.group("edge") == "begin":
            if not names and name not in _ENVIRONMENTS:
                return None
            names.append(name)
            if len(names) > _MAX_LEVEL:
                return None
        elif not names:  # what stands at `pos` is no environment
            return None
        elif name is not None:
            if names.pop() != name:
                return None
            if not names:
                return _span(source, pos, match.end(), 0, display=True)
    return None


def _box(source: str, pos: int) -> MathSpan | None:
    r"""A bare `\boxed{…}`, `\fbox{…}` or `\boxed 5`."""
    head = _BOX.match(source, pos, pos + MAX_SPAN)
    if not head:
        return None
    at = head.end()
    if source[at : at + 1] != "{":
        bare = _BARE.match(source, at, pos + MAX_SPAN)
        return _span(source, pos, bare.end(), 0, display=False) if bare else None
    level = 0
    for match in _BRACE.finditer(source, at, pos + MAX_SPAN):
        if match.group("blank") or level > _MAX_LEVEL:
            return None
        level += {"{": 1, "}": -1}.get(match.group("mark"), 0)
        if level == 0:
            empty = not source[at + 1 : match.start()].strip()
            return None if empty else _span(source, pos, match.end(), 0, display=False)
    return None
