"""Asking: what is kept, whatever ends the answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from dsr1_tui.domain.events import AnswerDelta, Failed, Finished, FinishReason, ReasoningDelta, Started
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.message import Message, MessageRole, Status
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.services.ask import AskPorts, Question, ask, fresh_conversation
from dsr1_tui.services.turn import AskEvent, StopSignal, StoreTroubled, TurnClosed, TurnOpened
from support.fake_clock import FakeClock
from support.fake_endpoint import FAKE_MODEL, FakeEndpoint, Script, answer_script
from support.fake_store import MemoryStore

FULL = Fault(FaultCode.STORE, "The disk is full.", "Free some room.")


class World:
    def __init__(self, *scripts: Script) -> None:
        self.clock = FakeClock()
        self.endpoint = FakeEndpoint(scripts=scripts, clock=self.clock.monotonic)
        self.store = MemoryStore(self.clock)
        self.ports = AskPorts(endpoint=self.endpoint, conversations=self.store, messages=self.store, clock=self.clock)
        self.stop = StopSignal()

    def question(self, text: str | None, path: Sequence[Message] = ()) -> Question:
        conversation = fresh_conversation(self.clock)
        if path:
            conversation = replace(conversation, id=path[-1].conversation_id)
        return Question(
            conversation=conversation,
            path=tuple(path),
            text=text,
            model=FAKE_MODEL,
            rules=Rules.R1,
            sampling=Sampling(temperature=0.6),
        )

    async def ask(self, text: str | None, path: Sequence[Message] = ()) -> list[AskEvent]:
        return [event async for event in ask(self.ports, self.question(text, path), self.stop)]

    @property
    def kept(self) -> list[Message]:
        return sorted(self.store.shelf.messages.values(), key=lambda m: m.id)


def closed(events: list[AskEvent]) -> Message:
    last = events[-1]
    assert isinstance(last, TurnClosed)
    return last.answer


async def test_a_whole_answer() -> None:
    world = World(answer_script("\n\nIt is \\boxed{4}.", "two and two"))
    events = await world.ask("2+2?")
    assert isinstance(events[0], TurnOpened)
    assert sum(isinstance(event, Finished | Failed) for event in events) == 1
    answer = closed(events)
    assert (answer.status, answer.finish_reason, answer.boxed) == (Status.COMPLETE, FinishReason.STOP, "4")
    assert (answer.reasoning, answer.content) == ("two and two", "\n\nIt is \\boxed{4}.")
    assert (answer.model, answer.rules, answer.endpoint) == (FAKE_MODEL.id, "r1", "127.0.0.1:8000")
    assert answer.sampling == Sampling(temperature=0.6)
    assert world.kept == [events[0].user, answer]
    assert world.endpoint.requests[0].messages[0].content == "2+2?"


async def test_the_question_is_kept_before_it_is_sent() -> None:
    gate = asyncio.Event()
    world = World([gate, *answer_script("x")])
    turn = ask(world.ports, world.question("first"), world.stop)
    await anext(turn)
    assert [m.content for m in world.kept] == ["first", ""]
    assert world.kept[1].status is Status.STREAMING
    await turn.aclose()


async def test_stop_keeps_what_came_and_closes_the_stream() -> None:
    gate = asyncio.Event()
    world = World([Started(model="m"), AnswerDelta(text="half", tokens=1, exact=True), gate])
    events: list[AskEvent] = []
    async for event in ask(world.ports, world.question("go"), world.stop):
        events.append(event)
        if isinstance(event, AnswerDelta):
            world.stop.stop()
    answer = closed(events)
    assert (answer.content, answer.status, answer.finish_reason) == ("half", Status.STOPPED, FinishReason.STOPPED)
    assert (world.endpoint.open_streams, world.endpoint.abandoned) == (0, 1)


@pytest.mark.parametrize("how", ["aclose", "cancel"])
async def test_an_abandoned_turn_is_kept_as_interrupted(how: str) -> None:
    gate = asyncio.Event()
    world = World([Started(model="m"), ReasoningDelta(text="so", tokens=1, exact=True), gate])
    reached = asyncio.Event()

    async def consume() -> None:
        async for event in ask(world.ports, world.question("go"), world.stop):
            if isinstance(event, ReasoningDelta):
                reached.set()

    if how == "cancel":
        task = asyncio.create_task(consume())
        await reached.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    else:
        turn = ask(world.ports, world.question("go"), world.stop)
        async for event in turn:
            if isinstance(event, ReasoningDelta):
                break
        await turn.aclose()
    assert (world.kept[1].status, world.kept[1].reasoning) == (Status.INTERRUPTED, "so")
    assert world.endpoint.open_streams == 0


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (FaultCode.STREAM_BROKEN, Status.INTERRUPTED),
        (FaultCode.SILENT, Status.INTERRUPTED),
        (FaultCode.ENGINE_DIED, Status.INTERRUPTED),
        (FaultCode.UNREACHABLE, Status.FAILED),
        (FaultCode.CONTEXT_OVERFLOW, Status.FAILED),
    ],
)
async def test_a_fault_keeps_what_came(code: FaultCode, status: Status) -> None:
    fault = Fault(code, "Broken.")
    world = World([Started(model="m"), AnswerDelta(text="par", tokens=1, exact=True), Failed(error=fault)])
    answer = closed(await world.ask("go"))
    assert (answer.content, answer.status, answer.error) == ("par", status, fault)


async def test_it_is_journalled_about_once_a_second() -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    delta = [AnswerDelta(text=text, tokens=1, exact=True) for text in ("a", "b", "c")]
    script: Script = [
        Started(model="m"),
        delta[0],
        gates[0],
        delta[1],
        gates[1],
        delta[2],
        Finished(reason=FinishReason.STOP),
    ]
    world = World(script)
    async for event in ask(world.ports, world.question("go"), world.stop):
        if isinstance(event, AnswerDelta) and event.text in "ab":
            world.clock.advance(1.5)
            gates["ab".index(event.text)].set()
    assert [content for _, _, content in world.store.journalled] == ["a", "b"]


async def test_a_full_disk_does_not_stop_the_answer() -> None:
    world = World(answer_script("one two three"))
    world.store.fault = FULL
    events = await world.ask("go")
    assert [event.error for event in events if isinstance(event, StoreTroubled)] == [FULL]
    last = events[-1]
    assert isinstance(last, TurnClosed)
    assert (last.answer.content, last.stored) == ("one two three", False)


async def test_a_store_that_recovers_gets_everything() -> None:
    gate = asyncio.Event()
    world = World([*answer_script("one")[:-1], gate, *answer_script(" two")[1:]])
    world.store.fault = FULL
    events: list[AskEvent] = []
    async for event in ask(world.ports, world.question("go"), world.stop):
        events.append(event)
        if isinstance(event, AnswerDelta) and event.text == "one":
            world.store.fault = None
            gate.set()
    assert [m.content for m in world.kept] == ["go", "one two"]
    assert isinstance(events[-1], TurnClosed)
    assert events[-1].stored


async def test_asking_again_makes_a_sibling() -> None:
    world = World(answer_script("one"), answer_script("two"))
    first = await world.ask("go")
    assert isinstance(first[0], TurnOpened)
    second = closed(await world.ask(None, [first[0].user]))
    assert [m.role for m in world.kept] == [MessageRole.USER, MessageRole.ASSISTANT, MessageRole.ASSISTANT]
    assert second.parent_id == closed(first).parent_id == first[0].user.id
    assert world.endpoint.requests[1].messages == world.endpoint.requests[0].messages


async def test_a_stop_before_the_first_event() -> None:
    world = World([asyncio.Event()])
    world.stop.stop()
    answer = closed(await world.ask("go"))
    assert (answer.status, answer.content) == (Status.STOPPED, "")


async def test_the_title_is_the_first_question() -> None:
    world = World(answer_script("x"))
    events = await world.ask("Solve\nthis")
    assert isinstance(events[0], TurnOpened)
    assert events[0].conversation.title == "Solve this"
