"""The few words of a message that a list shows: its start, or the place where a search hit it."""

import re
from typing import Final

SNIPPET_CHARS: Final = 120
_LEAD_CHARS: Final = 30
"""What is shown before the hit."""
_SCAN_CHARS: Final = SNIPPET_CHARS * 8
"""Cut before blanks are joined, so that a long answer costs no more than a short one."""


def start_of(text: str) -> str:
    """The first words of a text, on one line, at most `SNIPPET_CHARS`."""
    text = text.strip()
    line = _one_line(text[:_SCAN_CHARS])
    if len(line) <= SNIPPET_CHARS and len(text) <= _SCAN_CHARS:
        return line
    return line[: SNIPPET_CHARS - 1].rstrip() + "…"


def around(text: str, query: str) -> str:
    """The words around the first place where `query` occurs (case ignored), on one line; else the text's start."""
    hit = re.search(re.escape(query), text, re.IGNORECASE)
    if hit is None:
        return start_of(text)
    first = max(0, hit.start() - _LEAD_CHARS)
    before = " ".join(text[first : hit.start()].split())
    gap = " " if before and text[hit.start() - 1].isspace() else ""
    after = text[hit.start() : hit.start() + _SCAN_CHARS]
    line = ("…" if first else "") + before + gap + _one_line(after)
    whole = len(line) <= SNIPPET_CHARS and hit.start() + _SCAN_CHARS >= len(text)
    return line if whole else line[: SNIPPET_CHARS - 1].rstrip() + "…"


def _one_line(text: str) -> str:
    return " ".join(text.split())
