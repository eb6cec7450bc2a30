"""The machine's own time and chance, as the services' `Clock`."""

import secrets
import time
from typing import Final

from dsr1_tui.domain.ids import uuid7

_NS_IN_MS: Final = 1_000_000
_COUNTER_BITS: Final = 12


class SystemClock:
    """Satisfies `ports.Clock`; its ids rise strictly, also within one millisecond and when the clock is set back."""

    def __init__(self) -> None:
        self._last_tick = 0

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def new_id(self) -> str:
        """A fresh UUIDv7 whose first 12 random bits count fractions of a millisecond (RFC 9562, 6.2, method 3).

        A question and its answer are made within one millisecond; without the fraction they would sort by chance.
        """
        tick = (time.time_ns() << _COUNTER_BITS) // _NS_IN_MS
        tick = self._last_tick = max(tick, self._last_tick + 1)
        fraction = tick & ((1 << _COUNTER_BITS) - 1)
        chance = secrets.randbits(80 - _COUNTER_BITS)
        return uuid7(tick >> _COUNTER_BITS, (fraction << (80 - _COUNTER_BITS) | chance).to_bytes(10))
