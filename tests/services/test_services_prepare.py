from dataclasses import replace

import pytest

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.message import Status
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SERVER, Sampling, SamplingLayer
from dsr1_tui.domain.steering import ForcedThinking, GuardRules, LoopPolicy, Steering
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


async def test_steering_lies_in_the_same_order() -> None:
    world = World([answer_script("a")])
    file = Config(steering=Steering(preset="talk", instructions="Be kind.", loop_policy=LoopPolicy.TELL))
    flags = Steering(preset="math", instructions="Be brief.", budget_tokens=50, budget_s=0.0)
    first = await prepare(world.kit(), world.endpoint, "q", config=file, flags=SamplingLayer(top_k=1), steering=flags)
    assert (first.prompt.preset.name, first.prompt.instructions) == ("math", "Be brief.")
    assert first.guards == GuardRules(loop_policy=LoopPolicy.TELL, budget_tokens=50, want_thought=True)
    assert first.sampling.top_k == 1
    assert first.sampling.repetition_penalty == 1.0, "the preset's own"
    await asked(world, first)
    kept = Steering(preset="math", instructions="Be brief.")
    assert [one.steering for one in world.store.shelf.conversations.values()] == [kept], "not how it was watched"
    again = await prepare(world.kit(), world.endpoint, "q", config=file, flags=SamplingLayer(), resume="")
    assert (again.prompt.preset.name, again.prompt.instructions) == ("math", "Be brief.")
    assert again.guards == GuardRules(loop_policy=LoopPolicy.TELL, want_thought=True)
    once = Steering(preset="talk", instructions="")
    third = await prepare(
        world.kit(), world.endpoint, "q", config=file, flags=SamplingLayer(), steering=once, resume=""
    )
    assert (third.prompt.preset.name, third.prompt.instructions) == ("talk", "")
    assert third.conversation.steering == kept, "flags hold for their run"


@pytest.mark.parametrize(
    ("steering", "words"),
    [
        (Steering(preset="none"), "There is no preset “none”"),
        (Steering(budget_tokens=3000), r"3,000 tokens takes all of max_tokens \(2,048\)"),
        (Steering(thinking=ForcedThinking.PREFILL), "they are off for “qwen”"),
    ],
)
async def test_what_cannot_hold_is_told(steering: Steering, words: str) -> None:
    world = World(models=[ModelInfo(id="qwen")])
    file = Config(steering=Steering(preset="talk"))
    with pytest.raises(FaultError, match=words):
        await prepare(world.kit(), world.endpoint, "q", config=file, flags=SamplingLayer(), steering=steering)


async def test_a_file_may_force_thinking_where_another_model_is_asked() -> None:
    world = World(models=[ModelInfo(id="qwen")])
    file = Config(steering=Steering(thinking=ForcedThinking.PREFILL))
    question = await prepare(world.kit(), world.endpoint, "q", config=file, flags=SamplingLayer())
    assert question.prompt.rules is Rules.OFF
