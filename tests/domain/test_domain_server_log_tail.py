"""The end of a log: cut anywhere it is the same, it never grows without bound, and filters know what belongs where."""

from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.server.log_tail import LONG, LogTail, Show

INFO = "(APIServer pid=1) INFO 11-22 02:44:14 [a.py:1] fine"
WARN = "(APIServer pid=1) WARNING 11-22 02:44:14 [a.py:1] hm"
BAD = "(EngineCore pid=2) ERROR 11-22 02:44:33 [core.py:1510] EngineCore failed to start."
RAW = ["Traceback (most recent call last):", '  File "x.py", line 1, in f', "ValueError: no"]


def shown(tail: LogTail) -> list[str]:
    return [line.text for line in tail.lines()]


@given(
    st.lists(st.sampled_from([INFO, WARN, BAD, *RAW, "", "50%|## | 1/2", "\x1b[31mred\x1b[0m"]), max_size=30), st.data()
)
def test_it_is_the_same_wherever_it_is_cut(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines) + "\n" * bool(lines)
    whole, cut = LogTail(), LogTail()
    whole.feed(text)
    show = data.draw(st.sampled_from(Show))
    early = data.draw(st.booleans())
    if early:
        cut.show(show)
    at = 0
    while at < len(text):
        step = data.draw(st.integers(1, 200))
        cut.feed(text[at : at + step])
        at += step
    whole.show(show)
    cut.show(show)
    assert shown(cut) == shown(whole)
    assert cut.height == len(shown(cut))


def test_only_the_last_lines_are_kept_and_the_others_counted() -> None:
    tail = LogTail(kept=100)
    for number in range(10_000):
        tail.feed(f"line {number}\n")
    assert tail.height + tail.left_out == 10_000
    assert shown(tail)[-1] == "line 9999"
    backlog = LogTail(kept=100)
    backlog.feed("".join(f"line {number}\n" for number in range(50_000)))
    assert (backlog.height, backlog.left_out) == (100, 49_900)


def test_levels_are_filtered_with_what_belongs_to_them() -> None:
    tail = LogTail()
    tail.feed("\n".join([INFO, WARN, "plain print", BAD, *RAW, INFO, ""]))
    tail.show(Show.WARNINGS)
    assert shown(tail) == [WARN, BAD, *RAW]
    tail.show(Show.ERRORS)
    assert shown(tail) == [BAD, *RAW]
    tail.feed(f"{WARN}\n{BAD}\n")
    assert shown(tail) == [BAD, *RAW, BAD]
    assert [show.next for show in Show] == [Show.WARNINGS, Show.ERRORS, Show.ALL]


def test_of_a_bar_the_last_state_stays_and_secrets_are_masked() -> None:
    tail = LogTail()
    tail.feed("0%|  | 0/2\r50%|# | 1/2\r")
    tail.feed("100%|##| 2/2\nHF token hf_abcdefghij\n" + "x" * 9_000)
    assert shown(tail)[:2] == ["100%|##| 2/2", "HF token hf_…"]
    assert max(map(len, shown(tail))) <= LONG + 1


def test_words_are_found_in_any_case_in_the_lines_that_are_shown() -> None:
    tail = LogTail()
    tail.feed(f"{INFO}\n{BAD}\n{WARN}\n")
    assert tail.find("enginecore") == [1]
    assert tail.find("") == []
    tail.show(Show.ERRORS)
    assert tail.find("EngineCore") == [0]
