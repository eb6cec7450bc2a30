r"""Where the boxed results stand in an answer: `\boxed{…}` is how R1 says "this is it", and every part asks here."""

import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""
    ^[ \t]*(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$      # a code fence, opening or closing
    | (?P<blank>\n[ \t\r]*\n)                           # a paragraph's end: TeX ends an argument there too
    | \\(?P<box>boxed|fbox)(?![A-Za-z])[ \t]*\n?[ \t]*
      (?: (?P<brace>\{)
        | (?P<bare> [-+]?\d+(?:[.,/:]\d+)*%?            # \boxed 12 means twelve, whatever TeX would do
          | \\[A-Za-z]+(?:[ \t]*\{[^{}\n]*\}){0,2}
          | [^\s{}$\\])?
      )
    | \\.                                               # \{ and \} are text, \\ hides the backslash of what follows
    | [{}]
    """,
    re.VERBOSE | re.MULTILINE,
)
_FENCE: Final = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Boxed:
    r"""One `\boxed{…}` or `\fbox{…}`."""

    start: int
    end: int
    """`text[start:end]` is the whole of it."""
    body: str
    """What is inside, as written, with blank ends stripped; never empty."""


def _after_fence(text: str, opener: str, pos: int) -> int:
    """The position behind the fence that closes `opener`; the end of the text for one that stays open."""
    for match in _FENCE.finditer(text, pos):
        mark = match.group(1)
        if mark[0] == opener[0] and len(mark) >= len(opener):
            return match.end()
    return len(text)


def find_boxed(text: str) -> tuple[Boxed, ...]:
    r"""Every boxed result of an answer, by their starts (a box inside a box comes after it); linear in the text.

    Nested braces, escaped braces and the brace-less `\boxed 5` are understood. Left out are boxes in fenced code,
    boxes that are never closed or run over a blank line, and empty ones (a quoted instruction is not a result).
    """
    if "\\boxed" not in text and "\\fbox" not in text:
        return ()
    found: list[Boxed] = []
    stack: list[tuple[int, int] | None] = []
    pos = 0
    while match := _TOKEN.search(text, pos):
        pos = match.end()
        found_text = match.group()
        if fence := match.group("fence"):
            if fence[0] == "`" and "`" in match.group("info"):  # inline code, not a fence
                pos = match.end("fence")
            else:
                stack.clear()
                pos = _after_fence(text, fence, pos)
        elif match.group("blank"):
            stack.clear()
            pos -= 1  # this newline may begin the next blank line, or stand before a fence
        elif match.group("brace"):
            stack.append((match.start(), match.end()))
        elif bare := match.group("bare"):
            found.append(Boxed(match.start(), match.end(), bare))
        elif found_text == "{":
            stack.append(None)
        elif found_text == "}" and stack and (opened := stack.pop()):
            outer, inner = opened
            if body := text[inner : match.start()].strip():
                found.append(Boxed(outer, match.end(), body))
    return tuple(sorted(found, key=lambda box: box.start))


def final_boxed(text: str) -> str | None:
    r"""The body of the last box that begins in `text`, the model's final result; None without one.

    The last to begin, so that `\boxed{\boxed{5}}` gives `5`: the same choice as the usual graders' `rfind("\\boxed")`.
    """
    boxes = find_boxed(text)
    return boxes[-1].body if boxes else None
