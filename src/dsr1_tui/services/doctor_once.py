"""Looks things up once for several checks that run at the same time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Once:
    """What was looked up, by its name."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    async def get(self, name: str, make: Callable[[], Coroutine[None, None, T]]) -> T:
        """What `make` gives or raises, made at the first call; a waiter that gives up leaves it to the others."""
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(make())
        return cast("T", await asyncio.shield(self._tasks[name]))

    def cancel(self) -> None:
        """End what still runs."""
        for task in self._tasks.values():
            task.cancel()
            task.add_done_callback(_read)


def _read(task: asyncio.Task[Any]) -> None:
    """Nobody asks for it any more: without a look asyncio would complain of an error that was never told."""
    if not task.cancelled():
        task.exception()
