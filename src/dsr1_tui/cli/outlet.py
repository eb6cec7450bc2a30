"""Writes to stdout from a thread of its own, so that a pager that waits never holds up the answer or a ctrl+c."""

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_STOP: Final = None


class Outlet:
    """Takes text at once and writes it in order; made in a running event loop.

    The file descriptor is written directly: a buffer's lock, held by a thread that a pager keeps waiting, would make
    Python abort when it exits.
    """

    def __init__(self, descriptor: int, encoding: str, on_broken: Callable[[], None]) -> None:
        """`on_broken` is called once, in the event loop, when nothing more can be written."""
        self.error: OSError | None = None
        self._descriptor = descriptor
        self._encoding = encoding
        self._on_broken = on_broken
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[str | None] = deque()
        self._more = threading.Event()
        self._done = asyncio.Event()
        threading.Thread(target=self._write_all, name="stdout", daemon=True).start()

    def put(self, text: str) -> None:
        """Write `text` soon; after an error it is dropped."""
        if text and self.error is None:
            self._waiting.append(text)
            self._more.set()

    async def close(self) -> OSError | None:
        """Wait until all is written; the error that prevented it, if any."""
        self._waiting.append(_STOP)
        self._more.set()
        await self._done.wait()
        return self.error

    def _write_all(self) -> None:
        stopped = False
        while not stopped and self.error is None:
            self._more.wait()
            self._more.clear()
            texts: list[str] = []
            while self._waiting and not stopped:
                text = self._waiting.popleft()
                stopped = text is _STOP
                texts.append(text or "")
            self._write("".join(texts).encode(self._encoding, "backslashreplace"))
        self._tell(self._done.set)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            self.error = error
            self._tell(self._on_broken)

    def _tell(self, callback: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: the program is ending without waiting
            self._loop.call_soon_threadsafe(callback)
