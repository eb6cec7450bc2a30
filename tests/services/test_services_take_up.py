"""Answers that were cut off: taken up where they ended, or answered from what they have."""

import asyncio
from dataclasses import replace

import pytest

from dsr1_tui.domain.events import AnswerDelta, Continued, FinishReason
from dsr1_tui.domain.fault import FaultCode
from dsr1_tui.domain.message import Message, Status, Timings, Usage
from dsr1_tui.domain.prompt import PromptRules
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.steering import GuardRules, LoopPolicy
from dsr1_tui.services.ask import AskPorts, Question, ask, fresh_conversation
from dsr1_tui.services.hurry import BOX, SHORT
from dsr1_tui.services.turn import AskEvent, StopSignal, TakeUp, TurnClosed
from support.fake_clock import FakeClock
from support.fake_endpoint import FAKE_MODEL, FakeEndpoint, Script, answer_script
from support.fake_store import MemoryStore

ASKED = "What is 6*7?"


class World:
    """A first answer that was cut off, and what may follow it."""

    def __init__(self, first: Script, *more: Script, again: Script = (), continuable: bool = True) -> None:
        self.clock = FakeClock()
        self.endpoint = FakeEndpoint(scripts=[first, again], continue_scripts=more, clock=self.clock.monotonic)
        self.endpoint.continuable = continuable
        self.store = MemoryStore(self.clock)
        self.ports = AskPorts(
            endpoint=self.endpoint,
            conversations=self.store,
            messages=self.store,
            clock=self.clock,
            extras=self.endpoint,
        )
        self.question = Question(
            conversation=fresh_conversation(self.clock),
            path=(),
            text=ASKED,
            model=FAKE_MODEL,
            rules=Rules.R1,
            sampling=Sampling(temperature=0.6, max_tokens=100),
            prompt=PromptRules(rules=Rules.R1),
            guards=GuardRules(loop_policy=LoopPolicy.RETRY, budget_tokens=3, want_thought=True),
        )

    async def turn(self, question: Question) -> list[AskEvent]:
        return [event async for event in ask(self.ports, question, StopSignal())]

    async def cut_off(self) -> Message:
        """Ask, without a budget, and give what came."""
        return closed(await self.turn(replace(self.question, guards=GuardRules())))

    async def taken_up(self, answer: Message, how: TakeUp) -> list[AskEvent]:
        tree = await self.store.load(answer.conversation_id)
        question = replace(
            self.question, conversation=tree.conversation, path=tree.path[:-1], text=None, take_up=(answer, how)
        )
        return await self.turn(question)


def closed(events: list[AskEvent]) -> Message:
    last = events[-1]
    assert isinstance(last, TurnClosed)
    assert last.stored
    return last.answer


def cut(answer: str, reasoning: str) -> Script:
    return answer_script(answer, reasoning, reason=FinishReason.LENGTH)


async def test_an_answer_goes_on_where_it_ended() -> None:
    world = World(cut("The answer is", "six sevens"), answer_script(" forty-two.", ""))
    first = await world.cut_off()
    assert first.finish_reason is FinishReason.LENGTH
    events = await world.taken_up(first, TakeUp.CONTINUE)
    whole = closed(events)
    assert (whole.id, whole.content, whole.reasoning) == (first.id, "The answer is forty-two.", "six sevens")
    assert (whole.status, whole.finish_reason) == (Status.COMPLETE, FinishReason.STOP)
    assert [(s.from_char, s.cause) for s in whole.segments] == [(0, "ask"), (len("The answer is"), "continue")]
    asked = world.endpoint.continuations[0]
    assert (asked.reasoning, asked.answer, asked.closed) == ("six sevens", "The answer is", True)
    assert [event.char for event in events if isinstance(event, Continued)] == [len("The answer is")]


async def test_a_thought_goes_on_as_a_thought() -> None:
    world = World(cut("", "six sevens"), answer_script("42", " are forty-two"))
    whole = closed(await world.taken_up(await world.cut_off(), TakeUp.CONTINUE))
    assert (whole.reasoning, whole.content) == ("six sevens are forty-two", "42")
    assert not world.endpoint.continuations[0].closed
    assert whole.guards == (), "who lets it go on lifts the budget"


async def test_a_thought_is_closed_and_answered() -> None:
    world = World(cut("", "six sevens are forty-two"), answer_script("42}", ""))
    whole = closed(await world.taken_up(await world.cut_off(), TakeUp.ANSWER))
    assert (whole.boxed, whole.content) == ("42", f"{BOX}42}}")
    assert [segment.cause for segment in whole.segments] == ["ask", "asked"]


