"""Runs what may block for ever (a driver, a dead disk) in a thread that the program does not wait for at its end."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T]) -> T:
    """What `work` gives, or raises. Cancelling the waiter leaves the thread to itself."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(give: Callable[[], None]) -> None:
        def unless_left() -> None:
            if not answer.done():
                give()

        with suppress(RuntimeError):  # the loop has ended: no one waits any more
            loop.call_soon_threadsafe(unless_left)

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  the thread's outermost edge: handed to who waits
            caught = error
            settle(lambda: answer.set_exception(caught))
        else:
            settle(lambda: answer.set_result(result))

    threading.Thread(target=run, name="doctor", daemon=True).start()
    return await answer
