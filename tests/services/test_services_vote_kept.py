"""What a vote leaves in the store while it runs and when it is broken off."""

import asyncio

import pytest

from dsr1_tui.domain.events import AnswerDelta, Finished, FinishReason, ReasoningDelta, Started
from dsr1_tui.domain.message import Status
from dsr1_tui.domain.vote.ballot import Outcome
from dsr1_tui.services.teller import tally_of
from dsr1_tui.services.vote import vote
from dsr1_tui.services.vote_turn import VoteEvent
from support.fake_endpoint import Script
from support.vote_world import PLAIN_MODEL, VoteWorld, boxed, casts, closed, mixed


def says(sample: int, text: str) -> AnswerDelta:
    return AnswerDelta(sample=sample, text=text, tokens=1, exact=True)


def begun(samples: int) -> Script:
    return [Started(sample=sample, model="m") for sample in range(samples)]


async def test_all_are_kept_before_anything_is_sent() -> None:
    world = VoteWorld([asyncio.Event()])
    turn = vote(world.ports, world.question(), 3, world.stop)
    await anext(turn)
    assert [message.status for message in world.kept] == [Status.STREAMING] * 3
    assert world.leaf == world.kept[0]
    await turn.aclose()


async def test_they_are_journalled_together_about_once_a_second() -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    script: Script = [
        *begun(3),
        *(says(at, "a") for at in range(3)),
        gates[0],
        says(0, "b"),
        *boxed("6", 2)[1:],
        gates[1],
        *(Finished(sample=at, reason=FinishReason.LENGTH) for at in range(2)),
    ]
    world = VoteWorld(script)
    writes: list[int] = []
    async for event in vote(world.ports, world.question(), 3, world.stop):
        if isinstance(event, AnswerDelta) and (event.sample, event.text) == (2, "a"):
            world.clock.advance(1.5)
            gates[0].set()
        if casts([event]) and not gates[1].is_set():
            world.clock.advance(1.5)
            writes.append(len(world.store.journalled))
            gates[1].set()
    ids = [message.id for message in world.kept]
    assert writes == [3]
    assert world.store.journalled == [(ids[0], "", "a"), (ids[1], "", "a"), (ids[2], "", "a"), (ids[0], "", "b")]


async def test_what_has_ended_is_stored_while_the_others_run() -> None:
    gate = asyncio.Event()
    world = VoteWorld([*begun(2), *boxed("6", 0)[1:], gate, *boxed("6", 1)[1:]])
    seen: list[VoteEvent] = []
    async for event in vote(world.ports, world.question(), 2, world.stop):
        seen.append(event)
        if casts([event]):
            world.clock.advance(1.5)
            for _ in range(20):  # the tick after it, and its write
                await asyncio.sleep(0)
            gate.set()
    assert closed(seen).stored
    assert [message.boxed for message in world.kept] == ["6", "6"]


@pytest.mark.parametrize("apart", [False, True])
async def test_a_stop_counts_what_has_ended_and_keeps_the_rest(apart: bool) -> None:
    never = asyncio.Event()
    whole = boxed("6", 0)
    world = (
        VoteWorld(whole, [Started(model="m"), says(0, "half"), never], [never], model=PLAIN_MODEL)
        if apart
        else VoteWorld([*begun(3), says(1, "half"), *whole[1:], never])
    )
    seen: list[VoteEvent] = []
    async for event in vote(world.ports, world.question(), 3, world.stop):
        seen.append(event)
        if casts([event]):
            world.stop.stop()
    end = closed(seen)
    reasons = [message.finish_reason for message in end.answers]
    assert reasons == [FinishReason.STOP, FinishReason.STOPPED, FinishReason.STOPPED]
    assert (end.answers[1].content, end.tally.number(Outcome.STOPPED), end.tally.decided_early) == ("half", 2, False)
    assert end.winner == end.answers[0] == world.leaf
    assert world.endpoint.open_streams == 0
    assert world.kept == list(end.answers)


@pytest.mark.parametrize("how", ["aclose", "cancel"])
async def test_an_abandoned_vote_is_kept_as_interrupted(how: str) -> None:
    world = VoteWorld([*begun(2), *boxed("6", 1)[1:], ReasoningDelta(text="so", tokens=1, exact=True), asyncio.Event()])
    reached = asyncio.Event()

    async def consume() -> None:
        async for event in vote(world.ports, world.question(), 2, world.stop):
            if isinstance(event, ReasoningDelta) and event.sample == 0:
                reached.set()

    if how == "cancel":
        task = asyncio.create_task(consume())
        await reached.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    else:
        turn = vote(world.ports, world.question(), 2, world.stop)
        async for event in turn:
            if isinstance(event, ReasoningDelta) and event.sample == 0:
                break
        await turn.aclose()
    assert [message.status for message in world.kept] == [Status.INTERRUPTED, Status.COMPLETE]
    assert [message.reasoning for message in world.kept] == ["so", "hm"]
    assert world.endpoint.open_streams == 0
    tally = await tally_of(world.kept, world.judge)
    assert (tally.votes, tally.number(Outcome.STOPPED)) == (1, 1)


async def test_a_stop_before_anything_came() -> None:
    world = VoteWorld([asyncio.Event()])
    world.stop.stop()
    end = closed(await world.vote(4))
    assert {message.finish_reason for message in end.answers} == {FinishReason.STOPPED}
    assert (end.tally.leader, end.winner) == (None, end.answers[0])


async def test_a_crash_leaves_what_was_journalled() -> None:
    world = VoteWorld([*begun(2), *mixed(boxed("6", 0)[1:], boxed("6", 1)[1:])[:-1], asyncio.Event()])
    turn = vote(world.ports, world.question(), 2, world.stop)
    async for event in turn:
        if isinstance(event, AnswerDelta):
            world.clock.advance(1.5)
        if world.store.journalled:
            break
    world.store.die()
    assert len(await world.store.elsewhere("other").recover()) == 2
    assert {message.status for message in world.kept} == {Status.INTERRUPTED}
    assert "hm" in {message.reasoning for message in world.kept}
    await turn.aclose()
