"""When what repeats itself at a fixed distance, exactly or but for numbers, is a loop (see `benchmarks/loops.py`)."""

from dataclasses import replace
from typing import Final

from dsr1_tui.domain.repetition_finding import Level, LoopKind
from dsr1_tui.domain.repetition_makeup import Makeup
from dsr1_tui.domain.repetition_novelty import collapse, shuffled
from dsr1_tui.domain.repetition_numbers import progress
from dsr1_tui.domain.repetition_past import Past, Verdict
from dsr1_tui.domain.repetition_units import UnitKind

_LOOK: Final = 24
"""Units a stream must have repeated itself for before a rule looks closer."""
_SHORT: Final = 4
"""Units of a cycle so short ("ha ha ha") that fewer of them are enough."""
_LONG: Final = 24
"""Units of a record so long that fewer copies with nothing new but a counter are enough."""
_HALF: Final = 0.5
"""Part of the way to a loop from which it is worth a mark."""
_MAKEUP: Final = 512
"""Units that are enough to see what a cycle is made of."""


def judge(past: Past) -> Verdict | None:
    """The surest verdict; among equals the more exact kind, which also knows best where the loop began."""
    found = [verdict for rule in (cycle, counted, shuffled, collapse) if (verdict := rule(past)) is not None]
    if not found:
        return None
    surest = max(verdict.level for verdict in found)
    return replace(found[0], level=surest)


def cycle(past: Past) -> Verdict | None:
    """The same units at the same distance."""
    if past.exact.run < _LOOK:
        return None
    run, lag = past.exact.stretch(), past.exact.lag
    need = _needed(past.makeup(min(lag, _MAKEUP)), lag, fenced=past.trail.fenced)
    if run >= max(2 * lag, need):
        return _periodic(past, LoopKind.CYCLE, Level.LOOP, lag, run)
    if run >= max(lag, need * _HALF):
        return _periodic(past, LoopKind.CYCLE, Level.SUSPECT, lag, run)
    return None


def _needed(what: Makeup, lag: int, *, fenced: bool) -> int:
    """Units that must repeat: what people and programs write on purpose gets the longer rope."""
    if what.chars * 2 >= what.total:
        return 600  # zeros in base64
    if what.digits * 2 >= what.total:
        return 300  # the period of a fraction
    if what.words:
        if what.structure:
            return 1000  # empty cells of a table, elements of a page
        if fenced:
            return 600
        return 100 if lag <= _SHORT else 160  # a chorus may be sung three times
    if what.symbols:
        return 400 if what.equals else 1000  # "x = 5, x = 5" against a matrix of zeros
    return 24 if lag == 1 and not what.breaks else 120  # a unit is 16 of the same mark; forms have dotted lines


def _periodic(past: Past, kind: LoopKind, level: Level, lag: int, run: int) -> Verdict:
    last = past.trail.count - lag
    turn = past.trail.units(last - lag, last)  # one copy, from wherever; shown from the beginning of a line or sentence
    breaks = (at + 1 for at, unit in enumerate(turn) if unit.kind is UnitKind.BREAK)
    shift = next(breaks, None) or next((at + 1 for at, unit in enumerate(turn) if unit.ends_sentence), 0)
    since = last - run
    return Verdict(level, kind, since, since + lag, run // lag + 1, (last - len(turn) + shift, lag))


def counted(past: Past) -> Verdict | None:
    """The same units but for numbers that a counter foretells."""
    if past.masked.run < 4 * _LOOK or past.masked.run <= past.exact.run or past.trail.fenced:
        return None
    run, lag = past.masked.stretch(), past.masked.lag
    what = past.makeup(min(run, _MAKEUP))
    if run < 2 * lag or what.structure:
        return None
    copies = run // lag + 1
    simple = _way_counted(what, copies, run)
    linear = min(copies / 100, run / 1000) if what.wordiness >= 1 else 0.0  # more numbers than words: a log, a table
    if max(simple, linear) < _HALF:
        return None
    span = min(run + lag, max(4 * lag, 192))
    numbers = progress(past.trail.last(span), lag)
    way = simple if numbers.counter else linear if numbers.linear else 0.0
    if way < _HALF:
        return None
    return _periodic(past, LoopKind.COUNTED, Level.LOOP if way >= 1 else Level.SUSPECT, lag, run)


def _way_counted(what: Makeup, copies: int, run: int) -> float:
    """How far a bare counter is on its way to a loop, 1 being there.

    The ropes are as long as honest things: primality by every integer up to 31, a plan of 31 days.
    """
    if not what.words:
        return min(copies / 100, run / 400) if what.equals else 0.0  # counting to 1,000 is no loop
    way = min(copies / 40, run / 240)
    if what.wordiness >= 3:  # noqa: PLR2004 - three words for each number: said, not calculated
        way = max(way, min(copies / 32, run / 240), min(copies / 8, run / 400) if run >= _LONG * copies else 0.0)
    return way
