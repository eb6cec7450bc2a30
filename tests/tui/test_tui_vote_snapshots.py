"""Pictures of a vote at the three sizes: while it runs, after it, and a sample that is read meanwhile."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from dsr1_tui.domain.events import FinishReason, ReasoningDelta
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.sample import SampleScreen
from support.chat_pilot import ask, begun, chat, painted, shown, until
from support.fake_endpoint import Script, answer_script
from support.fake_kit import World
from support.vote_world import mixed

SIZES = [(120, 40), (80, 24), (60, 20)]
Compare = Callable[..., bool]
ENDED = ["6", "6.0", "\\frac{7}{1}", "6", "x = \\sqrt{2} + 12345678901234567890"]


def sample(at: int, box: str, tokens: int) -> Script:
    """A sample of a plausible length."""
    script = answer_script(f"After some thought I say $\\boxed{{{box}}}$.", "Hm.", sample=at)
    script.insert(1, ReasoningDelta(sample=at, text="Let me pick one. ", tokens=tokens, exact=True))
    return script


def running(at: int) -> Script:
    """A sample in its thought."""
    thought = ReasoningDelta(sample=at, text="I could take six, or seven.", tokens=241 * at, exact=True)
    return [answer_script("x", sample=at)[0], thought]


def half() -> list[Script]:
    """Eight samples, of which two go on."""
    ended = [sample(at, box, 300 + 71 * at) for at, box in enumerate(ENDED)]
    looped = answer_script("again", sample=5, reason=FinishReason.LOOP)
    return [*ended, looped, *(running(at) for at in (6, 7))]


async def asked(pilot: Pilot[None], app: ChatApp, ready: str) -> None:
    await begun(pilot, app, samples=8)
    await ask(pilot, app, "Pick a number.")
    await until(pilot, lambda: ready in painted(app), ready)
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
def test_vote_runs(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = ChatApp(World([[*mixed(*half()), asyncio.Event()]]).prepare)

    async def scene(pilot: Pilot[None]) -> None:
        await asked(pilot, app, "6 done")

    assert snap_compare(app, terminal_size=size, run_before=scene)


@pytest.mark.parametrize("size", SIZES)
def test_vote_ended(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = ChatApp(World([mixed(*half()[:-2], sample(6, "7", 1900), sample(7, "8", 700))]).prepare)

    async def scene(pilot: Pilot[None]) -> None:
        await asked(pilot, app, "1 looped")
        await pilot.press("ctrl+up", "up", "enter", "right")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=scene)


@pytest.mark.parametrize("size", SIZES)
def test_vote_of_64(snap_compare: Compare, size: tuple[int, int]) -> None:
    scripts = [sample(at, str(6 + at % 2), 100 + 97 * at) for at in range(50)]
    scripts += [sample(at, "8", 900 + 97 * at)[:2] for at in range(50, 64)]
    app = ChatApp(World([[*mixed(*scripts), asyncio.Event()]]).prepare)

    async def scene(pilot: Pilot[None]) -> None:
        await begun(pilot, app, samples=64)
        await ask(pilot, app, "Pick a number.")
        await until(pilot, lambda: "50 done" in shown(app), "fifty")
        assert "64 samples" in painted(app), "the heading is in view"
        chat(app).transcript.refresh_rows(repaint=True)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=scene)


@pytest.mark.parametrize("size", SIZES)
def test_sample(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = ChatApp(World([[*mixed(*half()), asyncio.Event()]]).prepare)

    async def scene(pilot: Pilot[None]) -> None:
        await asked(pilot, app, "6 done")
        await pilot.press("ctrl+up", "enter", "right", "right", "enter")
        await until(pilot, lambda: isinstance(app.screen, SampleScreen), "the sample")
        screen = app.screen
        assert isinstance(screen, SampleScreen)
        await until(pilot, lambda: bool(screen.transcript.messages), "its text")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=scene)
