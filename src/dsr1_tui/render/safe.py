"""Makes model text safe for a terminal: what could steer it or hide text is shown as a visible escape or dropped."""

import re
from collections.abc import Iterator
from typing import Final

from dsr1_tui.render.line import PLAIN, Role, Span, Style

_SUSPECT: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad"  # C0 without \t and \n, DEL, C1, soft hyphen
    r"\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # joiners, fillers and selectors that print nothing
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, bidi marks, separators, overrides, isolates
    r"\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"  # filler, lone surrogates, selectors, BOM, annotations
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"  # shorthand and musical format controls
    r"|[\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]+"  # tags: a known way to smuggle text past a reader
    r"|[\U000e0100-\U000e01ef]"  # ideographic variation selectors
)
_DROPPED: Final = frozenset("\xad\u034f\u200b\u2060\ufeff\u200c\u200d")
_ESCAPE: Final = Style(role=Role.ESCAPE)
_C0_PICTURES: Final = 0x2400
_DEL: Final = "\x7f"


def is_safe(text: str) -> bool:
    """Whether `text` can be shown as it is."""
    return _SUSPECT.search(text) is None


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _kept(text: str, at: int, before: str) -> bool:
    """Whether the joiner or selector at `at` does its proper work: inside an emoji sequence or a script that joins.

    `before` is the last character that was let through. Between ASCII characters a joiner only hides something.
    """
    char = text[at]
    if not before or before.isspace():
        return False
    if _is_selector(char):
        return not _is_selector(before) and before not in "\u200c\u200d"
    after = text[at + 1 : at + 2]
    return (
        char in "\u200c\u200d"
        and not before.isascii()
        and before not in "\u200c\u200d"
        and after > "\x7f"
        and not after.isspace()
        and not _SUSPECT.match(after)
    )


def _visible(found: str) -> str:
    """What is shown in place of a suspect run: a control picture, a code point in brackets, or nothing."""
    char = found[0]
    if char in _DROPPED or _is_selector(char):
        return ""
    if char < " ":
        return chr(_C0_PICTURES + ord(char))
    if char == _DEL:
        return "␡"
    more = f"+{len(found) - 1}" if len(found) > 1 else ""
    return f"‹U+{ord(char):04X}{more}›"


def escapes(text: str) -> Iterator[tuple[int, int, str | None]]:
    r"""Cuts `text` into `(start, end, shown)`: None where the text stands for itself, else what is shown instead.

    Together the pieces cover `text`, in order. `\r\n` gives `\n`; a `\r` at the very end is taken for half of one.
    """
    done = 0
    before = ""
    for match in _SUSPECT.finditer(text):
        start, end = match.span()
        if start > done:
            before = text[start - 1]
        if _kept(text, start, before):
            before = text[start]
            continue
        if start > done:
            yield done, start, None
        half_newline = text[start] == "\r" and text[end : end + 1] in {"", "\n"}
        shown = "" if half_newline else _visible(match.group())
        yield start, end, shown
        before = shown[-1:] or before
        done = end
    if done < len(text):
        yield done, len(text), None


def safe(text: str) -> str:
    """`text` with nothing in it that acts on a terminal but newlines and tabs. Safe text is returned as it is."""
    if _SUSPECT.search(text) is None:
        return text
    return "".join(text[start:end] if shown is None else shown for start, end, shown in escapes(text))


def safe_spans(text: str, style: Style = PLAIN, start: int = 0) -> tuple[Span, ...]:
    """`text`, which begins at source offset `start`, as safe spans; escapes made visible get `Role.ESCAPE`."""
    if not text:
        return ()
    if _SUSPECT.search(text) is None:
        return (Span(text, style, start, start + len(text)),)
    return tuple(
        Span(text[a:b], style, start + a, start + b) if shown is None else Span(shown, _ESCAPE, start + a, start + b)
        for a, b, shown in escapes(text)
        if shown != ""
    )
