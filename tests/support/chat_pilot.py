"""Driving the chat in tests: ask, wait, look."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.strip import Strip

from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.chat import ChatScreen
from support.fake_kit import World


async def until(pilot: Pilot[None], ready: Callable[[], bool], what: str = "it") -> None:
    """Let the app work until something is true."""
    for _ in range(400):
        if ready():
            return
        await pilot.pause(0.01)
    pytest.fail(f"{what} did not come true")


def chat(app: ChatApp) -> ChatScreen:
    screen = app.screen
    assert isinstance(screen, ChatScreen)
    return screen


def shown(app: ChatApp) -> str:
    """The transcript as text."""
    view = chat(app).transcript
    rows = (view.line_text(row) for row in range(view.document.height))
    return "\n".join("" if row is None else row.text for row in rows)


async def ask(pilot: Pilot[None], app: ChatApp, text: str) -> None:
    await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
    chat(app).composer.text = text
    await pilot.press("enter")


async def done(pilot: Pilot[None], app: ChatApp) -> None:
    await until(pilot, lambda: not chat(app).turns.busy and not chat(app).turns.queue, "the end of the turn")


def painted(app: ChatApp) -> str:
    """What stands on the screen, as the terminal would show it."""
    view = chat(app).transcript
    return "\n".join(strip.text for strip in view.render_lines(view.size.region))


def chat_id(world: World) -> ConversationId:
    return next(iter(world.store.shelf.conversations))


def rows(app: ChatApp) -> list[Strip]:
    view = chat(app).transcript
    return list(view.render_lines(view.size.region))


async def begun(pilot: Pilot[None], app: ChatApp, *, samples: int = 1) -> None:
    """Wait until the chat is connected; then it draws so many samples."""
    await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
    await until(pilot, lambda: chat(app).session.connection is not None, "the connection")
    chat(app).session.samples = samples


def hinted(app: ChatApp) -> str:
    """The line under the composer."""
    return chat(app).hint.render().plain
