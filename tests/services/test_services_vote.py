"""A vote: what is asked for, what is counted, and what is kept, whatever ends it."""

import asyncio
from dataclasses import replace

import pytest

from dsr1_tui.domain.events import AnswerDelta, Failed, Finished, FinishReason, ReasoningDelta, Started, UsageTick
from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.message import MessageRole, Status
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.steering import GuardRules
from dsr1_tui.domain.vote.ballot import Outcome
from dsr1_tui.services.teller import tally_of
from dsr1_tui.services.turn import StoreTroubled
from dsr1_tui.services.vote import vote
from support.fake_endpoint import Script, answer_script
from support.vote_world import PLAIN_MODEL, VoteWorld, boxed, casts, closed, mixed, opened

FULL = Fault(FaultCode.STORE, "The disk is full.", "Free some room.")


async def test_the_majority_wins_and_all_are_kept_as_siblings() -> None:
    script = mixed(boxed("6", 0), boxed("7.0", 1, words=" I am sure."), boxed("7", 2))
    world = VoteWorld([*script[:-1], UsageTick(prompt_tokens=9, completion_tokens=24), script[-1]])
    events = await world.vote(3)
    end, start = closed(events), opened(events)
    assert (end.tally.leader and end.tally.leader.spellings, end.tally.agreement) == ({"7.0": 1, "7": 1}, 2 / 3)
    assert end.winner.boxed == "7", "the shortest of the winning class"
    assert end.stored
    assert world.leaf == end.winner
    assert world.kept == list(end.answers)
    assert {message.sample_group for message in world.kept} == {end.winner.sample_group}
    assert {message.parent_id for message in world.kept} == {start.user.id}
    assert [message.status for message in world.kept] == [Status.COMPLETE] * 3
    assert [cast.ballot.sample for cast in casts(events)] == [0, 2, 1], "as they end"
    assert casts(events)[-1].tally == end.tally == await tally_of(reversed(world.kept), world.judge)
    endings = [event.sample for event in events if isinstance(event, Finished)]
    assert sorted(endings) == [0, 1, 2]


async def test_one_request_for_all_where_the_server_is_vllm() -> None:
    script = mixed(boxed("6", 0), boxed("6", 1))
    world = VoteWorld([*script[:-1], UsageTick(prompt_tokens=9, completion_tokens=14), script[-1]])
    end = closed(await world.vote(2))
    (request,) = world.endpoint.requests
    assert (request.samples, request.stream_interval, request.sampling.seed) == (2, 2, 7)
    assert [m.sampling.seed for m in end.answers if m.sampling] == [7, 8], "what draws the sample again alone"
    usages = [message.usage for message in end.answers if message.usage]
    assert [usage.completion_tokens for usage in usages] == [4, 4], "each its own, not the sum"
    assert [usage.prompt_tokens for usage in usages] == [9, 9]
    assert [m.usage.prompt_tokens for m in world.kept if m.usage] == [9, 9]


async def test_a_request_each_elsewhere() -> None:
    world = VoteWorld(*(boxed(box) for box in ("6", "7", "7", "8", "9")), model=PLAIN_MODEL)
    events = await world.vote(5)
    assert [request.samples for request in world.endpoint.requests] == [1] * 5
    assert [request.sampling.seed for request in world.endpoint.requests] == [7, 8, 9, 10, 11]
    assert [message.boxed for message in closed(events).answers] == ["6", "7", "7", "8", "9"]
    assert {event.sample for event in events if isinstance(event, Started)} == {0, 1, 2, 3, 4}


async def test_only_some_requests_run_at_once() -> None:
    gate = asyncio.Event()
    scripts: list[Script] = [[Started(model="m"), gate, *boxed(f"{at}")[1:]] for at in range(20)]
    world = VoteWorld(*scripts, model=PLAIN_MODEL)
    most, begun = 0, 0
    async for event in vote(world.ports, world.question(), 20, world.stop):
        most = max(most, world.endpoint.open_streams)
        begun += isinstance(event, Started)
        if begun == 8:
            gate.set()
    assert (most, begun) == (8, 20)


