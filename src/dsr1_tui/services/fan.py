"""Several event streams read at once into one hand-over, a few at a time: the samples of a vote that are requests."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from dsr1_tui.domain.events import AnswerEvent

Opener = Callable[[], AsyncGenerator[AnswerEvent, None]]
"""Makes a stream; called when its turn has come."""


class Fan:
    """Reads streams in tasks of its own, one task for each that may run at once; none for an event."""

    def __init__(self, openers: Sequence[Opener], at_once: int) -> None:
        """Begin to read the first `at_once` streams; the others follow in order as those end."""
        self.wake = asyncio.Event()
        """Set when something is to be looked at: an event, an end, a stop, a tick."""
        self._pending = deque(enumerate(openers))
        self._events: deque[tuple[int, AnswerEvent]] = deque()
        self._dropped: set[int] = set()
        self._readers = [asyncio.create_task(self._read()) for _ in range(min(at_once, len(openers)))]

    async def _read(self) -> None:
        try:
            while self._pending:
                at, opener = self._pending.popleft()
                if at in self._dropped:
                    continue
                async with aclosing(opener()) as stream:
                    async for event in stream:
                        if at in self._dropped:
                            break  # leaving closes the connection, which frees the server
                        self._events.append((at, event))
                        self.wake.set()
                await asyncio.sleep(0)  # streams that fail at once must not all be opened before one is looked at
        finally:
            self.wake.set()

    @property
    def ended(self) -> bool:
        """Whether all streams have ended and all of their events were taken."""
        return not self._events and all(reader.done() for reader in self._readers)

    async def wait(self, at_most: float) -> None:
        """Wait until there is something to look at, at most `at_most` seconds."""
        if not self.wake.is_set():
            tick = asyncio.get_running_loop().call_later(at_most, self.wake.set)
            try:
                await self.wake.wait()
            finally:
                tick.cancel()
        self.wake.clear()

    def take(self) -> tuple[int, AnswerEvent] | None:
        """The next event and the index of its stream, or `None` where none waits."""
        return self._events.popleft() if self._events else None

    def drop(self, at: int) -> None:
        """Do not read on in a stream: it is closed with its next event, or never opened."""
        self._dropped.add(at)

    async def close(self) -> None:
        """End the reading and close all streams; raises what a reader raised."""
        for reader in self._readers:
            reader.cancel()
        done = await asyncio.gather(*self._readers, return_exceptions=True)
        for error in done:
            if isinstance(error, BaseException) and not isinstance(error, asyncio.CancelledError):
                raise error
