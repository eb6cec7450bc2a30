import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.repetition_numbers import progress
from dsr1_tui.domain.repetition_units import Placed, UnitKind, UnitReader
from support.loop_texts import pieces

MIXED = st.text(alphabet="aA'st十第一两百。，.-_=15 \n\t中é😀ํไ²", max_size=150)
END = " end" * 20
"""What lets a reader finish all that stands before it."""


def units(text: str, size: int = 1000) -> list[Placed]:
    reader = UnitReader()
    return [unit for part in pieces(text + END, size) for unit in reader.feed(part)]


def shown(text: str) -> list[tuple[str, UnitKind]]:
    return [(text[start:end], unit.kind) for unit, start, end in units(text) if end <= len(text)]


def test_units_are_words_characters_numbers_marks_and_breaks() -> None:
    assert shown("So x = 12, isn't it?\n\n  我 ok") == [
        ("So", UnitKind.WORD),
        ("x", UnitKind.LETTER),
        ("=", UnitKind.MARK),
        ("12", UnitKind.NUMBER),
        (",", UnitKind.MARK),
        ("isn", UnitKind.WORD),
        ("'t", UnitKind.WORD),
        ("it", UnitKind.WORD),
        ("?", UnitKind.MARK),
        ("\n\n  ", UnitKind.BREAK),
        ("我", UnitKind.WORD),
        ("ok", UnitKind.WORD),
    ]


def test_a_long_run_goes_letter_by_letter() -> None:
    kinds = [kind for _, kind in shown("a" * 25 + " " + "7" * 18)]
    assert kinds == [UnitKind.WORD, *[UnitKind.CHAR] * 5, UnitKind.NUMBER, *[UnitKind.DIGIT] * 2]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十二", 12),
        ("二百三十一", 231),
        ("一万零五百", 10500),
        ("二〇二六", 2026),
        ("第九", 9),
        ("两千", 2000),
        ("42", 42),
    ],
)
def test_numbers_have_values(text: str, value: int) -> None:
    assert [unit.value for unit, _, end in units(text) if unit.kind is UnitKind.NUMBER and end <= len(text)] == [value]


def test_a_lone_chinese_one_is_a_word() -> None:
    assert shown("一个") == [("一", UnitKind.WORD), ("个", UnitKind.WORD)]


def test_numbers_and_letters_are_masked_and_case_is_ignored() -> None:
    one, two = units("Step 12 x"), units("step 999 y")
    assert [unit.masked for unit, _, _ in one[:3]] == [unit.masked for unit, _, _ in two[:3]]
    assert one[0][0].exact == two[0][0].exact
    assert one[1][0].exact != two[1][0].exact


@given(text=MIXED, size=st.integers(1, 40))
@settings(max_examples=200, deadline=None)
def test_the_cut_does_not_change_the_units(text: str, size: int) -> None:
    whole = [placed for placed in units(text, 10_000) if placed[2] <= len(text)]
    assert [placed for placed in units(text, size) if placed[2] <= len(text)] == whole


@given(text=MIXED)
@settings(max_examples=100, deadline=None)
def test_units_stand_in_order_and_leave_out_blanks_alone(text: str) -> None:
    end = 0
    for _, start, stop in units(text):
        assert start >= end
        assert not (text + END)[end:start].strip()
        end = stop


@pytest.mark.parametrize(
    ("lines", "counter", "linear"),
    [
        (["n = 1", "n = 2", "n = 3", "n = 4"], True, True),
        (["3 times 2 is 6", "4 times 2 is 8", "5 times 2 is 10"], False, True),
        (["9 left", "8 left", "7 left"], False, False),
        (["n = 1: 1", "n = 2: 4", "n = 3: 9", "n = 4: 16"], False, False),
        (["say 5", "say 5", "say 5"], False, False),
    ],
)
def test_a_counter_is_told_from_a_calculation(lines: list[str], *, counter: bool, linear: bool) -> None:
    text = "\n".join(lines) + "\n"
    some = [unit for unit, _, end in units(text + "|") if end <= len(text)]
    result = progress(some, len(some) // len(lines))
    assert (result.counter, result.linear) == (counter, linear)
