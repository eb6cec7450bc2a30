import asyncio
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.cli.outlet import Outlet
from dsr1_tui.cli.safe_stream import SafeStream
from dsr1_tui.render.safe import is_safe, safe


def nothing() -> None:
    pass


async def test_what_is_put_is_written_in_order() -> None:
    read, write = os.pipe()
    outlet = Outlet(write, "utf-8", nothing)
    for number in range(100):
        outlet.put(f"{number} é\n")
    assert await outlet.close() is None
    os.close(write)
    assert os.read(read, 10_000).decode() == "".join(f"{number} é\n" for number in range(100))
    os.close(read)


async def test_a_sleeping_reader_does_not_hold_up_the_writer() -> None:
    read, write = os.pipe()
    outlet = Outlet(write, "utf-8", nothing)
    for _ in range(100):
        outlet.put("x" * 10_000)  # far more than a pipe holds
    closing = asyncio.create_task(outlet.close())
    taken = 0
    while taken < 1_000_000:
        taken += len(await asyncio.to_thread(os.read, read, 65536))
    assert await closing is None
    os.close(read)
    os.close(write)


async def test_a_reader_that_left_is_told_once_and_nothing_more_is_written() -> None:
    read, write = os.pipe()
    told = asyncio.Event()
    outlet = Outlet(write, "utf-8", told.set)
    os.close(read)
    outlet.put("lost")
    await asyncio.wait_for(told.wait(), 10)
    outlet.put("dropped")
    assert isinstance(await outlet.close(), BrokenPipeError)
    os.close(write)


async def test_what_the_locale_cannot_say_is_escaped() -> None:
    read, write = os.pipe()
    outlet = Outlet(write, "latin-1", nothing)
    outlet.put("é中")
    await outlet.close()
    os.close(write)
    assert os.read(read, 100) == b"\xe9\\u4e2d"
    os.close(read)


PIECES = ["a", "1", " ", "\n", "\r", "é", "中", "👩", "\u200d", "💻", "\ufe0f", "❤", "\x1b[31m", "\u202e", "\ud800"]


@given(st.lists(st.text(st.sampled_from("".join(PIECES)), max_size=6), max_size=12))
def test_pieces_are_as_safe_as_the_whole(pieces: list[str]) -> None:
    stream = SafeStream()
    shown = "".join([stream.feed(piece) for piece in pieces]) + stream.rest()
    assert is_safe(shown.replace("\ufe0f", "").replace("\u200d", "")), "at most an emoji's own parts are left"
    assert stream.rest() == ""


@pytest.mark.parametrize("text", ["👩\u200d💻!", "❤\ufe0f", "a\r\nb", "中文。", "e\u0301", "x\x1b[2Jy", "👍🏽"])
def test_what_belongs_together_survives_any_cut(text: str) -> None:
    for cut in range(len(text) + 1):
        stream = SafeStream()
        assert stream.feed(text[:cut]) + stream.feed(text[cut:]) + stream.rest() == safe(text)
    stream = SafeStream()
    assert "".join(stream.feed(char) for char in text) + stream.rest() == safe(text)
