"""The verbs of the history, on the store in memory."""

import pytest

from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.message import Conversation
from dsr1_tui.services import history
from support.fake_clock import FakeClock
from support.fake_store import MemoryStore
from support.store_samples import a_conversation, a_question, an_answer


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock)


async def keep(store: MemoryStore, clock: FakeClock, title: str) -> Conversation:
    conversation = a_conversation(clock, title)
    await store.put(conversation)
    question = a_question(clock, conversation, f"About {title}?")
    await store.add(question)
    await store.add(an_answer(clock, question))
    clock.advance(60)
    return conversation


async def test_listed(store: MemoryStore, clock: FakeClock) -> None:
    await keep(store, clock, "snow")
    await keep(store, clock, "rain")
    assert [one.conversation.title for one in await history.listed(store)] == ["rain", "snow"]
    assert [one.conversation.title for one in await history.listed(store, "SNOW")] == ["snow"]
    assert len(await history.listed(store, limit=1)) == 1


async def test_show_by_prefix_and_the_last(store: MemoryStore, clock: FakeClock) -> None:
    first = await keep(store, clock, "snow")
    clock.advance(86_400)
    last = await keep(store, clock, "rain")
    assert await history.resolve(store, first.id[:13]) == first.id
    assert (await history.show(store, first.id)).path[0].content == "About snow?"
    assert (await history.show(store, "")).conversation.id == last.id


async def test_rename_keeps_the_place(store: MemoryStore, clock: FakeClock) -> None:
    first = await keep(store, clock, "snow")
    await keep(store, clock, "rain")
    renamed = await history.rename(store, first.id, "  white \n flakes ")
    assert renamed.title == "white flakes"
    assert [one.conversation.title for one in await history.listed(store)] == ["rain", "white flakes"]
    assert len((await history.show(store, first.id)).path) == 2
    assert len((await history.rename(store, first.id, "x" * 999)).title) == history.TITLE_LIMIT


async def test_rename_to_nothing(store: MemoryStore, clock: FakeClock) -> None:
    first = await keep(store, clock, "snow")
    with pytest.raises(FaultError) as caught:
        await history.rename(store, first.id, " \n")
    assert caught.value.fault.code is FaultCode.USAGE


async def test_pin_and_unpin(store: MemoryStore, clock: FakeClock) -> None:
    first = await keep(store, clock, "snow")
    await keep(store, clock, "rain")
    assert (await history.pin(store, first.id)).pinned
    assert (await history.listed(store))[0].conversation.title == "snow"
    assert not (await history.pin(store, first.id, pinned=False)).pinned
    assert (await history.listed(store))[0].conversation.title == "rain"


async def test_delete(store: MemoryStore, clock: FakeClock) -> None:
    first = await keep(store, clock, "snow")
    await keep(store, clock, "rain")
    assert (await history.delete(store, first.id)).title == "snow"
    assert [one.conversation.title for one in await history.listed(store)] == ["rain"]
    with pytest.raises(FaultError) as caught:
        await history.delete(store, first.id)
    assert caught.value.fault.code is FaultCode.NOT_FOUND


async def test_delete_of_nothing_named_deletes_nothing(store: MemoryStore, clock: FakeClock) -> None:
    await keep(store, clock, "snow")
    with pytest.raises(FaultError) as caught:
        await history.delete(store, " ")
    assert caught.value.fault.code is FaultCode.USAGE
    assert len(await history.listed(store)) == 1
