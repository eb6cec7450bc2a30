"""How fast a recording is played: at a pace one can read along with, or flat out in tests."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

FIRST_TOKEN_S: Final = 0.35
TOKENS_PER_S: Final = 60.0
"""Between pauses; with them it is 40 to 60."""
UNEVENNESS: Final = 0.3
"""Each gap is longer or shorter by up to this share."""
SENTENCE_S: Final = 0.03
PARAGRAPH_S: Final = (0.12, 0.28)

_SENTENCE_ENDS: Final = (".", "!", "?", ":", "。", "？", "！", "：")


class Beat(Protocol):
    """The rhythm of one reply."""

    async def before(self, text: str) -> None:
        """Wait until the token `text` is due."""
        ...


class Pacer(Protocol):
    """Begins a rhythm for each reply."""

    def begin(self, seed: int) -> Beat:
        """A rhythm that starts now; the same seed gives the same rhythm."""
        ...


@dataclass(frozen=True, slots=True)
class HumanPace:
    """About 50 tokens a second, slightly uneven, with a breath at the end of a paragraph."""

    speed: float = 1.0
    """2 plays twice as fast."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def __post_init__(self) -> None:
        if not self.speed > 0:
            raise ValueError("a demo's speed must be above 0")

    def begin(self, seed: int) -> Beat:
        """A rhythm that starts now."""
        return _HumanBeat(self, random.Random(seed), self.clock() + FIRST_TOKEN_S / self.speed)  # noqa: S311  a rhythm, not a secret


@dataclass(slots=True)
class _HumanBeat:
    pace: HumanPace
    chance: random.Random
    due: float
    """When the next token is to be sent: kept as a deadline, so that late wake-ups do not add up."""

    async def before(self, text: str) -> None:
        wait = self.due - self.pace.clock()
        if wait > 0:
            await self.pace.sleep(wait)
        self.due += gap(text, self.chance) / self.pace.speed


def gap(text: str, chance: random.Random) -> float:
    """Seconds from the token `text` to the next one at speed 1."""
    seconds = chance.uniform(1 - UNEVENNESS, 1 + UNEVENNESS) / TOKENS_PER_S
    if "\n\n" in text:
        return seconds + chance.uniform(*PARAGRAPH_S)
    return seconds + (SENTENCE_S if text.endswith(_SENTENCE_ENDS) else 0.0)


@dataclass(frozen=True, slots=True)
class FlatOut:
    """As fast as the client reads."""

    def begin(self, seed: int) -> Beat:
        """A rhythm without waiting."""
        del seed
        return self

    async def before(self, text: str) -> None:
        """Let other tasks run; wait for nothing."""
        del text
        await asyncio.sleep(0)
