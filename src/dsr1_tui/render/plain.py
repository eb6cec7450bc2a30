"""Plain model text as lines: the reasoning, the open block of an answer, user messages; and lines back as text."""

from collections.abc import Iterable, Mapping

from dsr1_tui.render.cells import wrap
from dsr1_tui.render.formula import readable_box
from dsr1_tui.render.line import PLAIN, Line, Role, Span, Style
from dsr1_tui.render.pieces import flow, pieces_of
from dsr1_tui.render.safe import is_safe

__all__ = ["lines_to_ansi", "lines_to_text", "plain_lines", "readable_box"]

_MIN_WIDTH = 2


def plain_lines(text: str, width: int, style: Style = PLAIN, start: int = 0) -> tuple[Line, ...]:
    """Safe, wrapped plain text; `start` is the offset of `text` in the message, `width` in cells.

    A newline at the very end begins no further line; empty text gives no lines.
    """
    width = max(width, _MIN_WIDTH)
    if text.endswith("\n"):
        text = text[:-1]
    elif not text:
        return ()
    if "\t" not in text and is_safe(text):
        return tuple(
            Line((Span(text[a:b], style, start + a, start + b),)) if b > a else Line() for a, b in wrap(text, width)
        )
    lines: list[Line] = []
    for row in text.split("\n"):
        lines += flow(pieces_of(row, style, start), width)
        start += len(row) + 1
    return tuple(lines)


def lines_to_text(lines: Iterable[Line]) -> str:
    """The lines as plain text, spaces at their ends taken off."""
    return "\n".join(line.text.rstrip(" ") for line in lines)


def _sgr(style: Style, palette: Mapping[Role, str]) -> str:
    codes = [palette.get(style.role, "")]
    codes += ["1"] if style.bold else []
    codes += ["3"] if style.italic else []
    codes += ["4"] if style.underline else []
    codes += ["9"] if style.strike else []
    return ";".join(code for code in codes if code)


def lines_to_ansi(lines: Iterable[Line], palette: Mapping[Role, str]) -> str:
    """The lines with SGR colours and OSC 8 links for a terminal; `palette` gives SGR parameters (`"2"`, `"38;5;4"`)."""
    rows: list[str] = []
    for line in lines:
        row: list[str] = []
        for span in line.spans:
            codes = _sgr(span.style, palette)
            text = f"\x1b[{codes}m{span.text}\x1b[0m" if codes else span.text
            link = span.style.link
            row.append(f"\x1b]8;;{link}\x1b\\{text}\x1b]8;;\x1b\\" if link else text)
        rows.append("".join(row))
    return "\n".join(rows)
