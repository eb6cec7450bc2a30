"""Wording that several screens share: shortened names, ages and texts of one line, never cut in mid-word."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from dsr1_tui.render.cells import cells, clip, wrap
from dsr1_tui.render.safe import safe

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_WEEK: Final = 7 * _DAY
_BREAKS: Final = re.compile(r"[\s\-_/:·,]+")
_MIN_WIDTH: Final = 2
"""A wide character must fit into a line."""


def one_line(text: str) -> str:
    """Foreign text made safe for the terminal, on one line."""
    return " ".join(safe(text).split())


def shorten(text: str, width: int) -> str:
    """`text` in at most `width` cells, cut behind a word and ended by `…`; a single word too long is cut anywhere."""
    if cells(text) <= width:
        return text
    if width < 1:
        return ""
    room = clip(text, width - 1)
    ends = [match for match in _BREAKS.finditer(text, 0, room + 1) if match.start() and match.start() <= room]
    # A cut that throws most of the room away says less than a cut inside a word.
    good = [match.start() for match in ends if 3 * match.start() >= room]
    return text[: good[-1] if good else room].rstrip() + "…"


def folded(text: str, width: int) -> list[str]:
    """`text` wrapped into lines of at most `width` cells."""
    return [text[start:end] for start, end in wrap(text, max(width, _MIN_WIDTH))]


def model_name(model: str) -> str:
    """A model's name without the organisation or folder before it."""
    name = one_line(model)
    return name.rstrip("/").rsplit("/", 1)[-1] or name


def ago(then: float, now: float, zone: tzinfo | None = None) -> str:
    """How long ago a moment was: `just now`, `5 min ago`, `2 h ago`, `yesterday`, `3 days ago`, else its date.

    Args:
        then: unix seconds.
        now: unix seconds.
        zone: the time zone of dates; the machine's own where it is left out.
    """
    past = now - then
    if past < _MINUTE:
        return "just now"
    if past < _HOUR:
        return f"{past // _MINUTE:.0f} min ago"
    if past < _DAY:
        return f"{past // _HOUR:.0f} h ago"
    if past < 2 * _DAY:
        return "yesterday"
    if past < _WEEK:
        return f"{past // _DAY:.0f} days ago"
    day, today = (datetime.fromtimestamp(moment, UTC).astimezone(zone) for moment in (then, now))
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def counted(number: int, noun: str) -> str:
    """`1 message`, `3 messages`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
