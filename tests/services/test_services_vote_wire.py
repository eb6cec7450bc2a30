"""A vote over real HTTP: one request for all samples, or one each; its end is seen by the server."""

import asyncio
import json
from contextlib import aclosing

import pytest

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.domain.events import Finished, FinishReason
from dsr1_tui.domain.target import Target
from dsr1_tui.domain.vote.ballot import Outcome
from dsr1_tui.services.vote import VotePorts, vote
from dsr1_tui.services.vote_turn import VoteClosed, VoteEvent
from support.fault_server import Act, FaultServer, Reply, Seen, Step, json_reply
from support.vote_world import PLAIN_MODEL, VoteWorld, closed

CHAT = "/v1/chat/completions"


def chunk(sample: int, text: str = "", *, reason: str | None = None, tokens: int = 1) -> bytes:
    delta = {"content": text} if text else {}
    body = {
        "id": "c",
        "choices": [{"index": sample, "delta": delta, "finish_reason": reason}],
        "usage": {"prompt_tokens": 5, "completion_tokens": tokens, "total_tokens": 5 + tokens},
    }
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def whole(sample: int, box: str) -> list[Step]:
    return [
        chunk(sample, "hm"),
        chunk(sample, "</think>", tokens=2),
        chunk(sample, f"It is \\boxed{{{box}}}.", tokens=9),
        chunk(sample, reason="stop", tokens=9),
    ]


def done(prompt: int, completion: int) -> list[Step]:
    usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return [b"data: " + json.dumps({"id": "c", "choices": [], "usage": usage}).encode() + b"\n\n", b"data: [DONE]\n\n"]


def listed(owner: str) -> Reply:
    return json_reply({"object": "list", "data": [{"id": "m", "owned_by": owner, "max_model_len": 4096}]})


async def voted(server: FaultServer, world: VoteWorld, n: int) -> list[VoteEvent]:
    endpoint = OpenAIEndpoint(Target(base_url=server.base_url), in_thought=True)
    try:
        (model,) = await endpoint.models()
        world.model = model
        ports = VotePorts(
            endpoint=endpoint, conversations=world.store, messages=world.store, clock=world.clock, judge=world.judge
        )
        async with aclosing(vote(ports, world.question(), n, world.stop)) as events:
            return [event async for event in events]
    finally:
        await endpoint.aclose()


async def test_all_in_one_request() -> None:
    steps = [*whole(0, "7"), *whole(2, "6"), *whole(1, "7.0"), *done(5, 27)]
    async with FaultServer(pages={"/v1/models": listed("vllm")}) as server:
        server.replies.append(Reply(steps))
        world = VoteWorld()
        end = closed(await voted(server, world, 3))
    (sent,) = server.posts_to(CHAT)
    assert (sent["n"], sent["stream_interval"], sent["seed"]) == (3, 2, 7)
    assert end.tally.leader is not None
    assert end.tally.leader.spellings == {"7": 1, "7.0": 1}
    assert [(m.usage.prompt_tokens, m.usage.completion_tokens, m.usage.exact) for m in world.kept if m.usage] == [
        (5, 9, True)
    ] * 3
    assert [message.reasoning for message in world.kept] == ["hm"] * 3


async def test_a_decided_vote_closes_the_one_connection() -> None:
    steps = [*whole(0, "7"), *whole(1, "7"), chunk(2, "still at it"), Act.STALL]
    async with FaultServer(pages={"/v1/models": listed("vllm")}) as server:
        server.replies.append(Reply(steps))
        world = VoteWorld()
        end = closed(await voted(server, world, 3))
        await asyncio.wait_for(server.gone.wait(), 5)
    assert (end.tally.votes, end.tally.number(Outcome.CANCELLED)) == (2, 1)
    assert (world.kept[2].reasoning, world.kept[2].finish_reason) == ("still at it", FinishReason.CANCELLED)


@pytest.mark.parametrize("stalls", [False, True])
async def test_a_request_each(stalls: bool) -> None:
    boxes = {7: "7", 8: "7.0", 9: "7", 10: "6"}

    def answer(seen: Seen) -> Reply:
        assert "n" not in seen.json
        assert "stream_interval" not in seen.json
        seed: int = seen.json["seed"]
        if stalls and seed == 10:
            return Reply([chunk(0, "slow"), Act.STALL])
        return Reply([*whole(0, boxes[seed]), *done(5, 9)])

    async with FaultServer(pages={"/v1/models": listed(PLAIN_MODEL.owned_by)}, answers={CHAT: answer}) as server:
        world = VoteWorld()
        events = await voted(server, world, 4)
        if stalls:
            await asyncio.wait_for(server.gone.wait(), 5)
    end = closed(events)
    assert end.tally.leader is not None
    assert end.tally.leader.spellings == {"7": 2, "7.0": 1}
    assert end.tally.number(Outcome.CANCELLED) in ((1,) if stalls else (0, 1)), "three of four cannot be caught"
    assert sorted(event.sample for event in events if isinstance(event, Finished)) == [0, 1, 2, 3]


async def test_a_server_that_refuses_the_interval_and_the_number() -> None:
    def answer(seen: Seen) -> Reply:
        for field, words in (("stream_interval", "Extra inputs are not permitted"), ("n", "Only one is supported")):
            if field in seen.json:
                error = {"message": f"{words}: {field}", "type": "BadRequestError", "code": 400}
                return json_reply({"error": error}, status=400)
        return Reply([*whole(0, "7"), *done(5, 9)])

    async with FaultServer(pages={"/v1/models": listed("vllm")}, answers={CHAT: answer}) as server:
        end = closed(await voted(server, VoteWorld(), 2))
    assert isinstance(end, VoteClosed)
    assert (end.tally.votes, len(server.posts_to(CHAT))) == (2, 4)


async def test_a_connection_that_breaks_leaves_the_votes_that_were_cast() -> None:
    steps = [*whole(0, "7"), chunk(1, "half"), Act.CUT]
    async with FaultServer(pages={"/v1/models": listed("vllm")}) as server:
        server.replies.append(Reply(steps))
        world = VoteWorld()
        end = closed(await voted(server, world, 3))
    assert (end.tally.votes, end.tally.number(Outcome.FAILED)) == (1, 2)
    assert (end.winner.boxed, world.kept[1].reasoning) == ("7", "half")
