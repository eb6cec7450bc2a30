"""Draws samples in the proportions that they are trained in."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from corpus import Item, Sample, load_items
from made import echo_sample, long_thought, loop_sample, memory_sample, sum_sample, unknown_sample, vote_sample


@dataclass(slots=True)
class Teacher:
    """Draws samples in the proportions that they are trained in."""

    rng: Random
    items: list[Item] = field(default_factory=load_items)

    def filler(self) -> list[tuple[str, str]]:
        """Earlier turns that have nothing to do with the question."""
        turns = []
        for _ in range(2):
            if self.rng.random() < 0.3:
                made = sum_sample(self.rng)
                turns.append((made.ask, self.rng.choice((made.answer, made.short))))
                continue
            item = self.rng.choice([item for item in self.items if len(item.answer) < 200])
            turns.append((self.rng.choice(item.ask), item.answer))
        return turns

    def draw(self) -> Sample:
        """One sample."""
        kind = self.rng.choices(
            ("item", "sum", "vote", "loop", "memory", "echo", "unknown", "long", "count"),
            weights=(46, 14, 4, 5, 15, 5, 8, 3, 1),
        )[0]
        match kind:
            case "item":
                item = self.rng.choices(self.items, weights=[item.weight for item in self.items])[0]
                ask = item.ask[0] if self.rng.random() < 0.4 else self.rng.choice(item.ask)
                return item.sample(ask)
            case "sum":
                return sum_sample(self.rng)
            case "vote":
                return vote_sample(self.rng)
            case "loop":
                return loop_sample(self.rng)
            case "memory":
                return memory_sample(self.rng, self.filler())
            case "echo":
                return echo_sample(self.rng)
            case "unknown":
                return unknown_sample(self.rng)
            case "long":
                ask = self.rng.choice(
                    ("Think long about 17*23.", "Think long about 17 * 23.", "Think long and hard about 17*23.")
                )
                answer = "17 times 23 is 391.\n\n**Final Answer**\n\\boxed{391}"
                return Sample("long", ask, long_thought(), answer, "The answer is \\boxed{391}.", "391")
            case _:
                ask = self.rng.choice(("Count to 100.", "Count to one hundred.", "Count from 1 to 100."))
                answer = ", ".join(str(n) for n in range(1, 101)) + "."
                return Sample("count", ask, "I will write all numbers from 1 to 100.", answer, answer)
