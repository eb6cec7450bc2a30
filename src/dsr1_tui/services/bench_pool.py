"""Draws many samples, so many at once, and hands them over as they end."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Self

from dsr1_tui.domain.bench.plan import SampleKey
from dsr1_tui.domain.bench.result import SampleResult
from dsr1_tui.services.turn import StopSignal

Draw = Callable[[SampleKey], Awaitable[SampleResult]]


class Pool:
    """Draws while its context is open; what still runs when it closes is broken off, which frees the server."""

    def __init__(self, draw: Draw, keys: Iterable[SampleKey], at_once: int, stop: StopSignal) -> None:
        self._draw = draw
        self._waiting = deque(keys)
        self._at_once = at_once
        self._done: deque[tuple[SampleResult, asyncio.Event]] = deque()
        self._looked_at: asyncio.Event | None = None
        """Belongs to the sample that was taken last."""
        self._wake = asyncio.Event()
        self._workers: list[asyncio.Task[None]] = []
        stop.wakes(self._wake)

    async def __aenter__(self) -> Self:
        """Begin."""
        self._workers = [asyncio.create_task(self._work()) for _ in range(min(self._at_once, len(self._waiting)))]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Break off what runs; raises what a worker raised."""
        for worker in self._workers:
            worker.cancel()
        for error in await asyncio.gather(*self._workers, return_exceptions=True):
            if isinstance(error, BaseException) and not isinstance(error, asyncio.CancelledError):
                raise error

    async def _work(self) -> None:
        try:
            while self._waiting:
                result = await self._draw(self._waiting.popleft())
                looked_at = asyncio.Event()
                self._done.append((result, looked_at))
                self._wake.set()
                if result.failed:  # a server that refuses or is gone is not asked on before that was thought about
                    await looked_at.wait()
        finally:
            self._wake.set()

    @property
    def ended(self) -> bool:
        """Whether all samples ended and were taken."""
        return not self._done and all(worker.done() for worker in self._workers)

    async def wait(self, at_most: float) -> None:
        """Wait until a sample ends or a stop is asked for, at most `at_most` seconds."""
        self._let_go()
        if not self._wake.is_set():
            tick = asyncio.get_running_loop().call_later(at_most, self._wake.set)
            try:
                await self._wake.wait()
            finally:
                tick.cancel()
        self._wake.clear()

    def take(self) -> SampleResult | None:
        """The next sample that ended; `None` where none waits. The one taken before is then dealt with."""
        self._let_go()
        if not self._done:
            return None
        result, self._looked_at = self._done.popleft()
        return result

    def _let_go(self) -> None:
        if self._looked_at is not None:
            self._looked_at.set()
            self._looked_at = None
