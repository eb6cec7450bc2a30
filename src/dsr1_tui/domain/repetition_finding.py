"""What the loop guard reports, and where the text is best cut when it does."""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

_SHOWN: Final = 60
"""Characters of a sample."""
_SENTENCE_END: Final = re.compile(r"""[.!?…]["'”’)\]*]*(?=\s|$)|[。！？][”’」』）]*|(?<=\S)(?=\n)""")


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
        An offset in code points, at most `len(text)`: the last end of a sentence or line within the first copy, else
        the next one after it (no farther away than the copy is long), else the last blank in it, else its very end.
    """
    end = min(finding.new_until_char, len(text))
    start = min(finding.since_char, end)
    reach = min(len(text), end + max(end - start, 1))
    ends = [match.end() for match in _SENTENCE_END.finditer(text, max(0, start - 1), reach)]
    inside = [at for at in ends if start < at <= end]
    if inside:
        return inside[-1]
    if ends and ends[-1] > end:
        return next(at for at in ends if at > end)
    blank = text.rfind(" ", start, end)
    return blank if blank > start else end


def shown(text: str) -> str:
    """A text as a sample: one line, harmless, short."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1].rstrip() + "…"
