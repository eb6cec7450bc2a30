"""A response's bytes run through the adapter's pure part: the events a socket would give, without one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from dsr1_tui.adapters.openai_api.chunks import ChunkReader
from dsr1_tui.adapters.openai_api.faults import Scene
from dsr1_tui.adapters.openai_api.sse import SSELines
from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, ReasoningDelta

SCENE = Scene("gpu-box:8000")


def replay(
    pieces: Iterable[bytes], *, samples: int = 1, opens_in_thought: bool | None = False, per_chunk: int = 1
) -> list[AnswerEvent]:
    """The events of these bytes, which came at seconds 1, 2, 3 …; the stream then ends."""
    reader = ChunkReader(
        model="asked",
        samples=samples,
        scene=SCENE,
        opens_in_thought=opens_in_thought,
        tokens_per_chunk=per_chunk,
    )
    lines = SSELines()
    events: list[AnswerEvent] = []
    at = 0.0
    for piece in pieces:
        at += 1.0
        for payload in lines.feed(piece):
            events += reader.read(payload, at)
    for payload in lines.end():
        events += reader.read(payload, at)
    return events + reader.end(None, at)


def timeless(events: Iterable[AnswerEvent]) -> list[AnswerEvent]:
    """The events without their times, which depend on how the network split the bytes."""
    return [replace(event, at=0.0) for event in events]


def reasoning_of(events: Iterable[AnswerEvent], sample: int = 0) -> str:
    """The joined reasoning of one sample."""
    return "".join(e.text for e in events if isinstance(e, ReasoningDelta) and e.sample == sample)


def answer_of(events: Iterable[AnswerEvent], sample: int = 0) -> str:
    """The joined answer of one sample."""
    return "".join(e.text for e in events if isinstance(e, AnswerDelta) and e.sample == sample)


def tokens_of(events: Iterable[AnswerEvent]) -> tuple[int, bool]:
    """The tokens of all deltas, and whether all were counted exactly."""
    deltas = [e for e in events if isinstance(e, ReasoningDelta | AnswerDelta)]
    return sum(e.tokens for e in deltas), all(e.exact for e in deltas)


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """`data` cut at these places (taken modulo its length)."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]
