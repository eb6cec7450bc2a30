"""Background work that newer work overtakes before it began."""

import gc
import warnings

import pytest

from dsr1_tui.tui.app import ChatApp
from support.chat_pilot import chat, until
from support.fake_kit import World


@pytest.mark.parametrize("work", ["measure", "link"])
async def test_it_leaves_no_coroutine_that_nobody_awaits(work: str) -> None:
    """Python would say so at whatever moment it collects garbage: on the terminal, when the chat is closed."""
    app = ChatApp(World([]).prepare)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: getattr(app.screen, "session", None) is not None and ready(app), "the link")
            screen = chat(app)
            target = screen.link.target
            assert target is not None
            for _ in range(3):
                if work == "measure":
                    screen.measure_soon()
                else:
                    screen.connect_to(target)
            await until(pilot, lambda: ready(app), "the link, once more")
        gc.collect()
    assert [str(one.message) for one in said if "never awaited" in str(one.message)] == []


def ready(app: ChatApp) -> bool:
    return chat(app).session.connection is not None
