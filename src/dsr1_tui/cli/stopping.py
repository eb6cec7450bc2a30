"""Turns ctrl+c, SIGTERM and a closed terminal into a gentle stop that keeps the answer; a second one ends at once."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from dsr1_tui.services.turn import StopSignal

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopping:
    """What the signals did."""

    def __init__(self) -> None:
        self.stop = StopSignal()
        self.asking = False
        """Whether an answer streams: then a signal stops it; before that it ends the waiting."""
        self.kept = False
        """Whether all is in the store: then a signal ends the program, however long stdout makes it wait."""
        self.exit_code: int | None = None
        """128 and the signal's number, once one came."""
        self._task = asyncio.current_task()

    def take(self, number: int) -> None:
        """A signal came."""
        first, self.exit_code = self.exit_code is None, self.exit_code or 128 + number
        if self.kept or not first:
            os._exit(self.exit_code)  # the journal holds all but the last second
        if self.asking:
            self.stop.stop()
        elif self._task is not None:
            self._task.cancel()


@contextmanager
def signals_stop() -> Iterator[Stopping]:
    """Watch for signals while an answer is asked for; those the parent process had us ignore stay ignored."""
    stopping = Stopping()
    loop = asyncio.get_running_loop()
    watched = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    for number in watched:
        loop.add_signal_handler(number, stopping.take, number)
    try:
        yield stopping
    finally:
        for number in watched:
            loop.remove_signal_handler(number)
