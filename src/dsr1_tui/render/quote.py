"""Quotes: their text is an answer of its own, rendered narrower behind a bar, and placed back into the message."""

import re
from bisect import bisect_right
from dataclasses import replace
from typing import Final, NamedTuple

from dsr1_tui.render.line import Line, Role, Span

_MARK: Final = re.compile(r"[ \t]*>[ \t]?")


class Unquoted(NamedTuple):
    """A quote's text without its marks, and where each of its lines stands."""

    text: str
    inner: list[int]
    """Offset of each line in `text`."""
    outer: list[int]
    """Offset of the same line in the message."""

    def placed(self, line: Line) -> Line:
        """A line rendered from `text`, with offsets of the message; plain text becomes quoted text."""
        return Line(tuple(self._placed(span) for span in line.spans))

    def _placed(self, span: Span) -> Span:
        style = replace(span.style, role=Role.QUOTE) if span.style.role is Role.TEXT else span.style
        if span.start < 0:
            return Span(span.text, style)
        last = max(span.start, span.end - 1)
        return Span(span.text, style, self._outer(span.start), self._outer(last) + span.end - last)

    def _outer(self, offset: int) -> int:
        line = bisect_right(self.inner, offset) - 1
        return self.outer[line] + offset - self.inner[line]


def unquote(source: str, start: int) -> Unquoted:
    """Takes one level of `>` off each line of `source`, which stands at offset `start`."""
    lines: list[str] = []
    inner: list[int] = []
    outer: list[int] = []
    size = 0
    for line in source.split("\n"):
        match = _MARK.match(line)
        cut = match.end() if match else 0
        inner.append(size)
        outer.append(start + cut)
        lines.append(line[cut:])
        size += len(line) - cut + 1
        start += len(line) + 1
    return Unquoted("\n".join(lines), inner, outer)
