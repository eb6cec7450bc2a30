"""What single lines of Markdown say about the block they belong to: the splitter's eyes, without its memory."""

import re
from typing import Final, NamedTuple

from dsr1_tui.render.cells import TAB

Match = re.Match[str]

CODE_INDENT: Final = 4
"""Columns by which code without a fence is indented."""
_STARTERS: Final = frozenset("#>`~-*+•_<0123456789")

FENCE: Final = re.compile(r"[ \t]*(?P<mark>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)", re.DOTALL)
HEADING: Final = re.compile(r"[ \t]*#{1,6}(?=[ \t\r\n]|$)")
RULE: Final = re.compile(r"[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})[\r\n]*\Z")
ITEM: Final = re.compile(r"(?P<lead>[ \t]*)(?P<mark>[-*+•]|\d{1,9}[.)])(?P<gap>[ \t]+|(?=[\r\n]|\Z))")
QUOTE: Final = re.compile(r"[ \t]*>")
DELIMITER_ROW: Final = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t\r\n]*\Z")
MATHS_START: Final = re.compile(r"[ \t]*(?:\\\[|\$\$|\\begin\{[A-Za-z]+\*?\})")
HTML: Final = re.compile(
    r"[ \t]*<(?:!--|/?(?:address|article|aside|blockquote|body|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|"
    r"figure|footer|form|h[1-6]|head|header|hr|html|iframe|li|link|main|menu|nav|ol|p|script|section|style|summary|"
    r"table|tbody|td|tfoot|th|thead|title|tr|ul)(?=[ \t\r\n>/]|$))",
    re.IGNORECASE,
)
_MATHS_TOKEN: Final = re.compile(
    r"\\(?P<edge>begin|end)\{(?P<name>[A-Za-z]+\*?)\}|\\(?P<bracket>[\[\]])|\\.|\$\$|(?P<ticks>`+)"
)
_AFTER_MATHS: Final = re.compile(r"[ \t.,;:。，；：]*[\r\n]*\Z")


def interrupts(line: str, due: int | None, column: int) -> bool:
    """Whether `line`, which is not blank, begins a block of its own in the middle of text (maths aside).

    `due` is the number with which an ordered list may go on, None inside a list (then any may); `column` is where the
    text of the enclosing item begins.
    """
    if line.lstrip(" \t")[0] not in _STARTERS:
        return False
    if FENCE.match(line):
        return True
    if (item := ITEM.match(line)) and not RULE.match(line):
        if due is None:
            return True
        if not item["gap"] or item["mark"] == "+":  # a lone number, or the next term of a sum
            return False
        return not item["mark"][0].isdigit() or int(item["mark"][:-1]) in {1, due}
    return columns(line) < column + CODE_INDENT and any(rule.match(line) for rule in (HEADING, QUOTE, RULE, HTML))


def is_blank(line: str) -> bool:
    """Whether `line` has nothing to show."""
    return not line or line.isspace()


def columns(line: str) -> int:
    """The columns of white space that `line` begins with, tabs at stops of four."""
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    return len(lead.expandtabs(TAB)) if "\t" in lead else len(lead)


def strip_columns(line: str, count: int) -> int:
    """How many characters of white space to take off `line` to lose `count` columns, or as many as there are."""
    column = at = 0
    while at < len(line) and column < count and line[at] in " \t":
        column += TAB - column % TAB if line[at] == "\t" else 1
        at += 1
    return at


def item_column(item: Match) -> int:
    """The column at which a list item's text begins; one past the marker for an item without text or with code."""
    wide = len(item["gap"].expandtabs(TAB)) > TAB or not item["gap"]
    return columns(item["lead"]) + len(item["mark"]) + (1 if wide else len(item["gap"].expandtabs(TAB)))


def marker_cells(mark: str) -> int:
    """Cells that a list marker and the space after it take on the screen."""
    return len(mark) + 1


def closes_fence(line: str, mark: str) -> bool:
    """Whether `line` closes the fence opened with `mark`."""
    text = line.strip(" \t\r\n")
    return len(text) >= len(mark) and not text.strip(mark[0])


class OpenMaths(NamedTuple):
    """Display maths that a line left open."""

    closer: str
    """`]`, `$$`, or the environment's name."""
    level: int = 1
    """How many environments of that name are open."""
    firm: bool = True
    """Whether blank lines belong to it; a `$$` in mid-line may be money and is not firm."""


def scan_maths(line: str, maths: OpenMaths | None, first: int = 0) -> tuple[OpenMaths | None, int]:
    """Follows display maths through one line, from the state before it: the state after it, and where the first closed.

    Openers before offset `first` are not seen. The second figure is -1 where none closed in this line.
    """
    closed = -1
    pos = 0
    while match := _MATHS_TOKEN.search(line, pos):
        pos = match.end()
        if maths is None:
            if match.start() >= first:
                maths, pos = _opened(line, match)
        elif (maths := _followed(maths, match)) is None and closed < 0:
            closed = pos
    return maths, closed


def _opened(line: str, match: Match) -> tuple[OpenMaths | None, int]:
    """What a token outside maths opens, and where to read on."""
    pos = match.end()
    if ticks := match.group("ticks"):
        return None, _after_code(line, ticks, pos)
    if match.group("bracket") == "[":
        return OpenMaths("]"), pos
    if match.group("edge") == "begin":
        return OpenMaths(match.group("name"), firm=_stands_out(line, match)), pos
    if match.group() == "$$":
        return OpenMaths("$$", firm=_stands_out(line, match)), pos
    return None, pos


def _followed(maths: OpenMaths, match: Match) -> OpenMaths | None:
    """The state behind a token inside maths."""
    if maths.closer in (match.group("bracket"), match.group()):
        return None
    if match.group("name") == maths.closer:
        level = maths.level + (1 if match.group("edge") == "begin" else -1)
        return maths._replace(level=level) if level else None
    return maths


def _stands_out(line: str, match: Match) -> bool:
    """Whether the token is the first or the last thing in its line, a list marker aside."""
    before = line[: match.start()]
    return is_blank(before) or ITEM.fullmatch(before) is not None or is_blank(line[match.end() :])


def _after_code(line: str, ticks: str, pos: int) -> int:
    """The position behind the inline code that `ticks` opened before `pos`; `pos` if it does not close in this line."""
    at = line.find(ticks, pos)
    while at >= 0:
        end = at + len(ticks)
        while line[end : end + 1] == "`":
            end += 1
        if end - at == len(ticks):
            return end
        at = line.find(ticks, end)
    return pos


def ends_maths(line: str, closed: int) -> bool:
    """Whether nothing but punctuation follows the closer at `closed`."""
    return closed >= 0 and _AFTER_MATHS.match(line, closed) is not None
