"""What a cause is, and the order in which causes are tried on a line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.server.diagnosis import Diagnosis, FlagChange, StartCode
from dsr1_tui.domain.server.log_facts import Given
from dsr1_tui.domain.server.log_lines import shown
from dsr1_tui.domain.server.progress import ServerFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A line that a cause matched, with what stands around it."""

    match: re.Match[str]
    """Of the line and what follows it, joined by single blanks."""
    text: str
    """The line and the few after it, joined."""
    given: Given
    facts: ServerFacts

    def words(self, group: int = 1, other: str = "") -> str:
        """A group's text, fit to be shown inside a sentence."""
        return shown(self.match.group(group) or other, 120).rstrip(".")


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that goes wrong, known by its essential words."""

    hints: tuple[str, ...]
    """Lower-case words of which the line holds one; a cheap test before the pattern's."""
    pattern: re.Pattern[str]
    """What the line holds; it may read on into the lines that follow."""
    explain: Callable[[Finding], Diagnosis]
    weak: bool = False
    """Whether it counts only where the log holds no plainer cause."""


def cause(pattern: str, explain: Callable[[Finding], Diagnosis], *hints: str, weak: bool = False) -> Cause:
    """A cause; every one of its lines holds one of `hints` (lower case)."""
    return Cause(hints=hints, pattern=re.compile(pattern, re.IGNORECASE), explain=explain, weak=weak)


def because(code: StartCode, why: str, remedy: str, *flags: FlagChange) -> Diagnosis:
    """A diagnosis whose line is still to be filled in."""
    return Diagnosis(code=code, cause=why, remedy=remedy, flags=flags)


NUMBER: Final = r"(\d{1,9}(?:\.\d{1,9})?)"
"""A plain number, in a group."""
