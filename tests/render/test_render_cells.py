import re

import pytest
import wcwidth
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.render import cells as module
from dsr1_tui.render.cells import cells, clip, hard_wrap, wrap
from dsr1_tui.render.safe import safe

CLUSTERS = ["e\u0301", "👨\u200d👩\u200d👧", "🇩🇪", "👍🏽", "❤\ufe0f", "각", "क्षि", "1\ufe0f\u20e3"]
WORDS = st.lists(
    st.sampled_from(
        [
            "word",
            "a",
            " ",
            "  ",
            "中文",
            "，",
            "（",
            "。",
            "“",
            "”",
            "x=1",
            "\n",
            "longlonglonglong",
            "\t",
            "Ω",
            "ﬁ",
            *CLUSTERS,
        ]
    ),
    max_size=40,
).map("".join)
TEXTS = st.one_of(WORDS, st.text().map(safe))


def test_the_fast_sets_agree_with_wcwidth() -> None:
    everything = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    narrow = re.findall(f"[{module._NARROW}]", everything)
    wide = re.findall(f"[{module._WIDE}]", everything)
    assert len(narrow) > 2_000
    assert len(wide) > 30_000
    assert {wcwidth.wcwidth(char) for char in narrow} == {1}
    assert {wcwidth.wcwidth(char) for char in wide} == {2}
    assert all(module._is_wide(char) for char in wide)
    assert not any(module._is_wide(char) for char in narrow)
    assert all(len(cluster) == 1 for cluster in wcwidth.iter_graphemes("".join(narrow + wide)))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 0),
        ("abc", 3),
        ("αβ≤", 3),
        ("中文", 4),
        ("e\u0301", 1),
        ("👨\u200d👩\u200d👧", 2),
        ("🇩🇪!", 3),
        ("a\tb", 6),
        ("�", 1),
    ],
)
def test_cells(text: str, size: int) -> None:
    assert cells(text) == size


def lines(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in wrap(text, width)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, [""]),
        ("one two three", 8, ["one two", "three"]),
        ("one two", 7, ["one two"]),
        ("a\n\nb", 7, ["a", "", "b"]),
        ("  indented text", 10, ["  indented", "text"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("    abcdefghij", 6, ["    ab", "cdefgh", "ij"]),
        ("end      of", 5, ["end", "of"]),
        ("今天天气很好。", 6, ["今天天", "气很", "好。"]),
        ("他说（你好）", 6, ["他说", "（你", "好）"]),
        ("所以x=12是解", 8, ["所以x=12", "是解"]),
        ("de\u0301ja\u0300 vu", 4, ["de\u0301ja\u0300", "vu"]),
        ("ab \u0300c", 2, ["ab", " \u0300c"]),
        ("🇩🇪🇫🇷🇮🇹", 4, ["🇩🇪🇫🇷", "🇮🇹"]),
    ],
)
def test_wrap(text: str, width: int, expected: list[str]) -> None:
    assert lines(text, width) == expected


@given(TEXTS, st.integers(2, 40))
def test_wrapped_lines_fit_and_lose_only_spaces(text: str, width: int) -> None:
    end = 0
    for start, stop in wrap(text, width):
        assert end <= start <= stop
        assert not text[end:start].strip(" \n")
        assert cells(text[start:stop]) <= width or stop - start == 1
        end = stop
    assert not text[end:].strip(" ")


@given(st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=12), st.integers(2, 9))
def test_clusters_stay_whole(clusters: list[str], width: int) -> None:
    text = "".join(clusters)
    starts = {sum(map(len, clusters[:index])) for index in range(len(clusters) + 1)}
    assert {start for start, _ in wrap(text, width)} <= starts


@given(st.text("ab ", max_size=60), st.integers(2, 20))
def test_the_fast_path_breaks_like_the_exact_one(text: str, width: int) -> None:
    exact: list[tuple[int, int]] = []
    module._wrap_measured(text, 0, width, exact)
    assert wrap(text, width) == exact


@given(TEXTS.map(lambda text: text.replace("\n", " ")), st.integers(2, 40))
def test_hard_wrap_covers_everything(text: str, width: int) -> None:
    parts = hard_wrap(text, width)
    assert "".join(text[start:end] for start, end in parts) == text
    assert all(cells(text[start:end]) <= width or end - start == 1 for start, end in parts)


@given(TEXTS.map(lambda text: text.replace("\n", " ")), st.integers(0, 40))
def test_clip_takes_what_fits(text: str, width: int) -> None:
    size = clip(text, width)
    assert cells(text[:size]) <= width
    assert size == len(text) or cells(text[: size + 1]) > width or text[:size] != text[: size + 1].rstrip()
