"""What turns and votes ask of the screen they run on."""

from collections.abc import Callable, Coroutine
from typing import Final, Protocol

from dsr1_tui.domain.fault import Fault, FaultCode

_LOST: Final = frozenset({FaultCode.UNREACHABLE, FaultCode.PROXY, FaultCode.STREAM_BROKEN, FaultCode.ENGINE_DIED})


class Timer(Protocol):
    """A repeating timer."""

    def stop(self) -> None:
        """End it."""


class Host(Protocol):
    """What the screen does for its turns."""

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Run a coroutine as a worker."""
        ...

    def every(self, interval_s: float, call: Callable[[], None]) -> Timer:
        """Call something again and again."""
        ...

    def turns_changed(self) -> None:
        """Something about turns changed: busy, thinking, queue."""
        ...

    def store_troubled(self, fault: Fault) -> None:
        """The store cannot be written."""
        ...

    def connection_lost(self) -> None:
        """The endpoint no longer answers."""
        ...

    def refused(self, fault: Fault, text: str | None) -> None:
        """A vote on `text` (`None`: on a question that stands there) makes no sense as things are set."""
        ...


def is_lost(fault: Fault | None) -> bool:
    """Whether an answer ended because the endpoint is gone."""
    return fault is not None and fault.code in _LOST
