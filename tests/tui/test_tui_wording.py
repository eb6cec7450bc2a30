"""The words of a turn: its heading and its footer say less, or take more lines, where there is less room."""

from dsr1_tui.domain.events import FinishReason, ReasoningDelta
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Message, MessageRole, Timings, Usage
from dsr1_tui.domain.meter import Meter
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.transcript import wording


def told(width: int, *, place: tuple[int, int] = (1, 1)) -> list[str]:
    usage = Usage(completion_tokens=1590, exact=True)
    timings = Timings(ttft_s=0.02, total_s=6.1, tokens_per_s=261.0)
    looped = Message(
        id=MessageId("m"),
        conversation_id=ConversationId("c"),
        parent_id=None,
        role=MessageRole.ASSISTANT,
        content="",
        created=0.0,
        updated=0.0,
        finish_reason=FinishReason.LOOP,
        usage=usage,
        timings=timings,
    )
    return [line.text for line in wording.footer(looped, place, width)]


def test_a_footer_is_never_cut_in_a_word() -> None:
    assert told(100, place=(1, 2)) == [
        "1,590 tok · 261 tok/s · first 0.02 s · 6.1 s · stopped: it was repeating itself   ‹ 1/2 ›"
    ]
    assert told(76) == ["1,590 tok · 261 tok/s · first 0.02 s · 6.1 s", "stopped: it was repeating itself"]
    assert told(40, place=(1, 2)) == [
        "1,590 tok · 261 tok/s · first 0.02 s",
        "6.1 s · stopped: it was repeating itself",
        "‹ 1/2 ›",
    ]
    assert told(1000, place=(2, 2))[0].endswith("   ‹ 2/2 ›")


def test_a_heading_says_less_where_there_is_less_room() -> None:
    meter = Meter(0.0)
    for second in range(3):
        meter.feed(ReasoningDelta(text="so", tokens=50, exact=True, at=1.0 + second))
    ways = wording.thinking_ways(meter, 7.0, 300)
    heads = [wording.answer_head("R1", ways, width, mark="▾").text for width in (100, 60, 50, 35, 20, 8)]
    assert heads[0].endswith(" tok/s · budget ▓▓▓▓▓░░░░░ 50 %")
    assert heads[1].endswith(" tok/s · budget 50 %")
    assert heads[3:] == ["R1   ▾ Thinking 6 s · 150 tok", "R1   ▾ Thinking 6 s", "R1"]
    assert all(cells(head) <= width for head, width in zip(heads, (100, 60, 50, 35, 20, 8), strict=True))
