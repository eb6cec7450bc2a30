"""Shortening and ages."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.render.cells import cells
from dsr1_tui.tui.words import ago, counted, folded, model_name, one_line, shorten
from support.tui_samples import NOW


@given(st.text(st.characters(exclude_categories=["C"]), max_size=80), st.integers(0, 60))
def test_shortened_text_fits(text: str, width: int) -> None:
    line = one_line(text)
    short = shorten(line, width)
    assert cells(short) <= max(width, 0)
    assert short == line or not short or short.endswith("…")


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("fits", 4, "fits"),
        ("Proof of Euclid", 12, "Proof of…"),
        ("DeepSeek-R1-Distill", 13, "DeepSeek-R1…"),
        ("Donaudampfschiff", 8, "Donauda…"),
        ("a Donaudampfschiff", 12, "a Donaudamp…"),
        ("根号二是无理数", 9, "根号二是…"),
        ("anything", 0, ""),
    ],
)
def test_text_is_cut_behind_words(text: str, width: int, short: str) -> None:
    assert shorten(text, width) == short


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (7200, "2 h ago"),
        (90_000, "yesterday"),
        (3 * 86_400, "3 days ago"),
        (30 * 86_400, "12 Feb"),
        (200 * 86_400, "26 Aug 2025"),
    ],
)
def test_ages(seconds: float, words: str) -> None:
    assert ago(NOW - seconds, NOW, UTC) == words


def test_foreign_text_becomes_one_safe_line() -> None:
    assert one_line("a\nb\t c\x1b[0m") == "a b c␛[0m"


def test_names_and_counts() -> None:
    assert model_name("deepseek-ai/DeepSeek-R1") == "DeepSeek-R1"
    assert model_name("/") == "/"
    assert counted(1, "message") == "1 message"
    assert counted(1200, "message") == "1,200 messages"
    assert folded("one two three", 7) == ["one two", "three"]
