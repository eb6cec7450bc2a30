"""Likeness of texts against rouge-score, sacrebleu and the plain table of the longest common subsequence."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU

from dsr1_tui.domain.likeness import bleu, distinct, lcs_length, likeness, rouge_l, tokens

ENGLISH = (
    "First, we add the two numbers. The sum of 17 and 25 is 42, so the answer is 42.",
    "First we subtract 17 from 42 (the sum); the difference is 25!",
    "So the answer is 42: the sum of 25 and 17.",
    "Let x2 be the root_of the equation. Wait, let me check that again: THE ROOT is 3.",
    "no word in common here",
    "42",
)
CHINESE = (
    "首先，我们把两个数相加。17与25的和是42，所以答案是42。",
    "我们先把17和25相加，得到42。",
    "所以，答案是42。",
    "设方程的根为x，检查一下：Python 里 x 等于 3。",
    "天气很好",
)


class Ours:
    """Our tokens, as rouge-score takes a tokeniser."""

    def tokenize(self, text: str) -> list[str]:
        return tokens(text)


def plain_lcs(one: Sequence[str], other: Sequence[str]) -> int:
    row = [0] * (len(other) + 1)
    for token in one:
        before = row
        row = [0]
        for j, against in enumerate(other):
            row.append(before[j] + 1 if token == against else max(before[j + 1], row[j]))
    return row[-1]


words = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=40)


@settings(max_examples=150)
@given(words, words)
def test_the_bits_are_the_table(one: list[str], other: list[str]) -> None:
    assert lcs_length(one, other) == plain_lcs(one, other) == lcs_length(other, one)


@pytest.mark.parametrize(("one", "other"), permutations(ENGLISH, 2))
def test_rouge_is_rouge_scores_on_english(one: str, other: str) -> None:
    wanted = RougeScorer(["rougeL"], use_stemmer=False).score(one, other)["rougeL"].fmeasure
    assert rouge_l(tokens(one), tokens(other)) == pytest.approx(wanted, abs=1e-6)


@settings(max_examples=60)
@given(st.text(alphabet="数学是 3.14 ab，é_", max_size=40), st.text(alphabet="数学是 3.14 ab，é_", max_size=40))
def test_rouge_is_rouge_scores_on_our_tokens(one: str, other: str) -> None:
    wanted = RougeScorer(["rougeL"], tokenizer=Ours()).score(one, other)["rougeL"].fmeasure
    assert rouge_l(tokens(one), tokens(other)) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(("one", "other"), permutations(ENGLISH, 2))
def test_bleu_is_sacrebleus_on_english(one: str, other: str) -> None:
    scorer = BLEU(tokenize="13a", lowercase=True, effective_order=True)
    plain, against = one.replace("_", " "), other.replace("_", " ")
    wanted = scorer.sentence_score(plain, [against]).score / 100
    assert bleu(tokens(plain, marks=True), tokens(against, marks=True)) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(("one", "other"), permutations(CHINESE, 2))
def test_bleu_is_sacrebleus_on_chinese(one: str, other: str) -> None:
    scorer = BLEU(tokenize="zh", lowercase=True, effective_order=True)
    wanted = scorer.sentence_score(one, [other]).score / 100
    assert bleu(tokens(one, marks=True), tokens(other, marks=True)) == pytest.approx(wanted, abs=1e-6)


@settings(max_examples=80)
@given(words, words.filter(bool))
def test_bleu_is_sacrebleus_on_the_same_tokens(one: list[str], other: list[str]) -> None:
    scorer = BLEU(tokenize="none", effective_order=True)
    wanted = scorer.sentence_score(" ".join(one), [" ".join(other)]).score / 100
    assert bleu(one, other) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "plain", "marked"),
    [
        ("你好，World!", ["你", "好", "world"], ["你", "好", ",", "world", "!"]),
        ("3.14 and 12,000.5", ["3.14", "and", "12,000.5"], ["3.14", "and", "12,000.5"]),
        ("f(1,2) = 1.5x", ["f", "1", "2", "1.5", "x"], ["f", "(", "1", ",", "2", ")", "=", "1.5", "x"]),
        ("共３．５元", ["共", "3.5", "元"], ["共", "3.5", "元"]),
        ("12,0000 1,234", ["12", "0000", "1,234"], ["12", ",", "0000", "1,234"]),
        ("x2_y", ["x2", "y"], ["x2", "_", "y"]),
        ("caf\u00e9 cafe\u0301", ["café", "café"], ["café", "café"]),
        ("第3章ab", ["第", "3", "章", "ab"], ["第", "3", "章", "ab"]),
        ("", [], []),
    ],
)
def test_tokens_by_hand(text: str, plain: list[str], marked: list[str]) -> None:
    assert tokens(text) == plain
    assert tokens(text, marks=True) == marked


def test_equal_chinese_texts_are_alike_and_others_are_not() -> None:
    one, other = "答案是四十二，因为题目这样说。", "明天可能下雨3次"
    assert rouge_l(tokens(one), tokens(one)) == 1.0
    assert bleu(tokens(one), tokens(one)) == pytest.approx(1.0)
    assert rouge_l(tokens(one + "3"), tokens(other)) < 0.2


def test_distinct_counts_over_all_texts() -> None:
    texts = [["a", "b", "a"], ["a", "b"]]
    assert distinct(texts, 1) == 2 / 5
    assert distinct(texts, 2) == 2 / 3
    assert distinct(texts, 3) == 1.0
    assert distinct(texts, 4) == 0.0


def test_likeness_is_the_mean_over_pairs() -> None:
    found = likeness(ENGLISH)
    assert found is not None
    lists = [tokens(text) for text in ENGLISH]
    pairs = [rouge_l(one, other) for one, other in permutations(lists, 2)]
    assert found.rouge_l == pytest.approx(sum(pairs) / len(pairs))
    marked = [tokens(text, marks=True) for text in ENGLISH]
    bleus = [bleu(one, other) for one, other in permutations(marked, 2)]
    assert found.bleu == pytest.approx(sum(bleus) / len(bleus))
    assert found.distinct == tuple(distinct(lists, n) for n in (1, 2, 3))
    assert found.n == len(ENGLISH)
    assert likeness(ENGLISH[:1]) is None


@settings(max_examples=80)
@given(st.lists(st.text(max_size=30), min_size=2, max_size=4))
def test_likeness_stays_in_range_and_ignores_order(texts: list[str]) -> None:
    found, again = likeness(texts), likeness(texts[::-1])
    assert found is not None
    assert again is not None
    shares = (found.rouge_l, found.bleu, found.diversity, *found.distinct)
    assert all(0 <= share <= 1 + 1e-12 for share in shares)
    assert (again.rouge_l, again.bleu) == pytest.approx((found.rouge_l, found.bleu))
