"""What is put in comes out: every field, every way of cutting a stream, and as much as is left of damaged rows."""

import asyncio
import json
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters.sqlite_store import SqliteStore, codec
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.domain.message import Conversation, Message, Status, Timings, Tree, Usage
from dsr1_tui.domain.sampling import INHERIT, Sampling, SamplingLayer
from support.fake_clock import FakeClock
from support.store_files import kept
from support.store_samples import CONVERSATIONS, MESSAGES, TEXTS, a_conversation, a_question, a_stream, an_answer

MODERATE = settings(max_examples=40, deadline=None)
CLOCK = FakeClock()
T = TypeVar("T")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """One file for all examples; every example has a conversation of its own."""
    with kept(tmp_path_factory.mktemp("store") / "chat.db") as opened:
        yield opened


def anew(conversation: Conversation) -> Conversation:
    """The same under another id: examples share the file."""
    return replace(conversation, id=ConversationId(str(uuid.uuid4())))


@MODERATE
@given(conversation=CONVERSATIONS)
def test_every_field_of_a_conversation(store: SqliteStore, conversation: Conversation) -> None:
    asyncio.run(store.put(conversation))
    asyncio.run(store.put(conversation))
    assert asyncio.run(store.load(conversation.id)) == Tree(conversation, {})
    asyncio.run(store.delete(conversation.id))


@MODERATE
@given(conversation=CONVERSATIONS, messages=st.lists(MESSAGES, max_size=3, unique_by=lambda message: message.id))
def test_every_field_of_a_message(store: SqliteStore, conversation: Conversation, messages: list[Message]) -> None:
    ours = [replace(message, conversation_id=conversation.id) for message in messages]

    async def round_trip() -> Tree:
        await store.put(conversation)
        for message in ours:
            await store.add(message)
            await store.finish(message)
        tree = await store.load(conversation.id)
        await store.delete(conversation.id)
        return tree

    tree = asyncio.run(round_trip())
    assert tree.messages == {message.id: message for message in ours}
    assert tree.conversation.active_leaf == (ours[-1].id if ours else conversation.active_leaf)


@MODERATE
@given(pieces=st.lists(st.tuples(TEXTS, TEXTS), max_size=12))
def test_any_cuts_of_a_stream_give_the_same_text(store: SqliteStore, pieces: list[tuple[str, str]]) -> None:
    conversation = anew(a_conversation(CLOCK))
    stream = a_stream(CLOCK, a_question(CLOCK, conversation))
    reasoning, content = "".join(one for one, _ in pieces), "".join(one for _, one in pieces)

    async def live() -> Message:
        await store.put(conversation)
        await store.add(stream)
        for piece in pieces:
            await store.journal(stream.id, *piece)
        return (await store.load(conversation.id)).messages[stream.id]

    seen = asyncio.run(live())
    assert (seen.reasoning, seen.content, seen.status) == (reasoning, content, Status.STREAMING)


def test_surrogates_lose_no_answer(store: SqliteStore) -> None:
    conversation = anew(a_conversation(CLOCK, "\ud83d"))
    answer = an_answer(CLOCK, a_question(CLOCK, conversation), "雪 \ud83d\ude00 \udc00 end", boxed="\ud800")

    async def round_trip() -> Tree:
        await store.put(conversation)
        await store.add(answer)
        return await store.load(conversation.id)

    tree = asyncio.run(round_trip())
    assert tree.messages[answer.id].content == "雪 😀 \ufffd end"
    assert len(asyncio.run(store.recent(10, "\udc00 END"))) == 1


KEYS = st.sampled_from(["v", "temperature", "top_k", "stop", "exact", "total_s", "code", "message", "guards", "seed"])
JUNK = st.one_of(st.none(), st.integers(), TEXTS, st.lists(st.integers(), max_size=2))
GARBAGE = st.one_of(
    TEXTS,
    st.sampled_from(['{"v":2,"message":"a","code":"b"}', "[]", "null", "7", "[" * 100_000, '{"v":1']),
    st.dictionaries(KEYS, JUNK).map(lambda found: json.dumps({"v": 1, **found, "message": None})),
)


@MODERATE
@given(text=GARBAGE)
def test_damaged_json_is_empty_never_an_error(text: str) -> None:
    assert isinstance(codec.layer_from_json(text), SamplingLayer)
    assert isinstance(codec.sampling_from_json(text), Sampling)
    assert codec.usage_from_json(text) is None or isinstance(codec.usage_from_json(text), Usage)
    assert codec.timings_from_json(text) is None or isinstance(codec.timings_from_json(text), Timings)
    assert isinstance(codec.guards_from_json(text), tuple)
    assert codec.fault_from_json(text) is None


def test_json_of_the_wrong_type_loses_only_that_field() -> None:
    text = '{"v":1,"temperature":"hot","top_p":0.9,"top_k":true,"seed":1.5,"min_p":NaN,"stop":["a"],"max_tokens":1e999}'
    assert codec.sampling_from_json(text) == Sampling(top_p=0.9, stop=("a",))
    assert codec.layer_from_json(text) == SamplingLayer(top_p=0.9, stop=("a",))
    assert codec.layer_from_json('{"v":1,"top_p":1' + "0" * 400 + "}").top_p is INHERIT
    unknown = codec.fault_from_json('{"v":1,"code":"of-the-future","message":"Broke.","hint":7}')
    assert unknown == Fault(FaultCode.SERVER_ERROR, "Broke.", "")


def test_a_damaged_message_hides_no_other(tmp_path: Path) -> None:
    conversation = a_conversation(CLOCK)
    question = a_question(CLOCK, conversation, "whole")
    answer = an_answer(CLOCK, question, "damaged", usage=Usage(completion_tokens=3))

    async def fill(store: SqliteStore) -> None:
        await store.put(conversation)
        await store.add(question)
        await store.add(answer)

    with kept(tmp_path / "chat.db") as store:
        asyncio.run(fill(store))
    with sqlite3.connect(tmp_path / "chat.db") as raw:
        raw.execute("UPDATE conversation SET settings = '{'")
        raw.execute("UPDATE segment SET sampling = CAST(x'ff00' AS TEXT)")
        raw.execute(
            "UPDATE message SET usage = 'x', timings = '[', guards = '7', error = '{}', status = 'dreaming',"
            " finish_reason = '', content = CAST(x'6461ff6d61676564' AS TEXT) WHERE id = ?",
            (answer.id,),
        )
    raw.close()
    with kept(tmp_path / "chat.db") as store:
        tree = asyncio.run(store.load(conversation.id))
        assert tree.path[0] == question
        last = tree.path[1]
        assert (last.status, last.content, last.usage, last.error) == (Status.INTERRUPTED, "da\ufffdmaged", None, None)
        assert last.sampling == Sampling()
        assert len(asyncio.run(store.recent(10, "whole"))) == 1
        assert asyncio.run(store.recent(10, "MAGED"))[0].snippet == "da\ufffdmaged"
