"""A hand-over between the task that reads the stream and the one that journals and shows it."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

from dsr1_tui.domain.events import AnswerEvent


class Inbox:
    """Reads an event stream in a task of its own, so that a stop or a journal tick never waits for the next token."""

    def __init__(self, stream: AsyncGenerator[AnswerEvent, None]) -> None:
        self.wake = asyncio.Event()
        """Set when something is to be looked at: an event, the end, a stop, a tick."""
        self._stream = stream
        self._events: deque[AnswerEvent] = deque()
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for event in self._stream:
                self._events.append(event)
                self.wake.set()
        finally:
            self.wake.set()

    @property
    def ended(self) -> bool:
        """Whether the stream has ended and all of it was taken."""
        return self._task.done() and not self._events

    async def wait(self, at_most: float) -> None:
        """Wait until there is something to look at, at most `at_most` seconds."""
        if not self.wake.is_set():
            tick = asyncio.get_running_loop().call_later(at_most, self.wake.set)
            try:
                await self.wake.wait()
            finally:
                tick.cancel()
        self.wake.clear()

    def take(self) -> AnswerEvent | None:
        """The next event, or `None` where none waits."""
        return self._events.popleft() if self._events else None

    async def close(self) -> None:
        """End the reading and close the stream; raises what the reader raised."""
        self._task.cancel()
        try:
            await asyncio.gather(self._task, return_exceptions=True)
        finally:
            await self._stream.aclose()
        if not self._task.cancelled() and (error := self._task.exception()) is not None:
            raise error
