"""What a guard says of a loop: where it began, in which text, and a sample that is cut behind a word."""

import pytest

from dsr1_tui.domain.events import AnswerDelta, AnswerEvent, ReasoningDelta
from dsr1_tui.domain.guards import Act, Guards, Order
from dsr1_tui.domain.steering import GuardRules, LoopPolicy

LINE = "Wait, let me check again. The first step was right, but I am not sure about the second step.\n"
CHINESE = (
    "等等，让我再检查一遍这个结果，第一步看起来是对的，但是第二步我还不能确定，所以需要从头再来一遍，"
    "然后再仔细地看一看每一个数字是否正确。"
)


def loops(kind: type[AnswerDelta] | type[ReasoningDelta], text: str) -> list[Order]:
    guards = Guards(GuardRules(loop_policy=LoopPolicy.TELL))
    events: list[AnswerEvent] = [kind(text=text, tokens=20, exact=True, at=0.0) for _ in range(40)]
    return [order for event in events if (order := guards.feed(event)) is not None and order.tripped.level == "loop"]


@pytest.mark.parametrize(("kind", "since"), [(ReasoningDelta, "the start"), (AnswerDelta, "the start of the answer")])
def test_a_loop_is_told_in_whole_words(kind: type[AnswerDelta] | type[ReasoningDelta], since: str) -> None:
    (found,) = loops(kind, LINE)
    assert found.act is Act.TELL
    assert found.tripped.detail.startswith(f"repeating since {since} (×")
    assert found.tripped.detail.endswith("“Wait, let me check again. The first step was right, but I …”)")


def test_chinese_is_cut_between_its_characters() -> None:
    (found,) = loops(ReasoningDelta, CHINESE)
    sample = found.tripped.detail.partition("“")[2]
    assert sample.startswith("等等，让我再检查一遍")
    assert len(sample) > 50


def test_a_loop_in_the_answer_is_told_beside_the_one_in_the_thought() -> None:
    guards = Guards(GuardRules(loop_policy=LoopPolicy.TELL))
    events: list[AnswerEvent] = [ReasoningDelta(text=LINE, tokens=20, exact=True, at=0.0) for _ in range(40)]
    events += [AnswerDelta(text=LINE, tokens=20, exact=True, at=0.0) for _ in range(40)]
    told = [order.tripped for event in events if (order := guards.feed(event)) is not None]
    assert [one.detail.partition(" (")[0] for one in told if one.level == "loop"] == [
        "repeating since the start",
        "repeating since the start of the answer",
    ]
