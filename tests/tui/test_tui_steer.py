"""Steering the model from the composer: answer now, presets, instructions, loops, budgets, and plain refusals."""

import asyncio

import pytest

from dsr1_tui.domain.events import ReasoningDelta, Started
from dsr1_tui.tui.app import ChatApp
from support.chat_pilot import ask, chat, chat_id, done, shown, until
from support.fake_endpoint import FAKE_MODEL, answer_script
from support.fake_kit import World


async def test_f5_closes_the_thought() -> None:
    gate = asyncio.Event()
    world = World([[Started(model=FAKE_MODEL.id), ReasoningDelta(text="long thought", tokens=2, exact=True), gate]])
    world.endpoint.continue_scripts = [answer_script("4}")]
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "What is 2+2?")
        await until(pilot, lambda: "long thought" in shown(app), "the thought")
        await pilot.press("f5")
        await done(pilot, app)
        assert "Final Answer" in shown(app)
        assert chat(app).session.path[-1].boxed == "4"


async def test_steering_is_kept_and_used() -> None:
    world = World([answer_script("oui"), answer_script("non")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        for command in ("/preset talk", "/instructions Answer in French.", "/loop stop", "/budget 500"):
            await ask(pilot, app, command)
            await pilot.pause()
        await ask(pilot, app, "hello")
        await done(pilot, app)
        assert "+ Answer concisely." in shown(app)
    request = world.endpoint.requests[0]
    assert request.messages[0].content == "Answer in French.\n\nhello\nAnswer concisely."
    assert (request.thinking_budget, request.sampling.max_tokens) == (500, 2048)
    tree = await world.store.load(chat_id(world))
    assert (tree.conversation.steering.preset, tree.conversation.steering.budget_tokens) == ("talk", 500)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("/preset nonsense", "There is no preset"),
        ("/loop maybe", "none of: tell, stop, answer, retry"),
        ("/budget many", "thinking budget"),
        ("/think hard", "none of: off"),
        ("/set temperature 9", "temperature must be 0 to 2"),
        ("/set colour red", "There is no setting colour"),
    ],
)
async def test_bad_words_get_one_plain_line(command: str, reason: str) -> None:
    app = ChatApp(World().prepare)
    async with app.run_test(size=(120, 30)) as pilot:
        await ask(pilot, app, command)
        await until(pilot, lambda: reason in str(chat(app).hint.render()), reason)
