"""What watches an answer while it streams: the loop guard and the thinking budget, as one pure state machine."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, FinishReason, GuardTripped, ReasoningDelta
from dsr1_tui.domain.repetition import Finding, Level, LoopGuard
from dsr1_tui.domain.steering import GuardRules, LoopPolicy

LOOP: Final = "loop"
BUDGET: Final = "budget"


class Act(Enum):
    """What is to be done with the answer."""

    TELL = auto()
    """Nothing: it is only said."""
    ANSWER = auto()
    """Close the thought and have it answer from what it has."""
    STOP = auto()
    """End it."""
    RETRY = auto()
    """Ask once more."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a guard wants."""

    act: Act
    tripped: GuardTripped
    reason: FinishReason
    """How the answer ends where it is stopped."""
    finding: Finding | None = None
    """The loop, where it is one."""


class Guards:
    """Feed it every event of one sample; it gives orders, one event at a time."""

    def __init__(self, rules: GuardRules, *, may_retry: bool = True) -> None:
        self._rules = rules
        self._may_retry = may_retry
        self._thought = LoopGuard()
        self._answer = LoopGuard()
        self._tokens = 0
        self._first_at: float | None = None
        self._over = False
        """Whether the budget was told as used up, or no longer matters."""

    def feed(self, event: AnswerEvent) -> Order | None:
        """What is to be done after this event, if anything."""
        match event:
            case ReasoningDelta(text=text, tokens=tokens, at=at):
                if (finding := self._thought.feed(text, tokens)) is not None:
                    return self._loop(finding, in_thought=True, at=at)
                return self._budget(tokens, at)
            case AnswerDelta(text=text, tokens=tokens, at=at):
                self._over = self._over or bool(text.strip())
                finding = self._answer.feed(text, tokens)
                return None if finding is None else self._loop(finding, in_thought=False, at=at)
            case _:
                return None

    def _loop(self, finding: Finding, *, in_thought: bool, at: float) -> Order:
        act = self._act(in_thought=in_thought) if finding.level is Level.LOOP else Act.TELL
        level = "loop" if finding.level is Level.LOOP else "suspect"
        since = _since(finding.since_tokens, in_thought=in_thought)
        detail = f"repeating since {since} (×{finding.times}, “{_in_words(finding.sample)}”)"
        tripped = GuardTripped(guard=LOOP, level=level, action=act.name.lower(), detail=detail, at=at)
        return Order(act, tripped, FinishReason.LOOP, finding)

    def _act(self, *, in_thought: bool) -> Act:
        match self._rules.loop_policy:
            case LoopPolicy.TELL:
                return Act.TELL
            case LoopPolicy.STOP:
                return Act.STOP
            case LoopPolicy.RETRY if self._may_retry:
                return Act.RETRY
            case LoopPolicy.ANSWER | LoopPolicy.RETRY:
                return Act.ANSWER if in_thought else Act.STOP

    def _budget(self, tokens: int, at: float) -> Order | None:
        self._tokens += tokens
        if self._first_at is None:
            self._first_at = at
        if self._over:
            return None
        limit, limit_s = self._rules.budget_tokens, self._rules.budget_s
        if limit is not None and self._tokens >= limit:
            detail = f"{self._tokens:,} of {limit:,} tok of thought used"
        elif limit_s is not None and at - self._first_at >= limit_s:
            detail = f"{limit_s:g} s of thought used"
        else:
            return None
        self._over = True
        tripped = GuardTripped(guard=BUDGET, level="loop", action=Act.ANSWER.name.lower(), detail=detail, at=at)
        return Order(Act.ANSWER, tripped, FinishReason.BUDGET)


def _since(tokens: int, *, in_thought: bool) -> str:
    """Where a loop began, in words; a second one, in the answer, is told apart from that in the thought."""
    where = "" if in_thought else " of the answer"
    return f"{tokens:,} tok{where}" if tokens > 1 else f"the start{where}"


def _in_words(sample: str) -> str:
    """A sample that was shortened, without the beginning of a word at its end; Chinese has no spaces to look for."""
    if not sample.endswith("…"):
        return sample
    said, space, word = sample[:-1].rpartition(" ")
    return f"{said.rstrip()} …" if space and len(word) < _WORD and word.isascii() else sample


_WORD: Final = 20
"""Characters that a word has at most."""
