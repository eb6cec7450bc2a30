"""The few words a list shows."""

from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.adapters.sqlite_store.snippet import SNIPPET_CHARS, around, start_of

TEXTS = st.text(st.sampled_from("ab \n\t雪İß.*\\"), max_size=2000)


@given(text=TEXTS, query=st.text(st.sampled_from("ab雪.*\\"), min_size=1, max_size=5))
def test_short_and_on_one_line(text: str, query: str) -> None:
    for line in (start_of(text), around(text, query)):
        assert len(line) <= SNIPPET_CHARS
        assert not set(line) & set("\n\t")
    if query.lower() in text.lower():
        assert query.lower() in around(text, query).lower()


@given(text=TEXTS)
def test_a_short_text_is_shown_whole(text: str) -> None:
    words = " ".join(text.split())
    if len(text) <= SNIPPET_CHARS:
        assert start_of(text) == words
    assert start_of(text).rstrip("…") == words[: len(start_of(text).rstrip("…"))]


def test_cut_sides_are_marked() -> None:
    assert around("a b c", "B") == "a b c"
    assert around("x" * 100 + " needle " + "y" * 200, "needle") == "…" + "x" * 29 + " needle " + "y" * 81 + "…"
    assert start_of("  word\n" * 3) == "word word word"
    assert start_of(" " * 5000 + "end") == "end"
    assert around("no hit here", "x") == "no hit here"
