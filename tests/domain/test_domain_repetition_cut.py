from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.repetition import Finding, Level, LoopKind, clean_cut
from support.loop_texts import LINES, ZH_LINES, honest, pieces, read

LEAD = "First I add the numbers. The sum is 15. "
SENTENCE = "Wait, let me check that again. "


def cut(text: str) -> str:
    found = read(pieces(text, 4))
    assert found.loop is not None
    return found.fed[: clean_cut(found.fed, found.loop)]


def finding(since: int, until: int) -> Finding:
    return Finding(
        level=Level.LOOP,
        kind=LoopKind.CYCLE,
        since_tokens=0,
        at_tokens=0,
        times=2,
        sample="",
        since_char=since,
        new_until_char=until,
    )


def test_a_sentence_is_kept_once() -> None:
    assert cut(LEAD + SENTENCE * 60) == (LEAD + SENTENCE).rstrip()


def test_lines_are_kept_once_and_end_with_a_sentence() -> None:
    copy = "".join(f"{line}\n" for line in LINES)
    kept = cut(LEAD + copy * 30)
    assert kept.startswith(LEAD)
    assert kept.endswith((".", "?"))
    assert all(kept.count(line) <= 1 for line in LINES)
    assert sum(line in kept for line in LINES) >= len(LINES) - 1


def test_chinese_is_cut_behind_its_stop() -> None:
    assert cut("先把两个数相加，和是十五。" + ZH_LINES[0] * 60) == "先把两个数相加，和是十五。" + ZH_LINES[0]


def test_a_word_without_any_sentence_is_kept_once() -> None:
    assert cut(LEAD + "ha " * 400) == LEAD + "ha"


def test_a_counter_is_cut_before_its_second_step() -> None:
    kept = cut(LEAD + "".join(f"Step {n}: check the line {n}. " for n in range(1, 90)))
    assert kept.startswith(LEAD.rstrip())
    assert "Step 2" not in kept


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_lines_are_cut_where_nothing_new_comes(seed: int) -> None:
    rng = Random(seed)
    lead = honest(rng, 20)
    kept = cut(f"{lead} " + " ".join(rng.choices(LINES, k=150)))
    assert kept.startswith(lead)
    assert kept.endswith((".", "?"))
    assert len(kept) < len(lead) + 3000


def test_the_number_of_a_list_is_no_end_of_a_sentence() -> None:
    text = "The steps:\n1. Read it.\n2. Solve it.\n3. Check it.\n"
    assert text[: clean_cut(text, finding(0, text.index("3. ") + 2))] == "The steps:\n1. Read it.\n2. Solve it."


def test_a_text_shorter_than_the_finding_is_cut_at_its_end_at_most() -> None:
    assert clean_cut("ha ha", finding(100, 200)) <= 5
    assert clean_cut("", finding(3, 9)) == 0


@given(text=st.text(alphabet="ab .!?。\n12)”", max_size=80), since=st.integers(0, 90), length=st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_a_cut_lies_in_the_text_and_hardly_behind_the_first_copy(text: str, since: int, length: int) -> None:
    at, copy = clean_cut(text, finding(since, since + length)), min(len(text), since + length)
    assert 0 <= at <= len(text)
    assert set(text[copy:at]) <= set(".!?。)”")
