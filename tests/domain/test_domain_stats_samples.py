"""pass@k, votes, agreement and rates against counting them out."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.stats import agreement, cons_at_k, mean_agreement, pass_at_k, rates

votes_of = st.lists(st.sampled_from([None, "a", "b", "c"]), max_size=9)


@pytest.mark.parametrize("n", [1, 2, 5, 7])
def test_pass_at_k_counts_every_choice(n: int) -> None:
    for right in range(n + 1):
        samples = [i < right for i in range(n)]
        for k in range(1, n + 1):
            chosen = [any(some) for some in combinations(samples, k)]
            assert pass_at_k(n, right, k) == pytest.approx(sum(chosen) / len(chosen))


def test_pass_at_k_of_many_samples_is_exact() -> None:
    assert pass_at_k(64, 20, 1) == 20 / 64
    assert pass_at_k(10_000, 1, 5_000) == pytest.approx(0.5)
    assert pass_at_k(10_000, 0, 10_000) == 0.0


def test_pass_at_k_needs_k_samples() -> None:
    for n, right, k in ((4, 2, 5), (4, 5, 1), (4, -1, 1), (0, 0, 1), (4, 2, 0)):
        with pytest.raises(ValueError, match="pass@"):
            pass_at_k(n, right, k)


@pytest.mark.parametrize(
    ("votes", "right", "wanted"),
    [
        (["a", "a", "b"], "a", 1.0),
        (["a", "a", "b"], "b", 0.0),
        (["a", "b"], "b", 0.5),
        (["a", "b", "c"], "c", 1 / 3),
        (["a", "b", None, None, None], "a", 0.5),
        ([None, None], None, 0.0),
        (["a", "a"], None, 0.0),
        ([], "a", 0.0),
        (["b"], "a", 0.0),
    ],
)
def test_the_majority_by_hand(votes: list[str | None], right: str | None, wanted: float) -> None:
    assert cons_at_k(votes, right) == pytest.approx(wanted)


@settings(max_examples=80)
@given(votes_of)
def test_all_classes_share_one_win_in_any_order(votes: list[str | None]) -> None:
    shares = [cons_at_k(votes, right) for right in "abc"]
    assert sum(shares) == pytest.approx(1.0 if any(votes) else 0.0)
    assert shares == [cons_at_k(reversed(votes), right) for right in "abc"]


@settings(max_examples=80)
@given(votes_of)
def test_agreement_counts_every_pair(votes: list[str | None]) -> None:
    pairs = [one is not None and one == other for one, other in combinations(votes, 2)]
    assert agreement(votes) == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


def test_agreement_over_questions_leaves_single_samples_out() -> None:
    assert mean_agreement([["a", "a"], ["a", "b"], ["a"], []]) == 0.5
    assert mean_agreement([["a"], []]) is None


def test_rates_are_disjoint_and_leave_out_what_was_ended_from_outside() -> None:
    end = FinishReason
    found = rates(
        [
            (end.STOP, True),
            (end.STOP, False),
            (end.LENGTH, False),
            (end.LENGTH, True),
            (end.BUDGET, False),
            (end.LOOP, False),
            (end.STOP, True),
            (end.STOP, True),
            (end.CANCELLED, False),
            (end.STOPPED, True),
            (end.INTERRUPTED, False),
        ]
    )
    assert found is not None
    assert (found.n, found.truncated, found.looped, found.no_box) == (8, 3 / 8, 1 / 8, 1 / 8)
    assert rates([(end.CANCELLED, False)]) is None
