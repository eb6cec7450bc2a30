from itertools import chain, repeat
from random import Random
from sys import getsizeof

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.repetition import Level, LoopGuard, LoopKind
from dsr1_tui.domain.repetition_past import WINDOW
from support.loop_texts import LINES, honest, pieces, read, words

SEEDS = st.integers(0, 2**32 - 1)
TEXTS = {
    "cycle": honest(Random(1), 40) + " " + "Wait, let me check that again. " * 60,
    "counted": honest(Random(2), 40) + "\n" + "".join(f"第{n}步：检查第{n}项。" for n in range(80)),
    "shuffled": honest(Random(3), 40) + "\n" + " ".join(Random(3).choices(LINES, k=90)),
    "letters": "x" * 7 + "ab" * 900,
}


@given(seed=SEEDS, period=st.integers(1, 160))
@example(seed=0, period=1)
@example(seed=1, period=600)
@settings(max_examples=40, deadline=None)
def test_a_cycle_of_any_words_is_found_within_three_copies_and_a_bit(seed: int, period: int) -> None:
    rng = Random(seed)
    copy = rng.choices(words(rng, 60), k=period)
    loop = read(f"{word} " for word in chain.from_iterable(repeat(copy, 4 + 400 // period))).loop
    assert loop is not None
    assert loop.kind is LoopKind.CYCLE
    assert loop.at_tokens <= 3 * period + 160 + 16 + 24  # what the rule needs, a block, and what waits to be read
    assert loop.since_char == 0


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_words_by_chance_are_never_even_suspected(seed: int) -> None:
    rng = Random(seed)
    bank = words(rng, 200)
    found = read(f"{rng.choice(bank)} " for _ in range(3000))
    assert found.loop is None
    assert found.suspicion is None


@given(name=st.sampled_from(sorted(TEXTS)), seed=SEEDS)
@settings(max_examples=40, deadline=None)
def test_how_a_text_is_cut_changes_little(name: str, seed: int) -> None:
    text, rng = TEXTS[name], Random(seed)
    parts: list[str] = []
    at = 0
    while at < len(text):
        size = rng.choice((1, 2, 3, 7, 30, 100))
        parts.append(text[at : at + size])
        at += size
    whole, cut = read(pieces(text, 1)), read(parts)
    assert whole.loop is not None
    assert cut.loop is not None
    assert (cut.loop.kind, cut.loop.times, cut.loop.sample) == (whole.loop.kind, whole.loop.times, whole.loop.sample)
    assert cut.loop.since_char == whole.loop.since_char
    assert cut.loop.new_until_char == whole.loop.new_until_char
    assert abs(len(cut.fed) - len(whole.fed)) <= 48 + 20 + 100  # what waits, a long word, the last part


@given(text=st.text(max_size=400), size=st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_taken(text: str, size: int) -> None:
    guard = LoopGuard()
    for part in pieces(text * 3, size):
        found = guard.feed(part, 0)
        assert found is None or 0 <= found.since_char <= found.new_until_char <= 3 * len(text)


def _held(guard: LoopGuard) -> int:
    """Bytes in the containers that grow, and how many entries they have together."""
    past, reader = guard._past, guard._reader
    return sum(
        getsizeof(held)
        for held in (
            past.exact._codes,
            past.exact._seen,
            past.masked._codes,
            past.masked._seen,
            past.trail._units,
            past.trail._starts,
            past.phrases._said,
            past.phrases._recent,
            past.makeups._sums,
            reader._known,
            reader._buffer,
            *guard._tail,
        )
    )


def test_what_is_remembered_does_not_grow() -> None:
    rng, guard = Random(11), LoopGuard()
    held: list[int] = []
    for _ in range(5):
        bank = words(rng, 3000)
        for _ in range(2 * WINDOW):
            assert guard.feed(rng.choice(bank) + rng.choice((" ", " ", " ", ". ", ", "))) is None
        held.append(_held(guard))
    assert max(held) < 1_000_000
    assert held[-1] < 1.3 * held[1]


def test_one_huge_piece_is_as_good_as_many() -> None:
    loop = LoopGuard().feed(honest(Random(12), 2000) + "Wait, let me check that again. " * 50, 30_000)
    assert loop is not None
    assert loop.level is Level.LOOP
    assert loop.at_tokens == 30_000
    assert loop.since_tokens < 30_000