@pytest.mark.parametrize("apart", [False, True])
async def test_a_decided_vote_ends_what_runs(apart: bool) -> None:
    never = asyncio.Event()
    slow = [AnswerDelta(sample=0, text="well", tokens=1, exact=True)]
    world = (
        VoteWorld(boxed("7"), boxed("7.0"), boxed("7"), [Started(model="m"), *slow, never], model=PLAIN_MODEL)
        if apart
        else VoteWorld([*mixed(boxed("7", 0), boxed("7.0", 1), boxed("7", 2)), Started(sample=3, model="m"), never])
    )
    events = await world.vote(4)
    end = closed(events)
    assert (world.endpoint.open_streams, world.endpoint.abandoned) == (0, 1)
    assert [message.finish_reason for message in end.answers] == [FinishReason.STOP] * 3 + [FinishReason.CANCELLED]
    assert (end.tally.votes, end.tally.number(Outcome.CANCELLED), end.tally.decided_early) == (3, 1, True)
    assert world.kept == list(end.answers)
    assert len(casts(events)) == 4


async def test_not_decided_while_a_tie_is_possible() -> None:
    gate = asyncio.Event()
    world = VoteWorld([*mixed(boxed("7", 0), boxed("7", 1)), gate, *mixed(boxed("6", 2), boxed("6", 3))])
    seen = []
    async for event in vote(world.ports, world.question(), 4, world.stop):
        seen.append(event)
        if len(casts(seen)) == 2:
            gate.set()
    assert [one.answer for one in closed(seen).tally.tied] == ["7", "6"]
    assert closed(seen).winner.boxed == "7"


async def test_cut_off_looped_and_no_box_are_no_votes() -> None:
    loop = "I will now count the sheep again and see. " * 60
    looping: Script = [
        Started(sample=1, model="m"),
        *(ReasoningDelta(sample=1, text=word + " ", tokens=1, exact=True) for word in loop.split()),
        *(AnswerDelta(sample=1, text="ignored", tokens=1, exact=True) for _ in range(20)),
        Finished(sample=1, reason=FinishReason.STOP),
    ]
    world = VoteWorld(
        mixed(
            boxed("7", 0, reason=FinishReason.LENGTH),
            looping,
            answer_script("no idea", sample=2),
            boxed("6", 3),
            [Started(sample=4, model="m"), Failed(sample=4, error=Fault(FaultCode.STREAM_BROKEN, "It broke."))],
        )
    )
    question = world.question()
    events = await world.vote(5, replace(question, guards=GuardRules()))
    end = closed(events)
    numbers = {outcome: end.tally.number(outcome) for outcome in Outcome}
    assert numbers[Outcome.VOTE] == numbers[Outcome.CUT_OFF] == numbers[Outcome.LOOPED] == 1
    assert numbers[Outcome.NO_BOX] == numbers[Outcome.FAILED] == 1
    looped = end.answers[1]
    assert (looped.finish_reason, looped.guards, looped.content) == (FinishReason.LOOP, ("loop",), "")
    assert sum(isinstance(event, Finished) and event.sample == 1 for event in events) == 1
    assert end.winner.boxed == "6"


async def test_a_looping_request_is_ended_alone() -> None:
    never = asyncio.Event()
    words = ["I", "will", "now", "count", "the", "sheep", "again", "and", "see.", ""] * 60
    looping: Script = [
        Started(model="m"),
        *(ReasoningDelta(text=word + " ", tokens=1, exact=True) for word in words),
        *(AnswerDelta(text="more", tokens=1, exact=True) for _ in range(5)),
        never,
    ]
    world = VoteWorld(looping, [Started(model="m"), never, *boxed("6")[1:]], model=PLAIN_MODEL)
    before: list[int] = []
    async for event in vote(world.ports, replace(world.question(), guards=GuardRules()), 2, world.stop):
        if isinstance(event, Finished) and event.sample == 0:
            for _ in range(50):  # its reader leaves with the next event
                await asyncio.sleep(0)
            before.append(world.endpoint.open_streams)
            never.set()
    assert before == [1], "the other one goes on"
    assert world.leaf.boxed == "6"


