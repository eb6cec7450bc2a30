"""Votes in the chat: who wins, what is no vote, how one is asked for, stopped and refused."""

import asyncio

import pytest

from dsr1_tui.domain.events import FinishReason, Started
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.message import MessageRole, Status
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.widgets.settings_table import SETTING_NAMED
from dsr1_tui.tui.widgets.status_bar import LinkState
from support.chat_pilot import ask, begun, chat, done, hinted, painted, shown, until
from support.fake_endpoint import FAKE_MODEL, Script, answer_script
from support.fake_kit import World
from support.vote_world import PLAIN_MODEL, boxed, mixed


def voting(*boxes: str) -> Script:
    """One request whose samples end in these boxes."""
    return mixed(*(boxed(box, at) for at, box in enumerate(boxes)))


async def test_the_majority_becomes_the_answer() -> None:
    world = World([voting("6", "7", "6.0", "6"), answer_script("fine")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(120, 40)) as pilot:
        await begun(pilot, app, samples=4)
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
        text = shown(app)
        assert "4 samples   4 votes" in text
        assert "┃ 6   75 % of votes · 6.0 counted as 6 · also 7 (1) · enter opens a sample" in text
        assert text.index("4 samples") < text.index("It is 6."), "the grid stands above the answer"
        path = chat(app).session.path
        assert [m.role for m in path] == [MessageRole.USER, MessageRole.ASSISTANT]
        assert path[-1].boxed == "6"
        assert "‹ 1/4 ›" in text
        assert world.judge.closed
        chat(app).session.samples = 1
        await ask(pilot, app, "And now?")
        await done(pilot, app)
        assert "fine" in shown(app)
        assert [m.content for m in world.endpoint.requests[-1].messages if m.role == "assistant"] == [
            "It is \\boxed{6}."
        ], "the winner is what is sent back"
    asked = world.endpoint.requests
    assert [(one.samples, one.stream_interval) for one in asked] == [(4, 2), (1, None)]
    tree = await world.store.load(path[0].conversation_id)
    assert len([m for m in tree.messages.values() if m.sample_group]) == 4, "all samples are kept"


async def test_the_grid_lives_while_it_runs() -> None:
    gate, last = asyncio.Event(), asyncio.Event()
    slow = answer_script("It is \\boxed{7}.", "one two three", sample=2)
    other = answer_script("It is \\boxed{7}.", "one two three four", sample=3)
    script = [*mixed(boxed("6", 0), boxed("6", 1), slow[:3], other[:3]), gate, *slow[3:], last, *other[3:]]
    world = World([script])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(120, 30)) as pilot:
        await begun(pilot, app, samples=4)
        await ask(pilot, app, "Pick a number.")
        await until(pilot, lambda: "2 done" in painted(app), "two of four")
        assert "████░░░░ 2 done   leader 6 (2 of 2)   can still be caught" in painted(app)
        assert "3 …" in painted(app)
        assert painted(app).count("thinking 2 tok") == 2
        assert "┃ 6   100 % of votes · enter opens a sample" in painted(app)
        assert chat(app).bar.state.state in {LinkState.THINKING, LinkState.ANSWERING}
        assert "esc stops the vote" in hinted(app)
        await pilot.press("f5")
        assert "In a vote each sample ends by itself" in hinted(app)
        gate.set()
        await until(pilot, lambda: "3 done" in painted(app), "the third")
        last.set()
        await done(pilot, app)
        assert "a tie, 2 votes each: 6 and 7; the shortest answer stands" in shown(app)
        assert chat(app).session.path[-1].boxed == "6"


async def test_what_is_no_vote_is_counted_apart() -> None:
    scripts = [
        boxed("6", 0),
        boxed("7", 1, reason=FinishReason.LENGTH),
        answer_script("No idea.", sample=2),
        answer_script("again and again", sample=3, reason=FinishReason.LOOP),
    ]
    world = World([mixed(*scripts)])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=4)
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
        assert "4 samples   1 vote · 1 without a box · 1 cut off · 1 looped" in shown(app)
        for words in ("2 –", "cut off", "3 –", "no box", "4 –", "loop", "100 % of votes"):
            assert words in painted(app), words


async def test_no_vote_at_all_is_said() -> None:
    world = World([mixed(answer_script("No.", sample=0), answer_script("Nor I.", sample=1))])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=2)
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
        assert "No vote: no sample gave a box · enter opens a sample" in shown(app)
        assert "No." in shown(app).splitlines(), "something stands as the answer"


async def test_what_is_not_needed_is_ended() -> None:
    gate = asyncio.Event()
    scripts = [boxed("6", 0), boxed("6", 1), [Started(sample=2, model=FAKE_MODEL.id)]]
    world = World([[*mixed(*scripts), gate]])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=3)
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
        assert world.endpoint.abandoned == 1, "the server is freed"
        assert "2 votes · 1 not needed" in shown(app)


