"""What the loop guard reports, and where the text is best cut when it does."""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import takewhile
from typing import Final

_SHOWN: Final = 60
"""Characters of a sample."""
_SENTENCE_END: Final = re.compile(
    r"""
      ^[ \t]*\d+[.)]                        # the number of a list's item ends nothing
    | (?P<end> [.!?…]["'”’)\]*]*(?=\s|$)
             | [。！？][”’」』）]*
             | (?<=\S)(?=\n) )
    """,
    re.VERBOSE | re.MULTILINE,
)
_BACK: Final = 500
"""Characters that a cut may lie before the loop, to end like a sentence."""


class Level(IntEnum):
    """How sure the guard is."""

    SUSPECT = 1
    """Worth a quiet mark."""
    LOOP = 2
    """Worth acting on."""


class LoopKind(StrEnum):
    """In which way the text goes in circles."""

    CYCLE = "cycle"
    """The same text again and again."""
    COUNTED = "counted"
    """The same text with numbers that count on."""
    SHUFFLED = "shuffled"
    """The same few phrases in changing order."""
    COLLAPSE = "collapse"
    """The same few words in ever new mixtures: nothing new is said any more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A loop, or what looks like the beginning of one."""

    level: Level
    kind: LoopKind
    since_tokens: int
    """Tokens before the repetition began: before the first copy of a cycle, or before the last that was new."""
    at_tokens: int
    """Tokens fed when it was found."""
    times: int
    """How often the phrase, or each of the phrases, was said; 2 at least."""
    sample: str
    """The phrase, shortened, in one line, without control or formatting characters."""
    since_char: int
    """Where the repetition began, code points in the text fed."""
    new_until_char: int
    """Where the first copy ended: behind this nothing new was said."""


def clean_cut(text: str, finding: Finding) -> int:
    """Where to cut a looping text so that what stays says everything once and ends like a sentence.

    Args:
        text: all that was fed to the guard, at least as far as the finding.
        finding: what the guard reported on it.

    Returns:
        An offset in code points, at most `len(text)`: the last end of a sentence or line within the first copy, or
        right behind it. Where there is none, the very end of the copy, if there is a copy; else (phrases in changing
        order have no first copy) the last such end before the loop.
    """
    end = min(finding.new_until_char, len(text))
    start = min(finding.since_char, end)
    matches = _SENTENCE_END.finditer(text, max(0, start - _BACK))
    near = takewhile(lambda match: match.start() <= end, matches)  # a mark that follows at once belongs to the sentence
    ends = [match.end() for match in near if match["end"] is not None]
    if ends and ends[-1] > start:
        return ends[-1]
    return end if end > start or not ends else ends[-1]


def shown(text: str) -> str:
    """A text as a sample: one line, harmless, short."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1].rstrip() + "…"
