"""A judge in memory: exact comparison, and a list of the pairs that algebra would find equal."""

import asyncio
from dataclasses import dataclass, field

from dsr1_tui.domain.answers import Likeness, compare_forms, normal_form, same_but_for_label


@dataclass(slots=True)
class FakeJudge:
    """Satisfies `ports.Judge`."""

    equal: frozenset[frozenset[str]] = frozenset()
    """Pairs that only algebra tells to be equal."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Every pair, in order."""
    closed: int = 0

    async def same(self, one: str, other: str) -> bool:
        self.asked.append((one, other))
        await asyncio.sleep(0)
        left, right = normal_form(one), normal_form(other)
        match compare_forms(left, right):
            case Likeness.EQUAL:
                return True
            case Likeness.UNEQUAL:
                return False
            case Likeness.UNSURE:
                return same_but_for_label(left, right) or (not self.closed and frozenset({one, other}) in self.equal)

    async def aclose(self) -> None:
        self.closed += 1
