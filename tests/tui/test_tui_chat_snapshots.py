"""Pictures of the chat at the three sizes it is made for, from a fixed conversation."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from dsr1_tui.adapters.demo.library import load
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.chat import ChatScreen
from support.fake_endpoint import answer_script
from support.fake_kit import World

THOUGHT = next(item for item in load() if item.name.startswith("10")).samples[0].thought[:1500]
"""A recorded one: text that repeats itself would be taken for a loop."""
SIZES = [(120, 40), (80, 24), (60, 20)]
ANSWER = (
    "\n\nTwo numbers with the sum \\(5\\) and the product \\(6\\) are \\(2\\) and \\(3\\), so\n\n"
    "\\[ x = \\frac{5 \\pm \\sqrt{25 - 24}}{2} \\]\n\n- first root **2**\n- second root **3**\n\n"
    "```python\nroots = {2, 3}\n```\n\n| x | x² − 5x + 6 |\n|---|---|\n| 2 | 0 |\n\n"
    "So \\boxed{x = 2 \\text{ or } x = 3}.\n"
)
Compare = Callable[..., bool]


async def settled(pilot: Pilot[None], ready: Callable[[ChatScreen], bool]) -> ChatScreen:
    for _ in range(400):
        screen = pilot.app.screen
        if isinstance(screen, ChatScreen) and ready(screen):
            await pilot.pause()
            return screen
        await pilot.pause(0.01)
    pytest.fail("the scene did not come about")


async def asked(pilot: Pilot[None], text: str) -> ChatScreen:
    screen = await settled(pilot, lambda chat: chat.session.connection is not None)
    screen.composer.text = text
    await pilot.press("enter")
    return screen


@pytest.mark.parametrize("size", SIZES)
def test_answer(snap_compare: Compare, size: tuple[int, int]) -> None:
    world = World([answer_script(ANSWER, THOUGHT[:400])])

    async def scene(pilot: Pilot[None]) -> None:
        await asked(pilot, "Solve x² − 5x + 6 = 0.")
        await settled(pilot, lambda chat: not chat.turns.busy and bool(chat.session.path))

    assert snap_compare(ChatApp(world.prepare), terminal_size=size, run_before=scene)


@pytest.mark.parametrize("size", SIZES)
def test_panel(snap_compare: Compare, size: tuple[int, int]) -> None:
    world = World([answer_script("\n\nIt is \\boxed{4}.")])

    async def scene(pilot: Pilot[None]) -> None:
        await asked(pilot, "2+2?")
        await settled(pilot, lambda chat: not chat.turns.busy and bool(chat.session.path))
        await pilot.press("f2")
        await pilot.pause()

    assert snap_compare(ChatApp(world.prepare), terminal_size=size, run_before=scene)


@pytest.mark.parametrize("size", SIZES)
def test_thinking(snap_compare: Compare, size: tuple[int, int]) -> None:
    gate = asyncio.Event()
    script = answer_script("x", THOUGHT)
    world = World([[*script[:-2], gate]])

    async def scene(pilot: Pilot[None]) -> None:
        await asked(pilot, "And now?")
        screen = await settled(
            pilot, lambda chat: chat.turns.live is not None and chat.turns.live.meter.reasoning_tokens > 200
        )
        await settled(pilot, lambda _: not screen.turns.live or not screen.turns.live.pending)
        screen.turns.flush()
        screen.transcript.refresh_rows()

    assert snap_compare(ChatApp(world.prepare), terminal_size=size, run_before=scene)
