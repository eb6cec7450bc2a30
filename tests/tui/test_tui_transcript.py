"""The transcript's layout: growing text, folding, places that stay, estimates that become exact."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.render.line import PLAIN, Line, Span
from dsr1_tui.render.plain import plain_lines
from dsr1_tui.tui.transcript.document import Document
from dsr1_tui.tui.transcript.sections import TAIL_LINES, BuiltSection, Fold, LiveText, OneLine, Section

TEXTS = st.text(alphabet=st.sampled_from("ab \n\t中。é\u0301👩‍🚀\x1b"), max_size=120)


def texts_of(section: Section, width: int) -> list[str]:
    return [section.line(index, width).text for index in range(section.height(width))]


def fixed(rows: int, guess: int, gap: int = 0, name: str = "x") -> BuiltSection:
    lines: Sequence[Line] = tuple(Line((Span(f"{name}{row}"),)) for row in range(rows))
    return BuiltSection(lambda _: lines, lambda _: guess, gap=gap)


@settings(max_examples=150)
@given(st.lists(TEXTS, max_size=12), st.integers(4, 20))
def test_any_split_gives_the_lines_of_the_whole(parts: list[str], width: int) -> None:
    live = LiveText(PLAIN)
    live.settle(width)
    for part in parts:
        if part:
            live.append(part)
    whole = "".join(parts)
    assert live.text == whole
    assert texts_of(live, width) == [line.text for line in plain_lines(whole, width)]


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=8), st.integers(4, 20), st.integers(4, 20))
def test_a_resize_in_the_middle_changes_nothing_else(parts: list[str], first: int, second: int) -> None:
    live = LiveText(PLAIN)
    live.settle(first)
    for at, part in enumerate(parts):
        if part:
            live.append(part)
        if at == len(parts) // 2:
            live.settle(second)
    live.settle(second)
    assert texts_of(live, second) == [line.text for line in plain_lines("".join(parts), second)]


@settings(max_examples=150)
@given(st.lists(TEXTS, max_size=12), st.integers(4, 20))
def test_of_a_run_of_blank_lines_one_is_shown(parts: list[str], width: int) -> None:
    live = LiveText(PLAIN, folds_blank=True)
    live.settle(width)
    for part in parts:
        if part:
            live.append(part)
    kept: list[str] = []
    for line in plain_lines("".join(parts), width):
        if line.text.strip() or (kept and kept[-1].strip()):
            kept.append(line.text)
    assert texts_of(live, width) == kept
    assert live.text == "".join(parts), "what is copied is whole"


def test_long_text_keeps_a_short_tail() -> None:
    live = LiveText(PLAIN)
    live.settle(40)
    longest = 0
    for number in range(3000):
        live.append(f"word{number} ")
        longest = max(longest, len(live._tail))
    assert longest < 200, "only the last lines are wrapped anew"


def test_folds() -> None:
    live = LiveText(PLAIN)
    live.append("\n".join(f"line {n}" for n in range(30)))
    assert len(texts_of(live, 40)) == 30
    live.fold = Fold.TAIL
    assert texts_of(live, 40) == [f"line {n}" for n in range(30 - TAIL_LINES, 30)]
    live.fold = Fold.FOLDED
    assert texts_of(live, 40) == []


def test_offsets_point_into_the_source() -> None:
    live = LiveText(PLAIN)
    live.settle(10)
    for part in ("one two th", "ree four five", " six seven"):
        live.append(part)
    for row in range(live.height(10)):
        for span in live.line(row, 10).spans:
            assert live.text[span.start : span.end] == span.text


def document(*sections: Section) -> Document:
    made = Document()
    made.set_width(40)
    for section in sections:
        made.append(section)
    return made


def test_rows_and_gaps() -> None:
    made = document(fixed(2, 2, name="a"), fixed(1, 1, gap=1, name="b"), OneLine(None, gap=3), fixed(1, 1, name="c"))
    assert made.height == 5
    rows = [made.line(row) for row in range(-1, 6)]
    assert [row[1].text if row is not None else None for row in rows] == [None, "a0", "a1", None, "b0", "c0", None]


def test_an_estimate_becomes_exact_when_looked_at() -> None:
    made = document(fixed(5, 50), fixed(3, 3))
    assert made.height == 53
    assert made.settle(0, 10)
    assert made.height == 8
    assert not made.settle(0, 10)


def test_a_place_stays_while_heights_above_change() -> None:
    first, second = fixed(5, 50, name="a"), fixed(4, 4, name="b")
    made = document(first, second)
    place = made.place(52)
    assert place is not None
    made.settle(0, 0)
    found = made.line(made.row_of(place))
    assert found is not None
    assert found[1].text == "b2"


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2)), max_size=12), st.data())
def test_every_row_belongs_to_one_section(shape: list[tuple[int, int, int]], data: st.DataObject) -> None:
    made = document(*(fixed(rows, guess, gap) for rows, guess, gap in shape))
    for _ in range(data.draw(st.integers(0, 3))):
        made.settle(data.draw(st.integers(0, 20)), data.draw(st.integers(0, 30)))
    total = made.height
    assert total == sum((height := section.height(40)) + (section.gap if height else 0) for section in made.sections)
    seen = [made.at(row) for row in range(total)]
    assert None not in seen
    assert seen == sorted(seen, key=lambda found: (0, 0) if found is None else found)


def test_insert_before_the_last() -> None:
    last = LiveText(PLAIN)
    made = document(fixed(1, 1, name="a"), last)
    assert made.height == 1
    made.insert_before_last(fixed(2, 2, name="b"))
    last.append("open")
    made.changed_from_last(2)
    assert [made.line(row)[1].text for row in range(made.height)] == ["a0", "b0", "b1", "open"]  # type: ignore[index]  # all rows hold lines
