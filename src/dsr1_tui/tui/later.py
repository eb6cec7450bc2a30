"""Background work that is made when it begins: what newer work overtakes before leaves no coroutine unawaited."""

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Later:
    """For `run_worker(…, exclusive=True)`: a worker cancelled before its first step never awaits what it was given."""

    make: Callable[[], Awaitable[None]]

    def __await__(self) -> Generator[object, None, None]:
        return self.make().__await__()
