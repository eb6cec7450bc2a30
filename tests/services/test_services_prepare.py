from dataclasses import replace

import pytest

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.message import Status
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SERVER, Sampling, SamplingLayer
from dsr1_tui.services.ask import AskPorts, Question, ask
from dsr1_tui.services.prepare import prepare
from dsr1_tui.services.turn import StopSignal
from support.fake_endpoint import answer_script
from support.fake_kit import World


async def asked(world: World, question: Question) -> None:
    ports = AskPorts(endpoint=world.endpoint, conversations=world.store, messages=world.store, clock=world.clock)
    async for _ in ask(ports, question, StopSignal()):
        pass


async def test_layers_lie_in_their_order() -> None:
    world = World([answer_script("a")])
    first = await prepare(world.kit(), world.endpoint, "q", config=Config(), flags=SamplingLayer())
    assert (first.rules, first.sampling, first.path) == (Rules.R1, Sampling(temperature=0.6, top_p=0.95), ())
    await asked(
        world, replace(first, conversation=replace(first.conversation, settings=SamplingLayer(seed=2, top_k=2)))
    )
    second = await prepare(
        world.kit(),
        world.endpoint,
        "q",
        config=Config(sampling=SamplingLayer(seed=1, min_p=0.1, top_p=SERVER)),
        flags=SamplingLayer(top_k=3),
        resume="",
    )
    assert second.sampling == Sampling(temperature=0.6, min_p=0.1, seed=2, top_k=3)
    assert [message.content for message in second.path] == ["q", "a"]


async def test_another_model_gets_nothing_unasked() -> None:
    world = World(models=[ModelInfo(id="qwen")])
    question = await prepare(world.kit(), world.endpoint, "q", config=Config(), flags=SamplingLayer())
    assert (question.rules, question.sampling) == (Rules.OFF, Sampling())


async def test_what_a_dead_window_left_is_marked_before_it_goes_on() -> None:
    world = World([answer_script("a")])
    first = await prepare(world.kit(), world.endpoint, "q", config=Config(), flags=SamplingLayer())
    await asked(world, first)
    key, answer = next((key, one) for key, one in world.store.shelf.messages.items() if one.content == "a")
    world.store.shelf.messages[key] = replace(answer, status=Status.STREAMING)
    again = await prepare(world.kit(), world.endpoint, "q", config=Config(), flags=SamplingLayer(), resume="")
    assert again.path[-1].status is Status.INTERRUPTED


async def test_a_conversation_that_is_not_there() -> None:
    world = World()
    with pytest.raises(FaultError):
        await prepare(world.kit(), world.endpoint, "q", config=Config(), flags=SamplingLayer(), resume="0199")
