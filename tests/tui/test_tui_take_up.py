"""Answers that were cut off, in the chat: taken up, answered at once, or said to be beyond this server."""

import asyncio

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.tui.screens.chat_answer import CANNOT
from support.chat_pilot import ask, chat, done, painted, shown, until
from support.fake_endpoint import answer_script
from support.fake_kit import World


def cut(answer: str, reasoning: str = "six sevens") -> World:
    return World([answer_script(answer, reasoning, reason=FinishReason.LENGTH)])


async def test_a_cut_off_answer_goes_on() -> None:
    world = cut("The answer is")
    world.endpoint.continue_scripts = [answer_script(" forty-two.", "")]
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "What is 6*7?")
        await done(pilot, app)
        await until(pilot, lambda: chat(app).continuable is True, "the probe")
        assert "cut off at the reply limit: F8 goes on · F5 answers from what it has" in chat(app).hint.render().plain
        assert "F8 go on" in chat(app).keys.render().plain
        await pilot.press("f8")
        await until(pilot, lambda: "forty-two." in shown(app), "the rest")
        await done(pilot, app)
        assert "The answer is forty-two." in painted(app)
        assert painted(app).count("What is 6*7?") == 1
        assert "cut off" not in painted(app)
        assert "F8" not in chat(app).keys.render().plain
        (answer,) = [m for m in world.store.shelf.messages.values() if m.segments]
        assert answer.content == "The answer is forty-two."


async def test_a_cut_off_thought_is_answered() -> None:
    world = cut("", "six sevens are forty-two")
    world.endpoint.continue_scripts = [answer_script("42}$", "")]
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "What is 6*7?")
        await done(pilot, app)
        await pilot.press("f5")
        await until(pilot, lambda: "42" in painted(app).rpartition("You")[2].replace("6*7", ""), "the answer")
        await done(pilot, app)
        assert world.endpoint.continuations[0].reasoning == "six sevens are forty-two"
        assert "┃ 42" in painted(app)


async def test_what_the_server_cannot_do_is_greyed_and_said() -> None:
    world = cut("The answer is")
    world.endpoint.continuable = False
    world.endpoint.scripts.append(answer_script("42", "short"))
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "What is 6*7?")
        await done(pilot, app)
        await until(pilot, lambda: chat(app).continuable is False, "the probe")
        footer = chat(app).keys.render().plain
        assert "F8" not in footer
        assert "F5 answer now (asks anew)" in footer
        await pilot.press("f8")
        assert CANNOT in chat(app).hint.render().plain
        await pilot.press("f5")
        await done(pilot, app)
        assert "asked anew for a short answer: this server has no /v1/completions" in painted(app)
        assert len(world.endpoint.requests) == 2


async def test_a_whole_answer_is_left_alone() -> None:
    app = ChatApp(World([answer_script("42", "easy")]).prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "What is 6*7?")
        await done(pilot, app)
        await pilot.press("f8")
        assert "The last answer is whole." in chat(app).hint.render().plain
        await pilot.press("f5")
        assert "There is no thinking to close." in chat(app).hint.render().plain


async def test_the_rest_of_an_answer_is_drawn_with_what_is_set_now() -> None:
    gate = asyncio.Event()
    world = World([[*answer_script("The answer is", "hm")[:-1], gate]])
    world.endpoint.continue_scripts = [answer_script(" forty-two.", "")]
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "What is 6*7?")
        await until(pilot, lambda: "The answer is" in shown(app), "the beginning")
        chat(app).run_slash("/set temperature 0.55")
        await pilot.press("f4")
        await done(pilot, app)
        assert "The answer is forty-two." in painted(app)
        assert world.endpoint.continuations[0].sampling.temperature == 0.55
        await pilot.press("f4")
        assert "Nothing streams" in chat(app).hint.render().plain


async def test_a_system_message_is_moved_into_the_first_question() -> None:
    world = World([answer_script("Oui.", "hm")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and chat(app).session.connection is not None)
        chat(app).run_slash("/system Answer in French.")
        assert "R1 takes no system message: kept as instructions" in chat(app).hint.render().plain
        await ask(pilot, app, "Is it raining?")
        await done(pilot, app)
        (message,) = world.endpoint.requests[0].messages
        assert message.content == "Answer in French.\n\nIs it raining?"


async def test_a_thought_that_ended_without_an_answer_is_said_and_answered() -> None:
    world = World([answer_script("", "six sevens")])
    world.endpoint.continue_scripts = [answer_script("Forty-two.", "")]
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "Say nothing.")
        await done(pilot, app)
        assert "ended without an answer" in painted(app)
        await until(pilot, lambda: "F5 answers from what it has" in chat(app).hint.render().plain, "the hint")
        await pilot.press("f5")
        await until(pilot, lambda: "Forty-two." in shown(app), "the answer")
        await done(pilot, app)
        assert "without an answer" not in painted(app)
