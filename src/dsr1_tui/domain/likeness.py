"""How alike texts are, in words: ROUGE-L, BLEU and distinct n-grams that also count Chinese, character by character."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, fsum, log
from typing import Final

Grams = Counter[tuple[str, ...]]

_HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_TOKEN: Final = re.compile(
    rf"(?P<word>[{_HAN}]"
    r"|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+\.\d+"  # 12,000 and 3.14 are one token, f(1,2) two
    rf"|(?:(?![{_HAN}_])\w)+)"
    r"|[^\w\s]|_"
)
_HALF_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width ASCII, as Chinese texts write digits and points, to ASCII."""
_BLEU_ORDER: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLikeness:
    """How alike the texts of one question are; all shares 0 to 1."""

    rouge_l: float
    """Mean ROUGE-L F1 of all pairs."""
    bleu: float
    """Mean BLEU-4 of all ordered pairs, one as the reference of the other."""
    diversity: float
    """1 minus `rouge_l`."""
    distinct: tuple[float, float, float]
    """distinct-1, -2 and -3 of all texts together."""
    n: int
    """Texts."""


def tokens(text: str, *, marks: bool = False) -> list[str]:
    """The tokens of a text, lower-cased, full-width ASCII made half-width (after NFC).

    A Chinese character is a token, a run of other letters and digits is one, and a number keeps its decimal point and
    its thousands' commas. Other signs separate tokens and are dropped; with `marks` each is a token of its own.

    For plain English words and whole numbers this is rouge-score's tokenisation (without stemmer), and with `marks`
    sacrebleu's `13a` (`zh` for Chinese) lower-cased, but that those keep the hyphens and apostrophes inside words.
    """
    found = _TOKEN.finditer(unicodedata.normalize("NFC", text).translate(_HALF_WIDTH).lower())
    return [match.group() for match in found if marks or match["word"]]


def rouge_l(one: Sequence[str], other: Sequence[str]) -> float:
    """ROUGE-L F1 of two lists of tokens (Lin 2004, beta = 1 as in rouge-score), symmetric; 0 where one is empty."""
    return _f1(lcs_length(one, other), len(one), len(other))


def lcs_length(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest common subsequence.

    Bit-parallel: Hyyrö 2004, “Bit-parallel LCS-length Computation Revisited”, after Crochemore et al. 2001. A row of
    the table is one integer of len(one) bits, so n * m steps of the table are some n * m / 30 of the processor.
    """
    return _lcs(_places(one), len(one), other)


def bleu(hypothesis: Sequence[str], reference: Sequence[str]) -> float:
    """Sentence BLEU-4 of two lists of tokens, 0 to 1 (Papineni et al. 2002).

    Smoothing is exponential: the m-th order without a match counts 1 / 2^m of one match (method 3 of Chen and Cherry
    2014, mteval-v13a's). Orders longer than the hypothesis are left out (effective order). Without any match 0. That is
    sacrebleu's `sentence_bleu` by default, divided by 100.
    """
    return _bleu(_matches(_grams_of(hypothesis), _grams_of(reference)), len(hypothesis), len(reference))


def distinct(texts: Sequence[Sequence[str]], n: int) -> float:
    """distinct-n: different n-grams over all n-grams of some texts (Li et al. 2016); 0 where there is none.

    It falls with the length of what is counted, so only lists of like length compare.
    """
    grams = [gram for text in texts for gram in _ngrams(text, n)]
    return len(set(grams)) / len(grams) if grams else 0.0


def likeness(texts: Sequence[str]) -> TextLikeness | None:
    """How alike some texts are, all pairs compared; None for fewer than two.

    The time grows with the square of the number of texts and of their length (two of 8,000 tokens: some 10 ms); belongs
    in a thread. BLEU counts marks, as is usual for it; the others do not.
    """
    if len(texts) < 2:  # noqa: PLR2004  a pair
        return None
    words = [tokens(text) for text in texts]
    marked = [tokens(text, marks=True) for text in texts]
    pairs = len(texts) * (len(texts) - 1) / 2
    alike = fsum(_pair_rouges(words)) / pairs
    return TextLikeness(
        rouge_l=alike,
        bleu=fsum(_pair_bleus(marked)) / pairs,
        diversity=1 - alike,
        distinct=(distinct(words, 1), distinct(words, 2), distinct(words, 3)),
        n=len(texts),
    )


def _pair_rouges(texts: Sequence[Sequence[str]]) -> Iterator[float]:
    for i, one in enumerate(texts):
        places = _places(one)
        for other in texts[i + 1 :]:
            common = len(one) if one == other else _lcs(places, len(one), other)
            yield _f1(common, len(one), len(other))


def _pair_bleus(texts: Sequence[Sequence[str]]) -> Iterator[float]:
    """For each pair the mean of its two BLEUs, each text as the other's reference."""
    grams = [_grams_of(text) for text in texts]
    for i, one in enumerate(texts):
        for j, other in enumerate(texts[:i]):
            matches = _matches(grams[i], grams[j])  # the same either way
            yield (_bleu(matches, len(one), len(other)) + _bleu(matches, len(other), len(one))) / 2


def _f1(common: int, one: int, other: int) -> float:
    return 2 * common / (one + other) if common else 0.0


def _places(text: Sequence[str]) -> dict[str, int]:
    """For each token the bits of its places."""
    bits: dict[str, int] = {}
    for place, token in enumerate(text):
        bits[token] = bits.get(token, 0) | 1 << place
    return bits


def _lcs(places: dict[str, int], length: int, other: Sequence[str]) -> int:
    full = (1 << length) - 1
    row = full
    for token in other:
        if met := places.get(token):
            kept = row & met
            row = (row + kept | row - kept) & full
    return length - row.bit_count()


def _ngrams(text: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    return zip(*(text[start:] for start in range(n)), strict=False)


def _grams_of(text: Sequence[str]) -> tuple[Grams, ...]:
    return tuple(Counter(_ngrams(text, n)) for n in range(1, _BLEU_ORDER + 1))


def _matches(one: tuple[Grams, ...], other: tuple[Grams, ...]) -> list[int]:
    """For each order how many n-grams two texts share, each as often as both hold it."""
    found = []
    for grams, others in zip(one, other, strict=True):
        few, many = sorted((grams, others), key=len)
        found.append(sum(min(count, many[gram]) for gram, count in few.items() if gram in many))
    return found


def _bleu(matches: Sequence[int], length: int, reference_length: int) -> float:
    if not matches[0]:
        return 0.0
    logs: list[float] = []
    halved = 1
    for order, met in enumerate(matches, 1):
        total = length - order + 1
        if total <= 0:
            break
        if not met:
            halved *= 2
        logs.append(log(met / total) if met else -log(halved * total))
    brevity = min(0.0, 1 - reference_length / length)
    return exp(brevity + fsum(logs) / len(logs))
