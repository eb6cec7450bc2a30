"""Selecting with the mouse copies the source of what is seen, within and across messages."""

import pytest
from textual.pilot import Pilot

from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.chat import ChatScreen
from support.fake_endpoint import answer_script
from support.fake_kit import World

ANSWER = "\n\nThe half is $\\frac{1}{2}$ of **one** thing.\n\nSecond paragraph."


async def answered(pilot: Pilot[None], app: ChatApp) -> ChatScreen:
    for _ in range(400):
        screen = app.screen
        if isinstance(screen, ChatScreen):
            if not screen.session.path and not screen.turns.busy and screen.session.connection is not None:
                screen.composer.text = "What is a half?"
                await pilot.press("enter")
            elif screen.session.path and not screen.turns.busy:
                await pilot.pause()
                return screen
        await pilot.pause(0.01)
    pytest.fail("no answer came")


def find(screen: ChatScreen, text: str) -> tuple[int, int]:
    """Column and row of a text on the screen."""
    for y, strip in enumerate(screen._compositor.render_strips()):
        if text in strip.text:
            return strip.text.index(text), y
    pytest.fail(f"“{text}” is not on the screen")


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down(offset=start)
    await pilot.hover(offset=end)
    await pilot.mouse_up(offset=end)
    await pilot.pause()


async def test_a_selection_over_a_formula_copies_its_source() -> None:
    app = ChatApp(World([answer_script(ANSWER)]).prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await answered(pilot, app)
        x, y = find(screen, "half is 1/2")
        await drag(pilot, (x, y), (x + len("half is 1/2 of one") - 1, y))
        assert screen.get_selected_text() == "half is $\\frac{1}{2}$ of **one"


async def test_a_selection_across_messages() -> None:
    app = ChatApp(World([answer_script(ANSWER)]).prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await answered(pilot, app)
        start, end = find(screen, "a half?"), find(screen, "paragraph")
        await drag(pilot, start, (end[0] + len("paragraph"), end[1]))
        text = screen.get_selected_text()
        assert text is not None
        assert text.startswith("a half?")
        assert "The half is $\\frac{1}{2}$ of **one** thing.\n\nSecond paragraph" in text


async def test_the_selection_is_painted() -> None:
    app = ChatApp(World([answer_script(ANSWER)]).prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await answered(pilot, app)
        x, y = find(screen, "Second paragraph")
        screen.transcript.focus()
        await pilot.pause()
        plain = screen.transcript.render_lines(screen.transcript.size.region)
        await drag(pilot, (x, y), (x + 6, y))
        marked = screen.transcript.render_lines(screen.transcript.size.region)
        changed = [row for row, (a, b) in enumerate(zip(plain, marked, strict=True)) if a != b]
        assert len(changed) == 1
        assert [strip.text for strip in plain] == [strip.text for strip in marked]
