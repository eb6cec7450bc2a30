import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dsr1_tui.render.line import PLAIN, Role
from dsr1_tui.render.safe import is_safe, safe, safe_spans

ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)
NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "\x1b[2J",
                "\x1b]0;t\x07",
                "\r\n",
                "\r",
                "\x9b1m",
                "\u202e",
                "\u2066",
                "\u200d",
                "\ufe0f",
                "❤",
                "👩",
                "é",
                "a",
                "\U000e0041",
                "\ud800",
            ]
        ),
        st.characters(),
    ),
    max_size=30,
).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text\n\tas it is", "plain text\n\tas it is"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b31m", "‹U+009B›31m"),
        ("a\x7fb\x00", "a␡b␀"),
        ("user\u202etxt", "user‹U+202E›txt"),
        ("a\u2028b", "a‹U+2028›b"),
        ("\ud83d", "‹U+D83D›"),
        ("hi\U000e0048\U000e0049", "hi‹U+E0048+1›"),
        ("a\r\nb\rc\r", "a\nb␍c"),
        ("zero\u200bwidth\ufeff so\xadft", "zerowidth soft"),
        ("👨\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3", "👨\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3"),
        ("ab\u200dcd", "abcd"),
        ("e\u0301 中文", "e\u0301 中文"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_shown(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(NASTY)
def test_nothing_acts_on_a_terminal(text: str) -> None:
    shown = safe(text)
    assert not ACTING.search(shown)
    assert is_safe(shown) or safe(shown) == shown


@given(NASTY)
def test_safe_text_stays(text: str) -> None:
    assert safe(safe(text)) == safe(text)


@given(st.binary(max_size=60))
@example(b"\xff\xfe\x1b[")
def test_any_bytes(data: bytes) -> None:
    assert not ACTING.search(safe(data.decode(errors="replace")))


@given(NASTY, st.integers(0, 1000))
def test_spans_say_what_they_stand_for(text: str, start: int) -> None:
    spans = safe_spans(text, PLAIN, start)
    assert "".join(span.text for span in spans) == safe(text)
    at = start
    for span in spans:
        assert at <= span.start < span.end <= start + len(text)
        at = span.end
        if span.style.role is not Role.ESCAPE:
            assert span.text == text[span.start - start : span.end - start]


@given(NASTY, NASTY)
def test_lines_are_made_safe_one_by_one(first: str, second: str) -> None:
    assert safe(f"{first}\n{second}") == f"{safe(first)}\n{safe(second)}"
