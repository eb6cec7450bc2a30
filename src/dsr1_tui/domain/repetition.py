"""The loop guard: notices, while a text streams in, that the model has begun to go in circles.

Text is read as units (`repetition_units`), which makes findings independent of tokens and of how the stream is cut.
Two period trackers follow the units, once as they are and once with numbers masked (`repetition_periods`); phrases are
counted (`repetition_phrases`); every 16 units the rules (`repetition_rules`) look at what has come together.
"""

from typing import Final

from dsr1_tui.domain.repetition_finding import Finding, Level, LoopKind, clean_cut, shown
from dsr1_tui.domain.repetition_past import Past, Verdict
from dsr1_tui.domain.repetition_rules import judge
from dsr1_tui.domain.repetition_units import UnitReader

__all__ = ["Finding", "Level", "LoopGuard", "LoopKind", "clean_cut"]

_TAIL: Final = 32768
"""Characters kept for samples, at least."""


class LoopGuard:
    """Watches one text of one sample: the reasoning or the answer.

    What it remembers is bounded (some thousand units, under two megabytes). It reports one suspicion and one loop at
    most; after a loop it is silent and does no more work.
    """

    __slots__ = ("_fresh", "_fresh_tokens", "_kept", "_level", "_past", "_reader", "_tail", "_tokens")

    def __init__(self) -> None:
        self._reader = UnitReader()
        self._past = Past()
        self._tokens = 0
        self._fresh = ""
        self._fresh_tokens = 0
        """Text and tokens fed since units were last read."""
        self._tail: list[str] = []
        self._kept = 0
        self._level: Level | None = None

    def feed(self, text: str, tokens: int = 1) -> Finding | None:
        """Take the next piece of text, made of `tokens` tokens.

        Returns:
            The suspicion or the loop, when it is found; else None. The last 48 characters fed, and one unfinished
            word behind them, may not have been looked at yet; what is found in a text does not depend on how it is
            cut, but for that and for `tokens`.
        """
        self._tokens += tokens
        if self._level is Level.LOOP:
            return None
        self._fresh += text
        self._fresh_tokens += tokens
        placed = self._reader.feed(text)
        if not placed:
            return None
        tokens, chars = self._tokens, self._reader.chars
        rate = self._fresh_tokens / len(self._fresh)
        self._keep_fresh()
        found: Finding | None = None
        for unit, start, end in placed:
            token = max(0, tokens - round((chars - start) * rate))
            if self._past.take(unit, start, end, token) and (now := self._look()):
                found = now
                if now.level is Level.LOOP:
                    break
        return found

    def _keep_fresh(self) -> None:
        self._tail.append(self._fresh)
        self._kept += len(self._fresh)
        self._fresh, self._fresh_tokens = "", 0
        if self._kept > 2 * _TAIL:
            self._tail, self._kept = ["".join(self._tail)[-_TAIL:]], _TAIL

    def _look(self) -> Finding | None:
        """Ask the rules, at the end of a block."""
        verdict = judge(self._past)
        if verdict is None or (self._level is not None and verdict.level <= self._level):
            return None
        self._level = verdict.level
        return self._finding(verdict)

    def _finding(self, verdict: Verdict) -> Finding:
        trail = self._past.trail
        first, length = verdict.sample
        since = trail.start_of(verdict.since)
        tail = "".join(self._tail)
        offset = self._reader.chars - len(tail)
        begin = max(0, trail.start_of(first) - offset)
        return Finding(
            level=verdict.level,
            kind=verdict.kind,
            since_tokens=trail.token_of(verdict.since),
            at_tokens=self._tokens,
            times=verdict.times,
            sample=shown(tail[begin : max(begin, trail.end_of(first + length - 1) - offset)]),
            since_char=since,
            new_until_char=since if verdict.new_until == verdict.since else trail.end_of(verdict.new_until - 1),
        )
