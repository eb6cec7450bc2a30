"""The samples of a vote: walked in the grid, read whole while it runs and after it, found again on disk."""

import asyncio

from textual.pilot import Pilot

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.tui.screens.sample import SampleScreen
from dsr1_tui.tui.transcript.vote_view import VoteView
from support.chat_pilot import ask, begun, chat, done, painted, shown, until
from support.fake_endpoint import answer_script
from support.fake_kit import World
from support.tui_hosts import text_of
from support.vote_world import boxed, mixed


def page(app: ChatApp) -> str:
    return "\n".join(text_of(app))


def grid(app: ChatApp) -> VoteView:
    views = [view for view in chat(app).transcript.messages if isinstance(view, VoteView)]
    assert len(views) == 1
    return views[0]


async def opened(pilot: Pilot[None], app: ChatApp) -> SampleScreen:
    await until(pilot, lambda: isinstance(app.screen, SampleScreen), "the sample")
    screen = app.screen
    assert isinstance(screen, SampleScreen)
    await until(pilot, lambda: bool(screen.transcript.messages), "its text")
    return screen


async def test_a_sample_is_read_while_it_runs() -> None:
    gate, end = asyncio.Event(), asyncio.Event()
    slow = answer_script("So it is \\boxed{7}.", "let me think about this", sample=2)
    script = [*mixed(boxed("6", 0), slow[:4], slow[:1]), gate, *slow[4:-1], end, slow[-1]]
    script += boxed("6", 1)
    world = World([script])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=3)
        await ask(pilot, app, "Pick a number.")
        await until(pilot, lambda: "1 done" in painted(app), "the first")
        await pilot.press("ctrl+up", "enter", "right", "right", "enter")
        screen = await opened(pilot, app)
        await until(pilot, lambda: "┆ let me think" in page(app), "the thought so far")
        assert "Sample 3 of 3   thinking 3 tok" in page(app)
        gate.set()
        await until(pilot, lambda: "So it is" in page(app), "the answer as it comes")
        assert "┃ 7" not in page(app)
        end.set()
        await until(pilot, lambda: "┃ 7" in page(app), "its end")
        await until(pilot, lambda: "voted 7" in page(app), "its ballot")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "let me think about this" in page(app), "the whole thought")
        await pilot.press("left_square_bracket")
        assert screen.transcript.messages
        await until(pilot, lambda: "Sample 2 of 3" in page(app), "the sample before")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        await done(pilot, app)
        assert grid(app).cursor == 1, "the cursor stands where it was read last"
        assert "67 % of votes" in shown(app)


async def test_samples_are_read_after_the_vote() -> None:
    world = World([mixed(*(boxed(box, at, words=f" Sample {at}.") for at, box in enumerate(["6", "7", "6", "6"])))])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(60, 30)) as pilot:
        await begun(pilot, app, samples=4)
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
        await pilot.press("ctrl+up", "up")
        assert chat(app).transcript.focused_message is grid(app)
        await pilot.press("enter")
        assert grid(app).cursor == grid(app).board.tally.chosen == 0, "it begins at the winner"
        await pilot.press("right", "enter")
        await opened(pilot, app)
        await until(pilot, lambda: "It is 7. Sample 1." in page(app), "the second")
        await pilot.press("c", "b")
        await until(pilot, lambda: len(world.clipboard.copied) == 2, "the copies")
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert "There is no other sample there." in page(app)
        await pilot.press("escape", "down", "down", "down")
        assert grid(app).cursor is None, "below the cells the focus goes on"
    assert world.clipboard.copied == ["It is \\boxed{7}. Sample 1.", "7"]


async def test_siblings_are_walked_under_their_grid() -> None:
    world = World([mixed(*(boxed(box, at) for at, box in enumerate(["6", "6.0", "7"])))])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=3)
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
        asked = len(world.judge.asked)
        await pilot.press("ctrl+up", "right_square_bracket")
        await until(pilot, lambda: "It is 6.0." in shown(app), "the next sample")
        assert "67 % of votes" in shown(app), "the grid stands above it"
        assert len(world.judge.asked) == asked, "and nothing is compared again"
        await ask(pilot, app, "/previous")
        await until(pilot, lambda: "It is 6." in shown(app), "the winner again")


async def test_an_old_vote_is_shown_again() -> None:
    world = World([mixed(*(boxed(box, at) for at, box in enumerate(["6", "6.0", "7", "8"])))])
    first = ChatApp(world.prepare)
    async with first.run_test(size=(100, 30)) as pilot:
        await begun(pilot, first, samples=4)
        await ask(pilot, first, "Pick a number.")
        await done(pilot, first)
        before = shown(first)
    world.judge.hold()
    world.judge.closed = False
    again = ChatApp(world.prepare)
    async with again.run_test(size=(100, 30)) as pilot:
        await begun(pilot, again)
        await chat(again).open_conversation(next(iter(world.store.shelf.conversations)))
        assert "counting …" in shown(again), "what is spelled otherwise is not counted as if it were known"
        world.judge.gate.set()
        await until(pilot, lambda: "50 % of votes" in shown(again), "the count")
        assert shown(again) == before
        await until(pilot, lambda: world.judge.closed, "the judge's end")


async def test_equal_spellings_need_no_judge() -> None:
    world = World([mixed(boxed("6", 0), boxed("6", 1))])
    first = ChatApp(world.prepare)
    async with first.run_test(size=(100, 30)) as pilot:
        await begun(pilot, first, samples=2)
        await ask(pilot, first, "Pick a number.")
        await done(pilot, first)
    world.judge.closed = False
    again = ChatApp(world.prepare)
    async with again.run_test(size=(100, 30)) as pilot:
        await begun(pilot, again)
        await chat(again).open_conversation(next(iter(world.store.shelf.conversations)))
        assert "100 % of votes" in shown(again)
        await pilot.pause()
    assert not world.judge.closed, "none was opened"


async def test_an_answer_of_its_own_has_no_grid() -> None:
    world = World([mixed(boxed("6", 0), boxed("6", 1)), answer_script("Alone.")])
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=2)
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
        await ask(pilot, app, "/again")
        await until(pilot, lambda: "Alone." in shown(app), "the answer")
        await done(pilot, app)
        assert "votes" not in shown(app)
        await ask(pilot, app, "/previous")
        await until(pilot, lambda: "2 votes" in shown(app), "the vote")


async def test_a_sample_that_was_cut_off_goes_on_under_its_grid() -> None:
    cut = answer_script("It may be", sample=0, reason=FinishReason.LENGTH)
    world = World([mixed(cut, answer_script("No box.", sample=1, reason=FinishReason.LENGTH))])
    world.endpoint.continue_scripts = [answer_script(" \\boxed{6}.", "")]
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app, samples=2)
        await ask(pilot, app, "Pick a number.")
        await done(pilot, app)
        assert "2 cut off" in shown(app)
        await pilot.press("f8")
        await until(pilot, lambda: "It may be 6." in shown(app), "the rest")
        await done(pilot, app)
        assert "2 samples   1 vote · 1 cut off" in shown(app), "what it came to is counted"
