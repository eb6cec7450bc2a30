"""Texts that the loop guard is shown: fed in pieces, looping ones and honest ones made on the spot."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from dsr1_tui.domain.repetition import Finding, Level, LoopGuard

LINES = (
    "Hmm, maybe I should look at it from the other side.",
    "But what if that is wrong? Let me start over.",
    "Alternatively, I could try the first way again.",
    "Wait, that does not look right. Let me see.",
    "So it may be true, or it may be false.",
    "Let me think about it once more.",
)
ZH_LINES = (
    "等等，让我再检查一遍。",
    "也许我应该换个角度来看。",
    "所以它可能是对的，也可能是错的。",
    "让我从头开始想。",
)


@dataclass(frozen=True, slots=True)
class Read:
    """What a guard said on a text."""

    suspicion: Finding | None
    loop: Finding | None
    fed: str
    """What had been fed when the loop was found, all of it where none was."""


def pieces(text: str, size: int) -> Iterator[str]:
    """The text in pieces of `size` characters."""
    return (text[at : at + size] for at in range(0, len(text), size))


def read(parts: Iterable[str], tokens: int = 1) -> Read:
    """Feed a guard until it finds a loop."""
    guard = LoopGuard()
    suspicion = None
    fed: list[str] = []
    for part in parts:
        fed.append(part)
        found = guard.feed(part, tokens)
        if found is not None and found.level is Level.LOOP:
            return Read(suspicion, found, "".join(fed))
        suspicion = found or suspicion
    return Read(suspicion, None, "".join(fed))


def words(rng: Random, count: int, least: int = 2) -> list[str]:
    """Different words of small letters."""
    made: set[str] = set()
    while len(made) < count:
        made.add("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(least, 9))))
    return sorted(made)


def honest(rng: Random, sentences: int) -> str:
    """Sentences of words by chance, out of 400."""
    bank = words(rng, 400)
    return " ".join(" ".join(rng.choices(bank, k=rng.randint(4, 14))) + rng.choice(".?!") for _ in range(sentences))