async def test_an_answer_that_has_no_result_yet_is_asked_for_it() -> None:
    world = World(cut("Six sevens are a lot.", "hm"), answer_script("42}", ""))
    whole = closed(await world.taken_up(await world.cut_off(), TakeUp.ANSWER))
    assert whole.content == f"Six sevens are a lot.\n\n{BOX}42}}"
    assert world.endpoint.continuations[0].answer == "Six sevens are a lot."


async def test_counts_and_times_add_up() -> None:
    world = World(cut("one two", "a b c"), answer_script(" three four", ""))
    first = await world.cut_off()
    early = Timings(ttft_s=0.5, thinking_s=2.0, total_s=3.0, tokens_per_s=10.0)
    whole = closed(await world.taken_up(replace(first, timings=early), TakeUp.CONTINUE))
    assert isinstance(first.usage, Usage)
    assert isinstance(whole.usage, Usage)
    assert whole.usage.reasoning_tokens == first.usage.reasoning_tokens == 3
    assert whole.usage.completion_tokens == first.usage.completion_tokens + 2
    assert whole.usage.exact
    assert whole.timings is not None
    assert (whole.timings.ttft_s, whole.timings.thinking_s) == (0.5, 2.0)
    assert whole.timings.total_s >= early.total_s


async def test_what_it_held_is_kept_when_the_window_dies() -> None:
    world = World(cut("The answer is", "six sevens"), answer_script(" forty-two.", ""))
    first = await world.cut_off()
    question = replace(world.question, path=(), text=None, take_up=(first, TakeUp.CONTINUE))
    tree = await world.store.load(first.conversation_id)
    question = replace(question, conversation=tree.conversation, path=tree.path[:-1])
    stream = ask(world.ports, question, StopSignal())
    await anext(stream)
    world.store.die()
    assert await world.store.elsewhere("next").recover() == (first.id,)
    left = (await world.store.load(first.conversation_id)).path[-1]
    assert (left.content, left.reasoning, left.status) == ("The answer is", "six sevens", Status.INTERRUPTED)
    await stream.aclose()


async def test_where_it_cannot_be_taken_up_it_says_so_and_keeps_what_there_is() -> None:
    world = World(cut("The answer is", "hm"), continuable=False)
    whole = closed(await world.taken_up(await world.cut_off(), TakeUp.CONTINUE))
    assert whole.content == "The answer is"
    assert whole.error is not None
    assert (whole.error.code, "/v1/completions" in whole.error.message) == (FaultCode.REFUSED, True)


@pytest.mark.parametrize("reasoning", ["six sevens", ""])
async def test_where_it_cannot_be_taken_up_a_short_answer_is_asked_for(reasoning: str) -> None:
    world = World(cut("", reasoning), again=answer_script("42", "short"), continuable=False)
    whole = closed(await world.taken_up(await world.cut_off(), TakeUp.ANSWER))
    assert whole.content == "42"
    assert world.endpoint.requests[-1].messages[-1].content.endswith(SHORT)


async def test_a_second_try_forgets_the_first_ones_journal() -> None:
    world = World(answer_script("Paris.", ""), again=answer_script("Paris, then.", "let me think"))
    stream = ask(world.ports, replace(world.question, guards=GuardRules(want_thought=True)), StopSignal())
    async for event in stream:
        if isinstance(event, TurnClosed):
            assert event.answer.content == "Paris, then."
    assert all(not rows for rows in world.store.shelf.journal.values())


async def test_the_rest_is_drawn_with_other_settings() -> None:
    gate = asyncio.Event()
    world = World([*answer_script("The answer", "hm")[:-1], gate], answer_script(" is 42.", ""))
    signal, events = StopSignal(), list[AskEvent]()
    colder = replace(world.question.sampling, temperature=0.5)
    async for event in ask(world.ports, replace(world.question, guards=GuardRules()), signal):
        events.append(event)
        if isinstance(event, AnswerDelta) and event.text == " answer":
            signal.apply(colder)
    whole = closed(events)
    assert whole.content == "The answer is 42."
    assert [(s.cause, s.from_char, s.sampling.temperature) for s in whole.segments] == [
        ("ask", 0, 0.6),
        ("settings", len("The answer"), 0.5),
    ]
    assert world.endpoint.abandoned == 1


@pytest.mark.parametrize("continuable", [True, False])
async def test_settings_that_change_nothing_or_cannot_leave_the_stream_alone(continuable: bool) -> None:
    world = World(answer_script("The answer is 42.", "hm"), continuable=continuable)
    signal = StopSignal()
    same = world.question.sampling
    signal.apply(same if continuable else replace(same, temperature=0.5))
    question = replace(world.question, guards=GuardRules())
    whole = closed([event async for event in ask(world.ports, question, signal)])
    assert (whole.content, len(whole.segments), world.endpoint.abandoned) == ("The answer is 42.", 1, 0)
