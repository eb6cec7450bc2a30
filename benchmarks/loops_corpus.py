"""The texts of `loops.py`: looping and honest ones, made by rule from seeds and from sentences written by hand.

Each family has several texts: every other one is for tuning, the rest for the test. The families of
`loops_corpus_later.py` are for the test alone, so that it also holds what no threshold was set by.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from loops_corpus_data import DATA
from loops_corpus_later import LATER, LATER_LOOPS
from loops_corpus_looping import LOOPING
from loops_corpus_maths import MATHS
from loops_corpus_prose import PROSE
from loops_corpus_steps import STEPS

LONGEST = 20_000
"""Tokens of a text at most; what goes on longer is cut there."""
_TOKEN = re.compile(r"\d| ?[^\W\d_]{1,9}|\n{1,2}| ?[^\w\s]{1,3}|_|\s{1,16}", re.ASCII)
_WIDE = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff，。！？；：、“”（）]{1,2})")


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


def corpus(seed: str = "") -> Iterator[Sample]:
    """All texts, always the same ones in the same order; another seed makes other texts of the same families."""
    for families in (PROSE, MATHS, STEPS, DATA, LATER):
        for family, (make, count) in families.items():
            for index in range(count):
                text = make(Random(f"{seed}{family}-{index}"))
                yield Sample(family, index, text, None, _is_test(family, index))
    for family, (begin, count) in (*LOOPING.items(), *LATER_LOOPS.items()):
        for index in range(count):
            loop = begin(Random(f"{seed}{family}-{index}"))
            yield Sample(family, index, loop.lead + loop.body, len(loop.lead), _is_test(family, index))


def _is_test(family: str, index: int) -> bool:
    return index % 2 == 1 or family.startswith("later_")
