"""Which turns go where a conversation does not fit."""

from dataclasses import replace

import pytest

from dsr1_tui.domain.message import Message
from dsr1_tui.services.fitting import shortened
from support.fake_clock import FakeClock
from support.fake_endpoint import FAKE_MODEL
from support.store_samples import a_conversation, a_question, an_answer

LONG = "word " * 900
SMALL = replace(FAKE_MODEL, max_model_len=1000)


def path(*turns: tuple[str, str]) -> list[Message]:
    clock = FakeClock()
    conversation = a_conversation(clock)
    made: list[Message] = []
    for question, answer in turns:
        made += [user := a_question(clock, conversation, question), an_answer(clock, user, answer)]
    return made


@pytest.mark.parametrize(
    ("turns", "gone", "over"),
    [
        ((("Hi", "Hello."), ("Why?", "")), 0, False),
        (((LONG, "Yes."), ("Why?", "")), 2, False),
        ((("Hi", "Hello."), (LONG, ""), ("Why?", "")), 4, False),
        ((("Hi", "Hello."), ("So?", ""), ("Why?", "")), 0, False),
        ((("Hi", "Hello."), (LONG, "")), 2, True),
    ],
)
def test_the_oldest_go_and_a_question_that_was_never_answered_too(
    turns: tuple[tuple[str, str], ...], gone: int, over: bool
) -> None:
    plan = shortened(path(*turns), SMALL, 200)
    assert (len(plan.drop), plan.over > 0) == (gone, over)
