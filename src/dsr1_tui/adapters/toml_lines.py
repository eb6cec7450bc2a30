"""Finds the line of a TOML file at which something stands, so that a complaint about a value can name it."""

import re
import tomllib
from typing import Final

_AT: Final = re.compile(r"\(at line (\d+), column \d+\)")
_MOST_LINES: Final = 5_000
"""A config longer than this is told without line numbers."""


def line_of_key(text: str, path: tuple[str, ...]) -> int | None:
    """The line (from 1) on which the key at `path` begins, or `None` where it cannot be found. `text` is valid TOML.

    TOML can write one key as `[a]` with `b = 1`, `a.b = 1`, `"a".b = 1` or `a = {b = 1}`. All of them are found by one
    rule: the key begins on the line after the longest beginning of the file that is valid TOML without it.
    """
    lines = text.split("\n")  # not splitlines: TOML knows no other line ends
    without, held = 0, len(lines)
    if held > _MOST_LINES or not _verdict(lines, path):
        return None
    while True:
        middle = (without + held) // 2
        near = (*range(middle, without, -1), *range(middle + 1, held))
        tried = ((count, _verdict(lines[:count], path)) for count in near)
        count, holds = next(((count, holds) for count, holds in tried if holds is not None), (0, None))
        if holds is None:
            return without + 1
        without, held = (without, count) if holds else (count, held)


def _verdict(lines: list[str], path: tuple[str, ...]) -> bool | None:
    """Whether these lines hold the key; `None` where they end in the middle of a value."""
    try:
        node: object = tomllib.loads("\n".join(lines))
    except ValueError:
        return None
    for key in path:
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return True


def syntax_reason(error: ValueError, text: str) -> tuple[int | None, str]:
    """Line and reason of what `tomllib` refused; an end that came too early is the last line."""
    words = str(error)
    found = _AT.search(words)
    if found is not None:
        return int(found.group(1)), _AT.sub("", words).strip()
    if "(at end of document)" in words:
        return text.rstrip("\n").count("\n") + 1, words.replace("(at end of document)", "").strip() + " before its end"
    return None, words.strip()
