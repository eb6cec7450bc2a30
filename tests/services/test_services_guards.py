"""Guards at work: loops stopped, answered or retried, budgets kept, the answer asked for at once."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from dsr1_tui.domain.events import (
    AnswerDelta,
    Continued,
    Failed,
    Finished,
    FinishReason,
    GuardTripped,
    ReasoningDelta,
    Started,
)
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.message import Message, MessageRole, Status
from dsr1_tui.domain.prompt import PromptRules
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.steering import GuardRules, LoopPolicy
from dsr1_tui.services.ask import AskPorts, Question, ask, fresh_conversation
from dsr1_tui.services.hurry import BOX, SHORT
from dsr1_tui.services.turn import AskEvent, StopSignal, TurnClosed
from support.fake_clock import FakeClock
from support.fake_endpoint import FAKE_MODEL, FakeEndpoint, Script, answer_script
from support.fake_store import MemoryStore

LOOP = "Wait, let me check the result once more. It should be forty-two. "


def looping(times: int = 60) -> Script:
    return answer_script("never", "The product is 6 times 7. " + LOOP * times)


class World:
    def __init__(self, *scripts: Script, more: Sequence[Script] = (), continuable: bool = True) -> None:
        self.clock = FakeClock()
        self.endpoint = FakeEndpoint(scripts=scripts, clock=self.clock.monotonic)
        self.endpoint.continuable = continuable
        self.endpoint.continue_scripts = list(more)
        self.store = MemoryStore(self.clock)
        self.stop = StopSignal()

    def question(self, text: str, guards: GuardRules, sampling: Sampling, model: ModelInfo = FAKE_MODEL) -> Question:
        return Question(
            conversation=fresh_conversation(self.clock),
            path=(),
            text=text,
            model=model,
            rules=Rules.R1,
            sampling=sampling,
            prompt=PromptRules(rules=Rules.R1),
            guards=guards,
        )

    async def turn(
        self,
        text: str,
        guards: GuardRules,
        sampling: Sampling | None = None,
        *,
        model: ModelInfo = FAKE_MODEL,
        on: Callable[[AskEvent], None] = lambda _event: None,
    ) -> list[AskEvent]:
        ports = AskPorts(
            endpoint=self.endpoint,
            conversations=self.store,
            messages=self.store,
            clock=self.clock,
            extras=self.endpoint,
        )
        question = self.question(text, guards, sampling or Sampling(temperature=0.6, seed=5), model)
        events: list[AskEvent] = []
        async for event in ask(ports, question, self.stop):
            on(event)
            events.append(event)
        return events


def closed(events: list[AskEvent]) -> Message:
    last = events[-1]
    assert isinstance(last, TurnClosed)
    assert sum(isinstance(event, Finished) for event in events) <= 1
    return last.answer


ANSWERING = GuardRules(loop_policy=LoopPolicy.ANSWER)
CONTINUED = answer_script("42}$ is the answer.", "")


async def test_a_loop_becomes_an_answer() -> None:
    world = World(looping(), more=[CONTINUED])
    events = await world.turn("What is 6*7?", ANSWERING)
    answer = closed(events)
    assert (answer.status, answer.finish_reason, answer.guards) == (Status.COMPLETE, FinishReason.STOP, ("loop",))
    assert answer.content == BOX + "42}$ is the answer."
    assert answer.boxed == "42"
    assert [segment.cause for segment in answer.segments] == ["ask", "loop"]
    asked = world.endpoint.continuations[0]
    assert asked.reasoning.count("Wait") == 1, "the thought is cut where the loop began"
    assert world.endpoint.abandoned == 1
    assert answer.usage is not None
    assert answer.usage.completion_tokens < 600


async def test_a_question_without_mathematics_gets_no_box() -> None:
    world = World(looping(), more=[answer_script("Paris.", "")])
    answer = closed(await world.turn("Tell me about the capital of France", ANSWERING))
    assert answer.content == "Paris."
    assert world.endpoint.continuations[0].opening == ""


async def test_where_it_cannot_be_continued_a_short_answer_is_asked_for() -> None:
    world = World(looping(), answer_script("Forty-two.", "short thought"), continuable=False)
    answer = closed(await world.turn("What is 6*7?", ANSWERING))
    assert answer.content == "Forty-two."
    assert world.endpoint.requests[1].messages[-1].content.endswith(SHORT)


async def test_tell_lets_it_go_on() -> None:
    world = World(looping())
    events = await world.turn("What is 6*7?", GuardRules(loop_policy=LoopPolicy.TELL))
    assert closed(events).content == "never"
    assert any(isinstance(event, GuardTripped) and event.level == "loop" for event in events)


async def test_stop_ends_it_as_a_loop() -> None:
    world = World(looping())
    answer = closed(await world.turn("What is 6*7?", GuardRules(loop_policy=LoopPolicy.STOP)))
    assert (answer.status, answer.finish_reason, answer.content) == (Status.STOPPED, FinishReason.LOOP, "")


async def test_retry_asks_once_more_with_other_settings() -> None:
    world = World(looping(), answer_script("42", "better"))
    answer = closed(await world.turn("What is 6*7?", GuardRules(loop_policy=LoopPolicy.RETRY)))
    assert (answer.content, answer.reasoning) == ("42", "better")
    second = world.endpoint.requests[1].sampling
    assert (second.seed, second.temperature, second.repetition_penalty) == (6, 0.7, 1.1)
    assert [(part.sampling, part.cause) for part in answer.segments] == [(second, "loop")], "what it was made under"


async def test_a_second_loop_after_a_retry_is_answered() -> None:
    world = World(looping(), looping(), more=[CONTINUED])
    answer = closed(await world.turn("What is 6*7?", GuardRules(loop_policy=LoopPolicy.RETRY)))
    assert (answer.boxed, len(world.endpoint.requests)) == ("42", 2)


async def test_a_loop_in_the_answer_is_stopped() -> None:
    world = World(answer_script(LOOP * 60))
    answer = closed(await world.turn("Say it", ANSWERING))
    assert (answer.status, answer.finish_reason) == (Status.STOPPED, FinishReason.LOOP)


async def test_a_budget_of_tokens_is_kept_on_our_side() -> None:
    words = " ".join(f"thought{number} about it" for number in range(200))
    world = World(answer_script("never", words), more=[answer_script("Done.", "")])
    answer = closed(await world.turn("Tell me", GuardRules(budget_tokens=40)))
    assert answer.content == "Done."
    assert answer.usage is not None
    assert 40 <= answer.usage.reasoning_tokens < 60
    assert world.endpoint.requests[0].thinking_budget == 40
    assert answer.guards == ("budget",)


async def test_a_budget_of_seconds() -> None:
    gate = asyncio.Event()
    script: Script = [
        Started(model="m"),
        ReasoningDelta(text="so", tokens=1, exact=True, at=10.0),
        ReasoningDelta(text=" on", tokens=1, exact=True, at=41.0),
        gate,
    ]
    world = World(script, more=[answer_script("Done.", "")])
    answer = closed(await world.turn("Tell me", GuardRules(budget_s=30)))
    assert (answer.content, answer.guards) == ("Done.", ("budget",))


async def test_answer_now_closes_the_thought() -> None:
    gate = asyncio.Event()
    script: Script = [Started(model="m"), ReasoningDelta(text="half", tokens=1, exact=True), gate]
    world = World(script, more=[answer_script("7}", "")])

    def press(event: AskEvent) -> None:
        if isinstance(event, ReasoningDelta):
            world.stop.hurry()

    events = await world.turn("What is 3+4?", ANSWERING, on=press)
    answer = closed(events)
    assert (answer.content, answer.reasoning, answer.boxed) == (BOX + "7}", "half", "7")
    assert any(isinstance(event, Continued) for event in events)
    assert answer.guards == ("asked",)


async def test_answer_now_means_nothing_once_it_answers() -> None:
    world = World(answer_script("already on its way"))

    def press(event: AskEvent) -> None:
        if isinstance(event, AnswerDelta):
            world.stop.hurry()

    answer = closed(await world.turn("x", ANSWERING, on=press))
    assert (answer.content, world.endpoint.continuations) == ("already on its way", [])


@pytest.mark.parametrize("size", [5000])
async def test_a_prompt_that_cannot_fit_is_not_sent(size: int) -> None:
    world = World()
    world.endpoint.counter = lambda _messages: size
    model = ModelInfo(id="tiny-r1", owned_by="vllm", max_model_len=4096)
    answer = closed(await world.turn("word " * 4000, ANSWERING, model=model))
    assert world.endpoint.requests == []
    assert answer.error is not None
    assert answer.error.code is FaultCode.CONTEXT_OVERFLOW


async def test_max_tokens_is_never_larger_than_the_room() -> None:
    world = World(answer_script("x"))
    world.endpoint.counter = lambda _messages: 4000
    model = ModelInfo(id="tiny-r1", owned_by="vllm", max_model_len=4096)
    await world.turn("word " * 3000, ANSWERING, Sampling(max_tokens=2000), model=model)
    assert world.endpoint.requests[0].sampling.max_tokens == 96


THOUGHTFUL = GuardRules(want_thought=True)


async def test_a_reply_that_skipped_its_thinking_is_asked_again_with_the_thought_begun() -> None:
    world = World(answer_script("Paris.", ""), answer_script("Paris, then.", "let me think"))
    answer = closed(await world.turn("Tell me the capital of France", THOUGHTFUL))
    assert (answer.reasoning, answer.content) == ("Okay, let me think", "Paris, then.")
    prefill = world.endpoint.requests[1].messages[-1]
    assert (prefill.role, prefill.content) == (MessageRole.ASSISTANT, "<think>\nOkay, ")


async def test_it_is_asked_again_only_once() -> None:
    world = World(answer_script("Paris.", ""), answer_script("Paris, still.", ""))
    answer = closed(await world.turn("Tell me the capital of France", THOUGHTFUL))
    assert (answer.content, len(world.endpoint.requests)) == ("Paris, still.", 2)


async def test_where_the_prefill_is_refused_the_plain_answer_is_taken() -> None:
    refused: Script = [Failed(error=Fault(FaultCode.REFUSED, "No prefill here."))]
    world = World(answer_script("Paris.", ""), refused, answer_script("Paris.", ""))
    answer = closed(await world.turn("Tell me the capital of France", THOUGHTFUL))
    assert (answer.status, answer.reasoning, answer.content) == (Status.COMPLETE, "", "Paris.")


async def test_a_thought_is_left_alone() -> None:
    world = World(answer_script("Paris.", "easy"))
    await world.turn("Tell me the capital of France", THOUGHTFUL)
    assert len(world.endpoint.requests) == 1
