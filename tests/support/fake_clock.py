"""A clock that stands still until a test moves it, and ids that are the same in every run."""

from dsr1_tui.domain.ids import uuid7


class FakeClock:
    """Satisfies `ports.Clock`; both its times move together and only by `advance`."""

    def __init__(self, now: float = 1_700_000_000.0, monotonic: float = 1_000.0) -> None:
        self._now = now
        self._monotonic = monotonic
        self._ids = 0

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def new_id(self) -> str:
        """A UUIDv7 greater than all before it, also within one millisecond."""
        self._ids += 1
        return uuid7(int(self._now * 1000), (self._ids << 56).to_bytes(10))

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
        self._monotonic += seconds
