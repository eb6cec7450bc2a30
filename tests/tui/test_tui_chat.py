"""The chat screen: asking, watching, stopping, queueing, settings, conversations."""

import asyncio

import pytest

from dsr1_tui.domain.events import FinishReason, ReasoningDelta, Started
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.message import Status
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.sampling import SERVER, SamplingLayer
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.tui.widgets.status_bar import LinkState
from support.chat_pilot import ask, chat, chat_id, done, painted, rows, shown, until
from support.fake_endpoint import FAKE_MODEL, answer_script
from support.fake_kit import World


async def test_a_question_is_answered_and_kept() -> None:
    world = World([answer_script("\n\nThe sum is $\\boxed{4}$.", "two and two is four")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(120, 40)) as pilot:
        await ask(pilot, app, "2+2?")
        await done(pilot, app)
        text = shown(app)
        assert "You" in text
        assert "2+2?" in text
        assert "▸ Thought" in text
        assert "The sum is 4." in text
        assert "+ step by step, answer in \\boxed{}" in text, "what was not typed is shown"
        assert text.count("\\boxed") == 1
        screen = chat(app)
        assert screen.session.path[-1].boxed == "4"
        assert screen.bar.state.state is LinkState.READY
    stored = await world.store.load(screen.session.conversation.id)
    assert [m.status for m in stored.path] == [Status.COMPLETE, Status.COMPLETE]
    assert stored.conversation.title == "2+2?"


async def test_thinking_shows_while_it_streams_and_folds_at_the_answer() -> None:
    gate, second = asyncio.Event(), asyncio.Event()
    script = answer_script("Yes.", "let me think")
    world = World([[*script[:4], gate, *script[4:-1], second, script[-1]]])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "really?")
        await until(pilot, lambda: "┆ let me think" in painted(app), "the thought on the screen")
        await until(pilot, lambda: "▾ Thinking" in shown(app), "the heading")
        assert chat(app).bar.state.state is LinkState.THINKING
        gate.set()
        await until(pilot, lambda: "Yes." in shown(app), "the answer")
        assert "let me think" not in shown(app)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "let me think" in shown(app), "the unfolded thought")
        second.set()
        await done(pilot, app)
        assert "let me think" in shown(app), "what the reader opened stays open"


