"""The texts of `loops.py`: looping and honest ones, made by rule from a seed and from what stands in the hand-written files.

Each family has several texts. Of most, every other text is for tuning and the rest for the test; some families are
kept whole for the test, so that it also holds what no threshold has been set by.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from loops_corpus_data import DATA
from loops_corpus_looping import LOOPING, Loop
from loops_corpus_maths import MATHS
from loops_corpus_prose import PROSE
from loops_corpus_steps import STEPS

LONGEST = 20_000
"""Tokens of a text at most; what goes on longer is cut there."""
_TOKEN = re.compile(r"\d| ?[^\W\d_]{1,9}|\n+| ?[^\w\s]{1,3}|_|\s{1,16}", re.ASCII)
_WIDE = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff，。！？；：、“”（）]{1,2})")
UNSEEN = frozenset(
    (
        "hanoi", "sort", "trial_by_all", "recipe", "json_records", "sql", "songs", "thirty_days", "schedule_zh",
        "kaprekar_zh", "hex", "patch", "drill", "loop_dialogue", "loop_near_zh", "loop_bullets", "loop_half_code",
        "loop_three", "loop_counted_long_zh", "loop_list_again",
    )
)  # fmt: skip
"""Families that are for the test only."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and what is true of it."""

    family: str
    index: int
    text: str
    loop_char: int | None
    """Where the first copy of what is repeated begins; None for an honest text."""
    test: bool
    """For the test half; else for tuning."""

    @property
    def name(self) -> str:
        """How a report calls it."""
        return f"{self.family}-{self.index}"


def tokens(text: str) -> list[str]:
    """The text cut about as the model's tokenizer does: digits singly, words whole, one or two Chinese characters."""
    cut: list[str] = []
    for at, part in enumerate(_WIDE.split(text)):
        if at % 2:
            cut.append(part)
        elif part:
            cut += _ascii_tokens(part)
    return cut


def _ascii_tokens(text: str) -> Iterator[str]:
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield match.group()
        end = match.end()
    if end < len(text):
        yield text[end:]


def corpus() -> Iterator[Sample]:
    """All texts, always the same ones in the same order."""
    yield from _honest(PROSE)
    yield from _honest(MATHS)
    yield from _honest(STEPS)
    yield from _honest(DATA)
    for family, (make, count) in LOOPING.items():
        for index in range(count):
            loop: Loop = make(Random(f"{family}-{index}"))
            yield Sample(family, index, loop.lead + loop.body, len(loop.lead), _is_test(family, index))


def _honest(families: Mapping[str, tuple[Callable[[Random], str], int]]) -> Iterator[Sample]:
    for family, (make, count) in families.items():
        for index in range(count):
            text = make(Random(f"{family}-{index}"))
            yield Sample(family, index, text, None, _is_test(family, index))


def _is_test(family: str, index: int) -> bool:
    return family in UNSEEN or index % 2 == 1
