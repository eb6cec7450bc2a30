"""Tells how an installation goes: a live line on a terminal, a line a step elsewhere; all of it on stderr."""

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from typing import Final, assert_never

from dsr1_tui.domain.engine import (
    GB,
    Downloaded,
    EngineEvent,
    Installed,
    Replaced,
    Said,
    StepBegan,
    StepDone,
)
from dsr1_tui.ports import Clock
from dsr1_tui.render.cells import clip
from dsr1_tui.render.safe import safe

DRAW_S: Final = 0.25
LINE_CELLS: Final = 160
"""Longest line of pip's that a log repeats."""
ALIVE_S: Final = 15.0
"""Seconds without a word after which a log (no terminal) gets a line that says that it still works."""
_MB: Final = 10**6
_CLEAR: Final = "\r\x1b[K"


class EngineTalk:
    """Feed it every event; run `tick` beside it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._live = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._where = ""
        self._title = ""
        self._since = self._said_at = clock.monotonic()
        self._detail = ""
        self._drawn = ""

    def feed(self, event: EngineEvent) -> None:
        """Take one event into account and say what is to be said at once."""
        match event:
            case Replaced(recipe):
                self.say(f"An engine made otherwise ({recipe or 'unknown'}) is removed first.")
            case StepBegan(step, number, total, skipped):
                self._where, self._title, self._detail = f"[{number}/{total}]", step.title, ""
                self._since = self._clock.monotonic()
                if skipped:
                    self.say(f"{self._where} {step.title}: done before")
                elif not self._live:
                    self.say(f"{self._where} {step.title} …")
            case Said(text):
                self._detail = text.strip()
            case Downloaded(name, done, total):
                self._detail = f"{name} {done / _MB:,.0f}/{total / _MB:,.0f} MB".strip()
            case StepDone(step, seconds):
                self.say(f"{self._where} {step.title}: {seconds:.0f} s")
                self._where = ""
            case Installed(version, seconds, used_bytes):
                self.say(f"vLLM {version} is installed: {size(used_bytes)}, {seconds:.0f} s.")
            case _:
                assert_never(event)

    async def tick(self) -> None:
        """Keep the live line up to date, or a log alive, until cancelled."""
        while True:
            await asyncio.sleep(DRAW_S)
            if self._live:
                self._draw()
            elif self._where and self._clock.monotonic() - self._said_at >= ALIVE_S:
                self.say(_cut(self._words(), LINE_CELLS))

    def say(self, line: str) -> None:
        """A line that stays."""
        self.clear()
        self._said_at = self._clock.monotonic()
        _write(_plain(line) + "\n")

    def clear(self) -> None:
        """Take the live line away."""
        if self._drawn:
            self._drawn = ""
            _write(_CLEAR)

    def _draw(self) -> None:
        text = _cut(self._words(), shutil.get_terminal_size().columns - 1) if self._where else ""
        if text != self._drawn:
            self._drawn = text
            _write(_CLEAR + text)

    def _words(self) -> str:
        head = f"{self._where} {self._title} · {self._clock.monotonic() - self._since:.0f} s"
        return f"{head} · {self._detail}" if self._detail else head


def size(number: int) -> str:
    """Bytes in words."""
    return f"{number / GB:.1f} GB" if number >= GB / 10 else f"{number / _MB:.0f} MB"


def _cut(text: str, width: int) -> str:
    text = _plain(text)
    return text[: clip(text, width)]


def _plain(text: str) -> str:
    return " ".join(safe(text).split())


def _write(text: str) -> None:
    with suppress(OSError):  # nobody may watch
        sys.stderr.write(text)
        sys.stderr.flush()
