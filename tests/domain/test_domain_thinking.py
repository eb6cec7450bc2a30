"""Any split of a text into pieces gives the same reasoning and answer, and they are the right ones."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.thinking import Split, ThinkSplitter

TAGGED = st.lists(
    st.sampled_from(["<think>", "</think>", "<", "</", "think", ">", "\n", " ", "a", "é", "🙂", "</thi", "<thin"]),
    max_size=14,
).map("".join)
MODES = st.sampled_from([True, False, None])


def split_whole(text: str, *, mode: bool | None) -> Split:
    return split_pieces([text], mode=mode)


def split_pieces(pieces: list[str], *, mode: bool | None) -> Split:
    splitter = ThinkSplitter(mode)
    parts = [splitter.feed(piece) for piece in pieces]
    parts.append(splitter.close())
    return Split("".join(p.reasoning for p in parts), "".join(p.answer for p in parts))


@given(text=TAGGED, mode=MODES, cuts=st.lists(st.integers(0, 60), max_size=8))
def test_any_split_gives_the_same(text: str, mode: bool | None, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[a:b] for a, b in pairwise(edges)]
    assert split_pieces(pieces, mode=mode) == split_whole(text, mode=mode)


@given(text=TAGGED, mode=MODES)
def test_character_by_character_gives_the_same(text: str, mode: bool | None) -> None:
    assert split_pieces(list(text), mode=mode) == split_whole(text, mode=mode)


@given(text=TAGGED, mode=MODES)
def test_nothing_is_lost_but_tags_and_leading_blanks(text: str, mode: bool | None) -> None:
    found = split_whole(text, mode=mode)
    bare = text.replace("<think>", "").replace("</think>", "")
    kept = (found.reasoning + found.answer).replace("<think>", "").replace("</think>", "")
    assert "".join(kept.split()) == "".join(bare.split())


@given(text=TAGGED, mode=st.sampled_from([True, False]))
def test_at_most_the_beginning_of_a_tag_is_held_back(text: str, mode: bool) -> None:
    splitter = ThinkSplitter(mode)
    shown = splitter.feed("word")
    so_far = shown.reasoning + shown.answer
    for end, char in enumerate(text, start=1):
        piece = splitter.feed(char)
        so_far += piece.reasoning + piece.answer
        behind = "word" + text[:end]
        waiting = behind.replace("</think>", "", 1)
        assert len(waiting) - len(so_far) <= len("</think>") - 1 + _trimmed(waiting)


def _trimmed(text: str) -> int:
    """Newlines that may have been cut from the head of the answer."""
    return text.count("\n")


@pytest.mark.parametrize(
    ("mode", "text", "reasoning", "answer"),
    [
        (True, "<think>\nWhy\n</think>\n\nSo", "Why\n", "So"),
        (False, "<think>\nWhy\n</think>\n\nSo", "Why\n", "So"),
        (False, " \n<think>Why</think>So", "Why", "So"),
        (True, "Why\n</think>\n\nSo", "Why\n", "So"),
        (True, "Why it was cut off", "Why it was cut off", ""),
        (True, "Why </thi", "Why </thi", ""),
        (True, "</think>\n\nSo", "", "So"),
        (True, "\n\n</think>\n\nSo", "", "So"),
        (False, "\n\n</think>\n\nSo", "", "So"),
        (True, "\n\nThe answer of a server that parsed an empty thought", "", None),
        (False, "Plain < text > of a <b>plain</b> model", "", None),
        (False, "Taken for an answer</think>\n\nSo", "", "Taken for an answer\n\nSo"),
        (False, "a</think>b</think>c", "", "ab</think>c"),
        (True, "a</think>b<think>c</think>d", "a", "b<think>c</think>d"),
        (False, "see <think> tags", "", "see <think> tags"),
        (None, "\n\n<think>x</think>", "", "<think>x</think>"),
        (True, "  \n ", "", ""),
        (False, "<thi", "", "<thi"),
        (True, "<thi", "<thi", ""),
        (False, "    code", "", "    code"),
        (True, "", "", ""),
    ],
)
def test_the_cases(mode: bool | None, text: str, reasoning: str, answer: str | None) -> None:
    assert split_whole(text, mode=mode) == Split(reasoning, text.lstrip("\n") if answer is None else answer)


def test_after_a_reasoning_field_all_content_is_answer() -> None:
    splitter = ThinkSplitter(opens_in_thought=True)
    assert splitter.field("\nWhy") == Split("Why")
    assert splitter.field("\nso") == Split("\nso")
    assert splitter.feed("\n\n") == Split()
    assert splitter.feed("Use </think> and <think>") == Split("", "Use </think> and <think>")


def test_what_was_held_back_comes_out_when_a_reasoning_field_follows() -> None:
    splitter = ThinkSplitter(opens_in_thought=True)
    assert splitter.feed("Why</th") == Split("Why")
    assert splitter.field(" and") == Split("</th and")
    splitter = ThinkSplitter(opens_in_thought=False)
    assert splitter.feed("<thi") == Split()
    assert splitter.field("Why") == Split("Why", "<thi")
