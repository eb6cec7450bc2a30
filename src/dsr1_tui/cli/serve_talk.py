"""Tells how far a server is that starts or ends: one live line on a terminal, a line a phase elsewhere; on stderr."""

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from typing import Final

from dsr1_tui.domain.server.log_lines import read_line
from dsr1_tui.domain.server.progress import Phase
from dsr1_tui.domain.server.wording import phase_words
from dsr1_tui.ports import Clock
from dsr1_tui.render.cells import clip
from dsr1_tui.render.safe import safe
from dsr1_tui.services.serving import Answers, Launched, Progressed, StartEvent, StartFailed, StopEvent, Stopping

DRAW_S: Final = 0.25
_CLEAR: Final = "\r\x1b[K"


class ServeTalk:
    """Feed it every event; run `tick` beside it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._live = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._began = clock.monotonic()
        self._expected: float | None = None
        self._doing = ""
        self._detail = ""
        self._phase: Phase | None = None
        self._drawn = ""

    def feed(self, event: StartEvent) -> None:
        """Take one event of a start into account."""
        match event:
            case Launched(_, expected):
                self._began, self._expected = self._clock.monotonic(), expected
            case Progressed(progress, elapsed, line):
                self._began = self._clock.monotonic() - elapsed
                self._doing, self._detail = phase_words(progress), read_line(line).text.strip()
                if progress.phase is not self._phase:
                    self._phase = progress.phase
                    if not self._live:
                        self.say(f"{self._time()}  {progress.phase.value} …")
                if self._live:
                    self._draw()
            case Answers() | StartFailed():
                self.clear()

    def end(self, event: StopEvent) -> None:
        """Take one event of a stop into account."""
        if not isinstance(event, Stopping):
            self.clear()
            return
        words = "stopping, killed" if event.killed else "stopping"
        if words != self._doing and not self._live:
            self.say(f"{words} …")
        self._doing, self._detail = words, f"it is killed after {event.limit_s:.0f} s" if not event.killed else ""
        self._began, self._expected = self._clock.monotonic() - event.elapsed_s, None
        if self._live:
            self._draw()

    async def tick(self) -> None:
        """Keep the line's seconds running; to be cancelled."""
        while True:
            await asyncio.sleep(DRAW_S)
            if self._live and self._doing:
                self._draw()

    def say(self, line: str) -> None:
        """A line that stays."""
        self.clear()
        _write(" ".join(safe(line).split("\n")) + "\n")

    def clear(self) -> None:
        """Take the live line away."""
        self._doing = ""
        if self._drawn:
            self._drawn = ""
            _write(_CLEAR)

    def _draw(self) -> None:
        parts = (self._doing, self._time(), self._detail)
        text = " ".join(safe(" · ".join(part for part in parts if part)).split("\n"))
        text = text[: clip(text, shutil.get_terminal_size().columns - 1)]
        if text != self._drawn:
            self._drawn = text
            _write(_CLEAR + text)

    def _time(self) -> str:
        elapsed = f"{self._clock.monotonic() - self._began:.0f} s"
        return elapsed if self._expected is None else f"{elapsed} of ≈ {self._expected:.0f} s"


def _write(text: str) -> None:
    with suppress(OSError):  # nobody may listen
        sys.stderr.write(text)
        sys.stderr.flush()