async def test_escape_stops_and_keeps_what_came() -> None:
    gate = asyncio.Event()
    thought = ReasoningDelta(text="half a thought", tokens=3, exact=True)
    world = World([[Started(model=FAKE_MODEL.id), thought, gate], answer_script("fine")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "go")
        await until(pilot, lambda: world.endpoint.open_streams == 1, "the stream")
        await until(pilot, lambda: "half a thought" in shown(app), "the thought")
        await pilot.press("escape")
        await done(pilot, app)
        assert world.endpoint.abandoned == 1
        last = chat(app).session.path[-1]
        assert (last.status, last.finish_reason, last.reasoning) == (
            Status.STOPPED,
            FinishReason.STOPPED,
            "half a thought",
        )
        assert "stopped" in shown(app)
        await ask(pilot, app, "again")
        await done(pilot, app)
        sent = [m.content for m in world.endpoint.requests[-1].messages]
        assert sent == ["go\n\nagain"], "a half thought is not sent back"


async def test_what_is_sent_meanwhile_is_queued() -> None:
    gate = asyncio.Event()
    first = answer_script("one")
    world = World([[*first[:-1], gate, first[-1]], answer_script("two")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "a")
        await until(pilot, lambda: world.endpoint.open_streams == 1, "the stream")
        await ask(pilot, app, "b")
        assert list(chat(app).turns.queue) == ["b"]
        gate.set()
        await done(pilot, app)
        assert [m.content for m in chat(app).session.path] == ["a", "one", "b", "two"]


async def test_settings_are_sent_from_the_next_request_on() -> None:
    world = World([answer_script("1"), answer_script("2"), answer_script("3")])
    app = ChatApp(lambda: (world.kit(), world.launch(flags=SamplingLayer(seed=7))))
    async with app.run_test(size=(120, 40)) as pilot:
        await ask(pilot, app, "a")
        await done(pilot, app)
        await ask(pilot, app, "/set temperature 0.55")
        await ask(pilot, app, "b")
        await done(pilot, app)
        await ask(pilot, app, "/set top_p server")
        await ask(pilot, app, "c")
        await done(pilot, app)
    sent = [request.sampling.sent() for request in world.endpoint.requests]
    assert sent == [
        {"temperature": 0.6, "top_p": 0.95, "seed": 7},
        {"temperature": 0.55, "top_p": 0.95, "seed": 7},
        {"temperature": 0.55, "seed": 7},
    ]
    tree = await world.store.load(chat_id(world))
    assert tree.conversation.settings == SamplingLayer(temperature=0.55, top_p=SERVER)


async def test_a_lost_server_is_found_again_and_the_question_is_asked() -> None:
    world = World([answer_script("here")])
    world.endpoint.fault = Fault(FaultCode.UNREACHABLE, "Nothing answers at 127.0.0.1:8000.", "Is it up?")
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "anyone?")
        await until(pilot, lambda: "Nothing answers" in shown(app), "the notice")
        assert chat(app).bar.state.state is LinkState.LOST
        assert list(chat(app).turns.queue) == ["anyone?"]
        world.endpoint.fault = None
        await until(pilot, lambda: "here" in shown(app), "the answer")


async def test_a_refusal_stands_in_the_transcript() -> None:
    world = World()
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        await until(pilot, lambda: chat(app).session.connection is not None, "the connection")
        world.endpoint.fault = Fault(FaultCode.CONTEXT_OVERFLOW, "The prompt is too long.", "Begin a new conversation.")
        await ask(pilot, app, "much")
        await done(pilot, app)
        assert "The prompt is too long. Begin a new conversation." in shown(app)
        assert chat(app).session.path[-1].status is Status.FAILED


async def test_new_conversation_and_model() -> None:
    lora = ModelInfo(id="poet", root="tiny", parent=FAKE_MODEL.id, owned_by="vllm", max_model_len=4096)
    world = World([answer_script("1"), answer_script("2")], models=(FAKE_MODEL, lora))
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "a")
        await done(pilot, app)
        await pilot.press("ctrl+n")
        assert shown(app) == ""
        await ask(pilot, app, "/model poet")
        await ask(pilot, app, "b")
        await done(pilot, app)
    assert [request.model for request in world.endpoint.requests] == [FAKE_MODEL.id, "poet"]
    assert world.endpoint.requests[1].sampling.sent() == {}, "no R1, nothing sent"
    assert len(world.store.shelf.conversations) == 2


async def test_unknown_slash_commands_lose_nothing() -> None:
    world = World()
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "/frobnicate now")
        await pilot.pause()
        assert chat(app).composer.text == "/frobnicate now"
        await pilot.press("ctrl+u")
        await ask(pilot, app, "   ")
        await pilot.pause()
    assert world.endpoint.requests == []


async def test_copying_gives_the_source() -> None:
    world = World([answer_script("\n\nIt is $\\boxed{\\frac{1}{2}}$.\n\n```python\nx = 1\n```\n")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "half?")
        await done(pilot, app)
        for command in ("/copy", "/box", "/code"):
            await ask(pilot, app, command)
            await pilot.pause()
        await until(pilot, lambda: len(world.clipboard.copied) == 3, "three copies")
    answer = world.store.shelf.messages[list(world.store.shelf.messages)[-1]].content
    assert world.clipboard.copied == [answer, "\\frac{1}{2}", "x = 1"]


@pytest.mark.parametrize("size", [(20, 5), (60, 20), (80, 24), (200, 60)])
async def test_any_terminal_will_do(size: tuple[int, int]) -> None:
    world = World([answer_script("\n\n# Title\n\n- one\n- two\n\n$$\\frac{a}{b}$$\n", "hm " * 80)])
    app = ChatApp(world.prepare)
    async with app.run_test(size=size) as pilot:
        await ask(pilot, app, "go")
        await done(pilot, app)
        await pilot.resize_terminal(size[0] + 7, size[1] + 3)
        await pilot.pause()
        assert all(strip.cell_length == chat(app).transcript.size.width for strip in rows(app))