async def test_a_refused_interval_is_left_out_and_a_refused_n_asked_apart() -> None:
    def no(words: str) -> list[Failed]:
        return [Failed(sample=at, error=Fault(FaultCode.REFUSED, words)) for at in range(2)]

    world = VoteWorld(no("Unknown field: stream_interval"), no("n must be 1"), boxed("6"), boxed("6"))
    end = closed(await world.vote(2))
    assert [(one.samples, one.stream_interval) for one in world.endpoint.requests] == [
        (2, 2),
        (2, None),
        (1, None),
        (1, None),
    ]
    assert (end.tally.votes, end.winner.error) == (2, None)


async def test_another_refusal_is_each_samples_end() -> None:
    fault = Fault(FaultCode.REFUSED, "top_k must be larger.")
    world = VoteWorld([Failed(sample=at, error=fault) for at in range(2)])
    end = closed(await world.vote(2))
    assert [message.error for message in end.answers] == [fault, fault]
    assert len(world.endpoint.requests) == 1


async def test_where_no_request_can_succeed_the_rest_is_not_sent() -> None:
    world = VoteWorld(model=PLAIN_MODEL)
    world.endpoint.fault = Fault(FaultCode.UNREACHABLE, "Nothing answers.")
    end = closed(await world.vote(40))
    assert end.tally.number(Outcome.FAILED) == 40
    assert len(world.endpoint.requests) < 20


async def test_a_slow_judge_holds_nothing_up() -> None:
    gate, world = asyncio.Event(), VoteWorld()
    world.judge.hold()
    world.endpoint.scripts = [[*boxed("7", 0), *boxed("7.0", 1), gate, *boxed("6", 2)]]
    seen = []
    async for event in vote(world.ports, world.question(), 3, world.stop):
        seen.append(event)
        if isinstance(event, Finished) and event.sample == 1:
            gate.set()
        if isinstance(event, Finished) and event.sample == 2:
            world.judge.gate.set()
    assert closed(seen).tally.votes == 3
    assert world.judge.asked[0] == ("7", "7.0")


async def test_asking_again_votes_on_the_same_question() -> None:
    world = VoteWorld(mixed(boxed("6", 0), boxed("6", 1)), mixed(boxed("7", 0), boxed("7", 1)))
    first = opened(await world.vote(2))
    end = closed(await world.vote(2, world.question(None, [first.user])))
    assert sum(message.role is MessageRole.USER for message in world.store.shelf.messages.values()) == 1
    assert len(world.kept) == 4
    assert len({message.sample_group for message in world.kept}) == 2
    assert world.leaf == end.winner


@pytest.mark.parametrize(("n", "temperature"), [(1, 0.6), (65, 0.6), (8, 0.0)])
async def test_what_is_no_vote_is_refused_before_anything_is_kept(n: int, temperature: float) -> None:
    world = VoteWorld()
    with pytest.raises(FaultError) as caught:
        await world.vote(n, replace(world.question(), sampling=Sampling(temperature=temperature)))
    assert caught.value.fault.code is FaultCode.USAGE
    assert not world.store.shelf.messages


async def test_a_full_disk_does_not_stop_it() -> None:
    world = VoteWorld(mixed(boxed("6", 0), boxed("6", 1)))
    world.store.fault = FULL
    events = await world.vote(2)
    assert [event.error for event in events if isinstance(event, StoreTroubled)] == [FULL]
    assert (closed(events).stored, closed(events).winner.boxed) == (False, "6")