async def test_escape_stops_and_counts_what_is_there() -> None:
    gate = asyncio.Event()
    script = [*mixed(boxed("6", 0), *(answer_script("x", "half a thought", sample=at)[:3] for at in (1, 2, 3))), gate]
    world = World([script])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=4)
        await ask(pilot, app, "Pick a number.")
        await until(pilot, lambda: "1 done" in painted(app), "the first")
        await pilot.press("escape")
        await done(pilot, app)
        assert world.endpoint.abandoned == 1
        assert "1 vote · 3 stopped" in shown(app)
        assert chat(app).session.path[-1].boxed == "6"
    kept = [m for m in world.store.shelf.messages.values() if m.sample_group]
    assert sorted(m.status for m in kept) == [Status.COMPLETE, *[Status.STOPPED] * 3]
    assert {m.reasoning for m in kept if m.status is Status.STOPPED} == {"half a"}


async def test_a_server_without_n_is_asked_once_a_sample() -> None:
    world = World([boxed("6"), boxed("7"), boxed("6")], models=(PLAIN_MODEL,))
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=3)
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
        assert "67 % of votes" in shown(app)
    assert len(world.endpoint.requests) == 3


async def test_a_question_that_stands_is_put_to_a_vote() -> None:
    world = World([answer_script("one"), answer_script("two"), voting("6", "6"), voting(*["6"] * 8)])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 40)) as pilot:
        for question in ("a", "b"):
            await ask(pilot, app, question)
            await done(pilot, app)
        await ask(pilot, app, "/vote 2")
        await until(pilot, lambda: "2 votes" in shown(app), "the vote on b")
        await done(pilot, app)
        assert [m.content for m in chat(app).session.path if m.role is MessageRole.USER] == ["a", "b"]
        await pilot.press("ctrl+up", "up", "up", "up")
        assert chat(app).transcript.focused_message is chat(app).transcript.messages[1]
        await pilot.press("v")
        await until(pilot, lambda: "8 samples" in shown(app), "the vote on a")
        await done(pilot, app)
        assert [m.content for m in chat(app).session.path if m.role is MessageRole.USER] == ["a"]
    assert [request.samples for request in world.endpoint.requests] == [1, 1, 2, 8]


async def test_f12_votes_on_what_is_typed() -> None:
    world = World([voting(*["6"] * 8)])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app)
        await pilot.press("f12")
        assert "Type a question first." in hinted(app)
        chat(app).composer.text = "Pick a number."
        await pilot.press("f12")
        await until(pilot, lambda: "100 % of votes" in shown(app), "the vote")
        await done(pilot, app)
        assert chat(app).composer.text == ""
    assert world.endpoint.requests[0].samples == 8


async def test_the_panel_says_how_many() -> None:
    world = World([voting("6", "6", "7")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(120, 40)) as pilot:
        await begun(pilot, app)
        await pilot.press("f2")
        await pilot.pause()
        panel = chat(app).panel
        assert panel is not None
        panel.put(SETTING_NAMED["samples"], "3")
        await pilot.pause()
        await pilot.press("escape")
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
    assert world.endpoint.requests[0].samples == 3


async def test_at_temperature_0_the_question_comes_back() -> None:
    world = World()
    app = ChatApp(lambda: (world.kit(), world.launch(flags=SamplingLayer(temperature=0))))
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=4)
        await ask(pilot, app, "Pick a number.")
        await until(pilot, lambda: "At temperature 0" in hinted(app), "the reason")
        assert chat(app).composer.text == "Pick a number."
        assert not chat(app).turns.busy
        await pilot.press("f12")
        assert "At temperature 0" in hinted(app)
    assert world.endpoint.requests == []
    assert world.store.shelf.messages == {}


@pytest.mark.parametrize("words", ["1", "65", "eight", "-3", "9" * 30])
async def test_a_number_that_is_no_vote(words: str) -> None:
    world = World([answer_script("one")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await ask(pilot, app, "a")
        await done(pilot, app)
        await ask(pilot, app, f"/vote {words}")
        await until(pilot, lambda: "2 to 64" in hinted(app), "the reason")
    assert len(world.endpoint.requests) == 1


async def test_a_server_that_goes_away_is_looked_for() -> None:
    world = World([voting("6", "6")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=2)
        world.endpoint.fault = Fault(FaultCode.UNREACHABLE, "Nothing answers at 127.0.0.1:8000.", "Is it up?")
        await ask(pilot, app, "Pick a number.")
        await until(pilot, lambda: "failed" in shown(app) and "Nothing answers" in shown(app), "the failure")
        await until(pilot, lambda: chat(app).bar.state.state is LinkState.LOST, "the lost link")
        world.endpoint.fault = None
        await until(pilot, lambda: chat(app).bar.state.state is LinkState.READY, "the link")


async def test_boxes_are_made_safe() -> None:
    world = World([voting("6\x1b[31m\u202e", "6\x1b[31m\u202e")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=2)
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
        assert not {"\x1b", "\u202e"} & set(painted(app) + shown(app))
