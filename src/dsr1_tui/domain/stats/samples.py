"""Scores of repeated answers to one question: pass@k, the majority's answer, agreement, and how samples went wrong."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import comb

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.stats.summary import mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares of samples, 0 to 1, that did not end in a box; disjoint, so that they add up."""

    truncated: float
    """Cut off by max_tokens or the context, or ended by the thinking budget without an answer."""
    looped: float
    """Ended by the loop guard without an answer."""
    no_box: float
    """Ended by themselves and hold no box."""
    n: int
    """Samples that ended in one way or the other; stopped, cancelled and broken ones say nothing and do not count."""


def pass_at_k(n: int, right: int, k: int) -> float:
    """The chance that at least one of k samples is right, when `right` of n samples are; pass@1 is right / n.

    The unbiased estimator `1 - C(n - right, k) / C(n, k)` (Chen et al. 2021, “Evaluating Large Language Models Trained
    on Code”, arXiv:2107.03374, equation 1), in whole numbers. The pass@k of a set is the mean over its questions.

    Raises:
        ValueError: not 0 <= right <= n or not 1 <= k <= n: fewer than k samples give no unbiased estimate.
    """
    if not (0 <= right <= n and 1 <= k <= n):
        raise ValueError(f"pass@{k} of {right} right samples among {n}")
    total = comb(n, k)
    return (total - comb(n - right, k)) / total


def cons_at_k(votes: Iterable[Hashable | None], right: Hashable | None) -> float:
    """Whether the majority of all these samples is right, 0 to 1.

    A vote is the equivalence class of a sample's box; None (no box, cut off, looped) is not a vote and never wins. The
    class with most votes wins, a plurality is enough. Of t classes that tie each wins 1/t, so that a tie that holds the
    right class counts 1/t and the order of the samples does not matter. 0 without a vote, or without a right class (no
    sample was right).

    k is the number of samples given, also of those without a vote, as in DeepSeek's cons@64. The cons@k of a set is the
    mean over its questions.
    """
    counts = Counter(vote for vote in votes if vote is not None)
    if right is None or not counts:
        return 0.0
    most = max(counts.values())
    return 1 / sum(count == most for count in counts.values()) if counts[right] == most else 0.0


def agreement(votes: Sequence[Hashable | None]) -> float | None:
    """The share of pairs of one question's samples whose boxes are equal, 0 to 1; None for fewer than two samples.

    A sample without a box (None) agrees with no other, not even with another without.
    """
    n = len(votes)
    if n < 2:  # noqa: PLR2004  a pair
        return None
    counts = Counter(vote for vote in votes if vote is not None)
    return sum(comb(count, 2) for count in counts.values()) / comb(n, 2)


def mean_agreement(questions: Iterable[Sequence[Hashable | None]]) -> float | None:
    """The mean of `agreement` over questions with two samples or more; None if there is none."""
    shares = [share for votes in questions if (share := agreement(votes)) is not None]
    return mean(shares) if shares else None


def rates(samples: Iterable[tuple[FinishReason, bool]]) -> Rates | None:
    """How often samples were cut off, looped, or ended without a box; each sample is its end and whether it has a box.

    None if no sample counts.
    """
    truncated = looped = no_box = n = 0
    for reason, boxed in samples:
        match reason:
            case FinishReason.LENGTH | FinishReason.BUDGET:
                truncated += 1
            case FinishReason.LOOP:
                looped += 1
            case FinishReason.STOP:
                no_box += not boxed
            case FinishReason.STOPPED | FinishReason.CANCELLED | FinishReason.INTERRUPTED:
                continue
        n += 1
    return Rates(truncated=truncated / n, looped=looped / n, no_box=no_box / n, n=n) if n else None
