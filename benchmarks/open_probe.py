"""The app on a terminal in memory, with the time at which each byte is written to it."""

import asyncio
import statistics
import time
from collections.abc import Callable
from typing import ClassVar, Final

from open_conversations import Kept
from stream_text import MARK
from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size

from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.chat import ChatScreen

_QUIET_S: Final = 0.15
"""Nothing written for so long: a key has had its effect."""
_LIMIT_S: Final = 30.0
_SETTLE_S: Final = 2.5
"""The app collects its start-up garbage two seconds after its first frame."""
_PAGES: Final = 20
_NARROW: Final = (80, 40)


class NotShownError(Exception):
    """What was waited for did not come."""


class MemoryDriver(HeadlessDriver):
    """A terminal that takes everything and notes when. Textual paints nothing for a driver that says it is headless."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed on as they came
        self.last = 0.0
        """When something was last written (`time.monotonic`)."""
        self.marked = 0.0
        """When the mark was."""

    @property
    def is_headless(self) -> bool:
        """Not for Textual."""
        return False

    def write(self, data: str) -> None:
        """Note the time."""
        self.last = time.monotonic()
        if MARK in data:
            self.marked = self.last

    def resize(self, size: tuple[int, int]) -> None:
        """Give the terminal another size, columns and rows."""
        self._size = size
        self.process_message(events.Resize(Size(*size), Size(*size)))

    def press(self, key: str) -> None:
        """A key."""
        self.process_message(events.Key(key, None))


class Probe:
    """Does something to the app and says how long its effect on the screen took."""

    Driver: ClassVar[type[MemoryDriver]] = MemoryDriver
    SIZE: ClassVar[tuple[int, int]] = (120, 40)
    """Columns, rows."""

    def __init__(self, app: ChatApp) -> None:
        self._app = app

    @property
    def driver(self) -> MemoryDriver:
        """The terminal."""
        driver = self._app._driver  # noqa: SLF001  Textual has no public name for it
        assert isinstance(driver, MemoryDriver)
        return driver

    @property
    def chat(self) -> ChatScreen:
        """The chat screen."""
        screen = self._app.screen
        assert isinstance(screen, ChatScreen)
        return screen

    async def up(self) -> None:
        """Wait until the chat is connected and has come to rest."""
        await self._until(lambda: isinstance(self._app.screen, ChatScreen), "the chat")
        await self._until(lambda: self.chat.session.connection is not None, "the connection")
        await asyncio.sleep(_SETTLE_S)
        await self._quiet()

    async def _until(self, true: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + _LIMIT_S
        while not true():
            if time.monotonic() > end:
                raise NotShownError(f"{what} did not come within {_LIMIT_S:.0f} s")
            await asyncio.sleep(0.002)

    async def _quiet(self) -> None:
        await self._until(lambda: time.monotonic() - self.driver.last > _QUIET_S, "rest")

    async def after(self, act: Callable[[], object], what: str) -> float:
        """Seconds from `act` to the last write that it caused."""
        began = time.monotonic()
        act()
        await self._until(lambda: self.driver.last > began, what)
        await self._quiet()
        return self.driver.last - began

    async def opened(self, kept: Kept) -> float:
        """Seconds until the end of a conversation is painted."""
        began = time.monotonic()
        self.chat.run_worker(self.chat.open_conversation(kept.id), exit_on_error=False)
        await self._until(lambda: self.driver.marked > began, kept.name)
        took = self.driver.marked - began
        await self._quiet()
        return took


async def times_of(probe: Probe, kept: Kept) -> dict[str, float]:
    """Seconds of each thing one does with a long conversation, which is left again at the end."""
    driver = probe.driver
    times = {"open": await probe.opened(kept)}
    if kept.unfolds:
        times["unfold"] = await probe.after(lambda: driver.press("ctrl+t"), "the thought")
    pages = [await probe.after(lambda: driver.press("pageup"), "a page") for _ in range(_PAGES)]
    times |= {"page up": statistics.median(pages), "worst page": max(pages)}
    narrow = await probe.after(lambda: driver.resize(_NARROW), "another width")
    wide = await probe.after(lambda: driver.resize(Probe.SIZE), "the old width")
    times["resize"] = max(narrow, wide)
    times["to the top"] = await probe.after(lambda: driver.press("ctrl+home"), "the top")
    await probe.after(lambda: driver.press("ctrl+n"), "a new conversation")
    return times
