"""When repetition is a loop: the thresholds, and why each is where it is (`benchmarks/loops.py` measures them)."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.repetition_finding import Level, LoopKind
from dsr1_tui.domain.repetition_numbers import progress
from dsr1_tui.domain.repetition_periods import PeriodTracker
from dsr1_tui.domain.repetition_phrases import PhraseWatch
from dsr1_tui.domain.repetition_trail import Makeup, Trail

BLOCK: Final = 16
"""Units between two looks at the rules."""
WINDOW: Final = 4096
"""Units remembered at least."""
_LOOK: Final = 48
"""Units a stream must have repeated itself for before a rule looks closer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule found, in units from the text's first."""

    level: Level
    kind: LoopKind
    since: int
    new_until: int
    times: int
    sample: tuple[int, int]
    """First unit and number of units of the phrase."""


@dataclass(frozen=True, slots=True)
class Past:
    """All that the rules look at."""

    trail: Trail
    exact: PeriodTracker
    masked: PeriodTracker
    phrases: PhraseWatch
    novelty: deque[tuple[int, int]]
    """Units of each block whose last four had not been met before, exactly and masked; the newest last."""


def judge(past: Past) -> Verdict | None:
    """The surest verdict; the more exact kind first among equals."""
    found = [verdict for rule in (_cycle, _counted, _shuffled, _collapse) if (verdict := rule(past)) is not None]
    return max(found, key=lambda verdict: verdict.level, default=None)


def _cycle(past: Past) -> Verdict | None:
    """The same units at the same distance."""
    if past.exact.run < _LOOK:
        return None
    run, lag = past.exact.stretch(), past.exact.lag
    need = _cycle_need(past.trail.makeup(max(BLOCK, min(lag, 512))), lag)
    if run >= max(2 * lag, need):
        level = Level.LOOP
    elif run >= max(lag, need // 2):
        level = Level.SUSPECT
    else:
        return None
    return _periodic(past, LoopKind.CYCLE, level, lag, run)


def _cycle_need(what: Makeup, lag: int) -> int:
    """Units that must repeat exactly: what people and programs write on purpose gets the longer rope."""
    if what.chars * 2 >= what.total:
        return 600  # zeros in base64
    if what.words:
        if what.structure:
            return 600  # empty cells of a table, elements of a page
        return 100 if lag <= 4 else 160  # noqa: PLR2004 - "ha ha ha" against a chorus sung three times
    if what.symbols:
        return 400 if what.equals else 1500  # "x = 5, x = 5" against a matrix of zeros
    return 120 if what.breaks else 40  # dotted lines of a form; units are 16 of the same mark


def _periodic(past: Past, kind: LoopKind, level: Level, lag: int, run: int) -> Verdict:
    since = past.trail.count - run - lag
    return Verdict(level, kind, since, since + lag, run // lag + 1, (past.trail.count - lag, lag))


def _counted(past: Past) -> Verdict | None:
    """The same units but for numbers that a counter foretells."""
    if past.masked.run < 2 * _LOOK or past.masked.run <= past.exact.run:
        return None
    run, lag = past.masked.stretch(), past.masked.lag
    if run < 2 * lag or past.trail.fenced:
        return None
    span = min(run + lag, max(4 * lag, 256))
    what = past.trail.makeup(span)
    if what.structure:
        return None
    copies = run // lag + 1
    numbers = progress(past.trail.units(past.trail.count - span, past.trail.count), lag)
    if numbers.counter:
        if not what.words:
            full = (copies / 100, run / 400) if what.equals else (0.0, 0.0)
        elif what.wordiness >= 3:  # noqa: PLR2004 - three words for each number: said, not calculated
            full = max((copies / 40, run / 240), (copies / 16, run / 600), key=min)
        else:
            full = copies / 40, run / 240
    elif numbers.linear and what.words:
        full = copies / 100, run / 1000
    else:
        return None
    if min(full) < 0.5:  # noqa: PLR2004 - half way to a loop
        return None
    return _periodic(past, LoopKind.COUNTED, Level.LOOP if min(full) >= 1 else Level.SUSPECT, lag, run)


def _shuffled(past: Past) -> Verdict | None:
    """Phrases that had all been said before, most of them more than once."""
    if past.phrases.fresh < 8 or past.trail.fenced:  # noqa: PLR2004 - a cheap first look
        return None
    for level, units, twice in ((Level.LOOP, 200, 0.75), (Level.SUSPECT, 110, 0.5)):
        said = past.phrases.coverage(units)
        if said.symbolic * 2 > said.units:  # moves of a game, steps of an algorithm: the symbols are the content
            said = past.phrases.coverage(5 * units)
            if said.units < 5 * units or said.templates < 3:  # noqa: PLR2004 - one sentence is no loop of sentences
                continue
        if said.units < units or said.once < 0.97 * said.units or said.twice < twice * said.units:
            continue
        if said.distinct > 1 and past.trail.makeup(units).prose:
            since = past.phrases.since(said.start)
            return Verdict(level, LoopKind.SHUFFLED, since, since, max(2, said.phrases // said.distinct), said.common)
    return None


_FAST: Final = ((384, 0.08), (800, 0.15), (1600, 0.22))
"""Units of prose, and the share of new four-unit phrases that is too little in so many; honest prose has 0.6 and more."""
_SLOW: Final = ((2000, 0.02, 2.0), (3000, 0.02, 1.0))
"""The same where numbers are set aside, with the words there must be for each number: else it may be a calculation."""


def _collapse(past: Past) -> Verdict | None:
    """Hardly any four units in a row that had not been met before."""
    if past.trail.fenced or sum(exact for exact, _ in list(past.novelty)[-8:]) > 0.35 * 8 * BLOCK:
        return _collapse_slow(past) if not past.trail.fenced else None
    for units, share in _FAST:
        for level, part in ((Level.LOOP, 1.0), (Level.SUSPECT, 0.5)):
            blocks = int(units * part) // BLOCK
            if len(past.novelty) < blocks:
                continue
            new = sum(exact for exact, _ in list(past.novelty)[-blocks:])
            if new <= share * blocks * BLOCK and past.trail.makeup(blocks * BLOCK).prose:
                return _fallen(past, level, blocks, share)
    return None


def _collapse_slow(past: Past) -> Verdict | None:
    for units, share, wordiness in _SLOW:
        blocks = units // BLOCK
        if len(past.novelty) < blocks:
            continue
        new = sum(masked for _, masked in list(past.novelty)[-blocks:])
        what = past.trail.makeup(units)
        if new <= share * units and what.prose and what.wordiness >= wordiness:
            return _fallen(past, Level.LOOP, blocks, share)
    return None


def _fallen(past: Past, level: Level, blocks: int, share: float) -> Verdict:
    """Reach back to where novelty fell."""
    for exact, masked in list(past.novelty)[-blocks - 1 :: -1]:
        if min(exact, masked) > share * BLOCK:
            break
        blocks += 1
    since = max(past.trail.first, past.trail.count - blocks * BLOCK)
    said = past.phrases.coverage(past.trail.count - since)
    times = max(2, said.phrases // max(1, said.distinct))
    sample = said.common if said.common[1] else (past.trail.count - BLOCK, BLOCK)
    return Verdict(level, LoopKind.COLLAPSE, since, since, times, sample)
