"""When a text says nothing new though it follows no period: shuffled phrases, collapsed novelty, too few words."""

from typing import Final

from dsr1_tui.domain.repetition_finding import Level, LoopKind
from dsr1_tui.domain.repetition_makeup import BLOCK
from dsr1_tui.domain.repetition_numbers import FORETOLD, progress
from dsr1_tui.domain.repetition_past import Past, Verdict
from dsr1_tui.domain.repetition_units import UnitKind

_SHUFFLED: Final = ((Level.LOOP, 160, 0.75), (Level.SUSPECT, 110, 0.5))
"""Units in a row of phrases said before, and the share of them that had been said twice before."""
_SYMBOLIC: Final = 4
"""How much longer that must be where phrases carry numbers: the moves of a game, the steps of an algorithm."""
_TEMPLATES: Final = 3
"""Different sentences, numbers set aside, that such a loop must have: one sentence is a list."""
_PARTS: Final = ((Level.LOOP, 1.0), (Level.SUSPECT, 0.75))
_FALLEN: Final = (256, 0.08, 25.0), (2048, 0.05, 6.0)
"""Units of prose, the share of new four-unit phrases that is too little in so many (honest prose has 0.6 and more), and
the words there must be for each number: lists and timetables count."""
_FALLEN_MASKED: Final = 4096, 0.02, 2.0
"""The same where numbers and single letters are set aside: before that it may be a calculation, step by step."""
_FEW_WORDS: Final = 1536, 40, 25.0
"""Units of prose, the different words that are too few in so many, and the words there must be for each number."""
_GLIMPSE: Final = 36
"""Different units in the last 64 above which that need not be looked at; honest prose has 40 to 50."""
_CHOICES: Final = 8
"""Different words below which it may be a list of outcomes (heads, tails)."""


def shuffled(past: Past) -> Verdict | None:
    """Phrases that had all been said before, most of them more than once."""
    old = past.phrases.old
    for level, units, twice in _SHUFFLED:
        if old < units or past.trail.fenced:
            continue
        what = past.makeup(units)
        said = past.phrases.coverage(units)
        plain = what.prose
        if said.symbolic * 2 > said.units:
            if old < _SYMBOLIC * units:
                continue
            said = past.phrases.coverage(_SYMBOLIC * units)
            plain = said.templates >= _TEMPLATES and what.words * 3 >= what.total and not what.structure
        if plain and said.distinct > 1 and said.twice >= twice * said.units:
            since = past.phrases.since()
            return Verdict(level, LoopKind.SHUFFLED, since, since, max(2, said.phrases // said.distinct), said.common)
    return None


def collapse(past: Past) -> Verdict | None:
    """Hardly any four units in a row that had not been met twice before, or hardly any different words."""
    if past.trail.fenced:
        return None
    low = past.makeups.last(8).novel_masked <= 4 * BLOCK
    few = _vocabulary(past, 4 * BLOCK) <= _GLIMPSE
    for level, part in _PARTS:
        found = (low and (_fallen(past, level, part) or _fallen_masked(past, level, part))) or (
            few and _few_words(past, level, part)
        )
        if found:
            return found
    return None


def _fallen(past: Past, level: Level, part: float) -> Verdict | None:
    for units, share, wordiness in _FALLEN:
        blocks = int(units * part) // BLOCK
        what = past.makeups.last(blocks)
        fallen = len(past.makeups) >= blocks and what.novel <= share * what.total
        if fallen and what.prose and what.wordiness >= wordiness and _vocabulary(past, what.total) >= _CHOICES:
            return _since(past, level, blocks, share)
    return None


def _fallen_masked(past: Past, level: Level, part: float) -> Verdict | None:
    units, share, wordiness = _FALLEN_MASKED
    blocks = int(units * part) // BLOCK
    what = past.makeups.last(blocks)
    fallen = len(past.makeups) >= blocks and what.novel_masked <= share * what.total
    if fallen and what.plain and what.wordiness >= wordiness and not _foretold(past):
        return _since(past, level, blocks, share)
    return None


def _foretold(past: Past) -> bool:
    """Whether numbers count on or down: that is for the rule of counters to judge, and a countdown ends by itself."""
    lag = past.masked.lag
    return 0 < lag < past.masked.run and progress(past.trail.last(max(4 * lag, 192)), lag).foretold >= FORETOLD


def _few_words(past: Past, level: Level, part: float) -> Verdict | None:
    units, few, wordiness = _FEW_WORDS
    blocks = int(units * part) // BLOCK
    what = past.makeups.last(blocks)
    if len(past.makeups) < blocks or not what.prose or what.wordiness < wordiness:
        return None
    return _since(past, level, blocks, 0) if _CHOICES <= _vocabulary(past, what.total) <= few * part else None


def _vocabulary(past: Past, units: int) -> int:
    """Different words among the last units."""
    return len({unit.exact for unit in past.trail.last(units) if unit.kind is UnitKind.WORD})


def _since(past: Past, level: Level, blocks: int, share: float) -> Verdict:
    """Reach back to where novelty fell."""
    while blocks < len(past.makeups):
        block = past.makeups.last(1, before=blocks)
        if min(block.novel, block.novel_masked) >= share * BLOCK:
            break
        blocks += 1
    since = max(past.trail.first, past.trail.count - blocks * BLOCK)
    said = past.phrases.coverage(past.trail.count - since)
    times = max(2, said.phrases // max(1, said.distinct))
    sample = said.common if said.common[1] else (past.trail.count - BLOCK, BLOCK)
    return Verdict(level, LoopKind.COLLAPSE, since, since, times, sample)
