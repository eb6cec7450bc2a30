"""What a selection of rendered lines stands for in the messages' own source."""

from collections.abc import Mapping

from textual.selection import Selection

from dsr1_tui.render.line import Line
from dsr1_tui.tui.transcript.document import Document
from dsr1_tui.tui.transcript.message_view import MessageView
from dsr1_tui.tui.transcript.sections import Section


def select_source(document: Document, owner: Mapping[int, MessageView], selection: Selection, left: int) -> str:
    """The source text under a selection; rows that stand for no source give their own text.

    `selection` counts rows of the document and characters of the painted row, whose first `left` are margin.
    """
    first = selection.start.y if selection.start is not None else 0
    last = selection.end.y if selection.end is not None else document.height - 1
    pieces: list[str] = []
    open_key: tuple[int, str] | None = None
    bounds = (0, 0)

    def close() -> None:
        if open_key is not None:
            pieces.append(sources[open_key][bounds[0] : bounds[1]])

    sources: dict[tuple[int, str], str] = {}
    document.settle(first, last)
    for row in range(first, min(last, document.height - 1) + 1):
        found = document.line(row)
        span = selection.get_span(row)
        if found is None or span is None:
            continue
        section, line = found
        skip = left + section.prefix_cells
        start = max(span[0] - skip, 0)
        end = len(line.text) if span[1] == -1 else max(span[1] - skip, 0)
        view = owner.get(id(section))
        source = view.source(section.source_key) if view is not None and section.source_key else ""
        covered = _covered(line, start, end, source)
        if view is None or covered is None:
            if text := _plain(section, line, start, end):
                close()
                open_key = None
                pieces.append(text)
            continue
        key = (id(view), section.source_key)
        if key == open_key:
            bounds = (min(bounds[0], covered[0]), max(bounds[1], covered[1]))
            continue
        close()
        sources[key] = source
        open_key, bounds = key, covered
    close()
    return "\n".join(piece.strip("\n") for piece in pieces)


def _covered(line: Line, start: int, end: int, source: str) -> tuple[int, int] | None:
    """Source offsets under characters `start` to `end` of a line; atomic spans count whole."""
    low, high, at = -1, -1, 0
    for span in line.spans:
        begin, stop = at, at + len(span.text)
        at = stop
        if not source or span.start < 0 or stop <= start or begin >= end:
            continue
        verbatim = source[span.start : span.end] == span.text
        from_ = span.start + max(start - begin, 0) if verbatim else span.start
        to = span.start + min(end, stop) - begin if verbatim else span.end
        low = from_ if low < 0 else min(low, from_)
        high = max(high, to)
    return None if low < 0 else (low, high)


def _plain(section: Section, line: Line, start: int, end: int) -> str:
    return "" if section.source_key else line.text[start:end].strip()
