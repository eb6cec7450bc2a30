"""However the network splits or cuts a stream, the events are the same, and a cut one ends as broken."""

import asyncio
from contextlib import aclosing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.adapters.openai_api.sse import MAX_LINE, LineTooLongError, SSELines
from dsr1_tui.domain.events import AnswerEvent, Failed, Finished
from dsr1_tui.domain.fault import FaultCode
from dsr1_tui.domain.target import Target
from support.contract_endpoint import collect, question
from support.fault_server import Act, FaultServer, Reply, capture, events_of
from support.replay import answer_of, cut, reasoning_of, replay, timeless

EMOJI = capture("rp_stream_emoji.txt")
INLINE = capture("inline_stream.txt")
PLACES = st.lists(st.integers(0, 20_000), max_size=12)


def with_crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def last_end(events: list[AnswerEvent]) -> Finished | Failed:
    ends = [e for e in events if isinstance(e, Finished | Failed)]
    assert len(ends) == 1
    assert ends[0] is events[-1]
    return ends[0]


@given(places=PLACES, crlf=st.booleans(), opens_in_thought=st.sampled_from([True, False, None]))
@settings(max_examples=60, deadline=None)
def test_any_split_gives_the_same_events(places: list[int], crlf: bool, opens_in_thought: bool | None) -> None:
    for body in (EMOJI, INLINE):
        data = with_crlf(body) if crlf else body
        whole = replay([body], opens_in_thought=opens_in_thought)
        assert timeless(replay(cut(data, places), opens_in_thought=opens_in_thought)) == timeless(whole)


def test_byte_by_byte_gives_the_same_events() -> None:
    assert "🚀" in reasoning_of(replay([EMOJI])) + answer_of(replay([EMOJI]))
    for body in (EMOJI, with_crlf(EMOJI)):
        assert timeless(replay(body[i : i + 1] for i in range(len(body)))) == timeless(replay([EMOJI]))


@given(place=st.integers(0, len(EMOJI)))
@settings(max_examples=60, deadline=None)
def test_a_cut_at_any_byte_keeps_a_beginning_and_ends_once(place: int) -> None:
    whole = replay([EMOJI])
    events = replay([EMOJI[:place]])
    assert reasoning_of(whole).startswith(reasoning_of(events))
    assert answer_of(whole).startswith(answer_of(events))
    end = last_end(events)
    finish_at = EMOJI.index(b'"finish_reason":"stop"')
    if place < finish_at:
        assert isinstance(end, Failed)
        assert end.error.code is FaultCode.STREAM_BROKEN
    elif place > EMOJI.index(b"\n", finish_at):
        assert isinstance(end, Finished)


@given(data=st.binary(max_size=300), places=PLACES)
@settings(max_examples=60, deadline=None)
def test_any_bytes_end_exactly_once(data: bytes, places: list[int]) -> None:
    last_end(replay(cut(b"data: " + data + b"\n\n", places)))


@given(data=st.text(alphabet="da:t \r\n{}x", max_size=60), places=PLACES)
def test_lines_are_the_same_however_split(data: str, places: list[int]) -> None:
    raw = data.encode()
    whole, parts = SSELines(), SSELines()
    expected = whole.feed(raw) + whole.end()
    found = [payload for piece in cut(raw, places) for payload in parts.feed(piece)]
    assert found + parts.end() == expected
    assert expected == [
        line[5:].strip() for line in raw.replace(b"\r", b"\n").split(b"\n") if line.startswith(b"data:")
    ]


def test_a_line_without_an_end_is_given_up() -> None:
    lines = SSELines()
    lines.feed(b"x" * MAX_LINE)
    with pytest.raises(LineTooLongError):
        lines.feed(b"x")


@pytest.mark.parametrize("size", [1, 7, 300])
async def test_small_pieces_over_a_socket_give_the_same_events(size: int) -> None:
    body = EMOJI[: 6 * size + 4_000] if size == 1 else EMOJI
    body = b"".join(events_of(body)[:-1]) + b"".join(events_of(EMOJI)[-2:])
    steps = [body[at : at + size] for at in range(0, len(body), size)]
    async with FaultServer() as server:
        server.replies.append(Reply(steps))
        endpoint = OpenAIEndpoint(Target(base_url=server.base_url), pause_s=0, in_thought=False)
        events = await collect(endpoint)
        await endpoint.aclose()
    assert timeless(events) == timeless(replay([body]))


@pytest.mark.parametrize("act", [Act.CUT, Act.RESET])
@pytest.mark.parametrize("chunked", [True, False])
async def test_a_connection_lost_in_mid_answer_is_broken(act: Act, chunked: bool) -> None:
    first = b"".join(events_of(EMOJI)[:4])
    gate = asyncio.Event()
    async with FaultServer() as server:
        server.replies.append(Reply([first, gate, act], chunked=chunked))
        endpoint = OpenAIEndpoint(Target(base_url=server.base_url), retries=0)
        events: list[AnswerEvent] = []
        async with aclosing(endpoint.stream(question())) as stream:
            async for event in stream:
                events.append(event)
                if reasoning_of(events) == "A ro":
                    gate.set()
        await endpoint.aclose()
    end = last_end(events)
    assert isinstance(end, Failed)
    assert end.error.code is FaultCode.STREAM_BROKEN
    assert reasoning_of(events) == "A rock"
