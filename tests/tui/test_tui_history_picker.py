"""ctrl+r: searching, opening, pinning, deleting, and faults of the store where they happened."""

import asyncio
from datetime import UTC

import pytest

from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.domain.message import Summary
from dsr1_tui.tui.screens.history_picker import EMPTY, HistoryPicker
from support.fake_clock import FakeClock
from support.fake_store import MemoryStore
from support.tui_hosts import DialogHost, settle, text_of
from support.tui_samples import NOW, past

DISK_FULL = Fault(FaultCode.STORE, "The disk is full.", "Free some space.")


def picker(store: MemoryStore, current: str | None = None) -> HistoryPicker:
    open_now = ConversationId(current) if current is not None else None
    return HistoryPicker(store, NOW, open_now, debounce=0, zone=UTC)


def told(app: DialogHost) -> str:
    return "\n".join(text_of(app))


async def test_the_newest_is_listed_with_what_one_knows_it_by() -> None:
    app = DialogHost(picker(past(), "roots"))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        lines = text_of(app)
        at = next(index for index, line in enumerate(lines) if "Solve x²" in line)
        assert lines[at].rstrip().endswith("open")
        assert "just now · 2 messages · x = 2" in lines[at + 1]
        assert "␛[31m" in told(app)
        assert "26 Aug 2025" in told(app)
        order = [told(app).index(word) for word in ("infinitely many primes", "Solve x²", "证明", "merges", "3/4")]
        assert order == sorted(order)


async def test_enter_opens_the_marked_one() -> None:
    app = DialogHost(picker(past()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "down", "up", "enter")
        assert app.results == ["roots"]


class GatedStore(MemoryStore):
    """Answers a search only when its gate is opened."""

    def __init__(self) -> None:
        super().__init__(FakeClock(NOW), shelf=past().shelf)
        self.gates: dict[str, asyncio.Event] = {}

    def gate(self, query: str) -> asyncio.Event:
        return self.gates.setdefault(query, asyncio.Event())

    async def recent(self, limit: int, query: str = "") -> tuple[Summary, ...]:
        await self.gate(query).wait()
        return await super().recent(limit, query)


async def test_enter_while_searching_opens_what_is_found_and_not_what_was_listed() -> None:
    store = GatedStore()
    store.gate("").set()
    app = DialogHost(picker(store))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press(*"mer", "enter")
        assert app.results == []
        store.gate("mer").set()
        await settle(pilot)
        assert app.results == ["merge"]


async def test_a_search_shows_where_it_was_found() -> None:
    app = DialogHost(picker(past()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press(*"denom")
        await pilot.pause()
        assert "Common denominator 8." in told(app)
        assert "Solve" not in told(app)
        await pilot.press("x")
        await pilot.pause()
        assert "Nothing found for “denomx”." in told(app)
        await pilot.press("enter")
        assert app.results == []


async def test_an_overtaken_search_never_shows() -> None:
    store = GatedStore()
    app = DialogHost(picker(store))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("m")
        store.gate("m").set()
        await pilot.pause()
        assert "merges" in told(app)
        store.gate("").set()
        await settle(pilot)
        assert "Solve" not in told(app)


async def test_delete_asks_once() -> None:
    store = past()
    app = DialogHost(picker(store))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "ctrl+d")
        assert "ctrl+d deletes “Solve x² − 5x + 6 = 0.” for good" in told(app)
        await pilot.press("escape")
        assert ConversationId("roots") in store.shelf.conversations
        assert app.results == [], "esc answers the question; it does not close"
        await pilot.press("ctrl+d", "down", "up", "ctrl+d")
        assert ConversationId("roots") in store.shelf.conversations, "moving away withdraws the question"
        await pilot.press("ctrl+d")
        await settle(pilot)
        assert ConversationId("roots") not in store.shelf.conversations
        assert "Solve" not in told(app)
        await pilot.press("enter")
        assert app.results == ["sqrt"], "the mark stays where it was"


async def test_the_open_one_is_not_deleted() -> None:
    store = past()
    app = DialogHost(picker(store, "primes"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+d", "ctrl+d")
        assert "This conversation is open" in told(app)
        assert ConversationId("primes") in store.shelf.conversations


async def test_pinning_keeps_the_mark_on_it() -> None:
    store = past(pinned="")
    app = DialogHost(picker(store))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "down", "ctrl+t")
        await settle(pilot)
        assert store.shelf.conversations[ConversationId("merge")].pinned
        assert "pinned" in told(app)
        await pilot.press("enter")
        assert app.results == ["merge"]


async def test_an_empty_store_teaches_one_thing() -> None:
    app = DialogHost(picker(MemoryStore(FakeClock(NOW))))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert " ".join(EMPTY.split()) in " ".join(told(app).split())
        await pilot.press("ctrl+d", "ctrl+t", "enter", "down", "escape")
        assert app.results == [None]


@pytest.mark.parametrize("keys", [["x"], ["ctrl+d", "ctrl+d"], ["ctrl+t"]])
async def test_a_fault_of_the_store_is_told_in_place(keys: list[str]) -> None:
    store = past()
    app = DialogHost(picker(store))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        store.fault = DISK_FULL
        await pilot.press(*keys)
        await settle(pilot)
        assert "The disk is full. Free some space." in told(app)


@pytest.mark.parametrize("size", [(60, 20), (20, 5)])
async def test_the_marked_entry_stays_in_view(size: tuple[int, int]) -> None:
    app = DialogHost(picker(past()))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("down", "down", "down", "down")
        await pilot.pause()
        assert "▎ What is" in told(app)
        await pilot.press(*["pageup"] * 4)
        await pilot.pause()
        assert "▎ Proof" in told(app)
