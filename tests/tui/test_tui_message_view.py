"""An answer fed in pieces ends as the same screen text as the whole, and nothing in it acts on the terminal."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Message, MessageRole
from dsr1_tui.tui.transcript.document import Document
from dsr1_tui.tui.transcript.message_view import AnswerView
from dsr1_tui.tui.transcript.sections import Fold
from support.markdown_texts import FRAGMENTS

WIDTH = 40
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def answer(content: str, reasoning: str = "") -> Message:
    return Message(
        id=MessageId("m"),
        conversation_id=ConversationId("c"),
        parent_id=None,
        role=MessageRole.ASSISTANT,
        content=content,
        reasoning=reasoning,
        created=0.0,
        updated=0.0,
        model="tiny-r1",
        rules="r1",
        finish_reason=FinishReason.STOP,
    )


def lines(view: AnswerView) -> list[str]:
    document = Document()
    document.set_width(WIDTH)
    for section in view.sections:
        document.append(section)
    while document.settle(0, document.height):
        pass
    rows = (document.line(row) for row in range(document.height))
    return ["" if row is None else row[1].text for row in rows]


def fed(parts: list[str], reasoning: list[str]) -> AnswerView:
    view = AnswerView(answer(""))
    for part in reasoning:
        if part:
            view.feed_reasoning(part)
    view.begin_answer()
    for part in parts:
        if part:
            view.feed_answer(part)
            lines(view)
    view.close(answer("".join(parts), "".join(reasoning)))
    return view


@settings(max_examples=80)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=12), max_size=25), st.data())
def test_any_split_gives_the_same_screen_text(pieces: list[str], data: st.DataObject) -> None:
    whole = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    parts = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert lines(fed(parts, ["so"])) == lines(fed([whole], ["so"]))


@settings(max_examples=60)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25))
def test_reopened_it_looks_as_it_did(pieces: list[str]) -> None:
    whole = "".join(pieces)
    assert lines(fed([whole], ["so"])) == lines(AnswerView.finished(answer(whole, "so")))


@settings(max_examples=80)
@given(st.binary(max_size=200), st.binary(max_size=80))
def test_no_bytes_reach_the_terminal_raw(content: bytes, reasoning: bytes) -> None:
    view = fed([content.decode("utf-8", "replace")], [reasoning.decode("utf-8", "replace")])
    view.reasoning.fold = Fold.ALL
    view.toggle_raw()
    for raw in (False, True):
        view.toggle_raw()
        for line in lines(view):
            bad = [
                c
                for c in line
                if unicodedata.category(c) == "Cc" or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
            ]
            assert not bad, (raw, line)


def test_the_thought_is_one_text_however_it_comes() -> None:
    one, two = fed([], list("\nFirst I think.\n\nThen I stop.")), fed([], ["\nFirst I think.\n\nThen I stop."])
    one.reasoning.fold = two.reasoning.fold = Fold.ALL
    assert lines(one) == lines(two)
