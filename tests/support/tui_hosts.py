"""Small apps that host one widget or screen of the interface, so that each is tested without the whole program."""

from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from dsr1_tui import tui
from dsr1_tui.tui.layers import Layers
from dsr1_tui.tui.widgets.page import TextPage
from dsr1_tui.tui.widgets.settings_panel import SettingsPanel

STYLES = Path(tui.__file__).parent / "styles"


def styles(*names: str) -> list[str | Path]:
    """The package's own style sheets."""
    return [STYLES / f"{name}.tcss" for name in names]


class Host(App[None]):
    """As the real app, without animations."""

    def __init__(self) -> None:
        super().__init__()
        self.animation_level = "none"


class WidgetHost(Host):
    """Shows widgets one below the other."""

    CSS_PATH: ClassVar[list[str | Path]] = styles("bars")  # type: ignore[assignment]  # Textual declares it for the instance

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self._widgets


class PanelHost(Host):
    """The panel beside a page of text, as the chat screen places it; records what the panel posts."""

    AUTO_FOCUS = None
    CSS_PATH: ClassVar[list[str | Path]] = styles("bars", "panel")  # type: ignore[assignment]  # Textual declares it for the instance
    CSS = """
    Screen { layers: base overlay; }
    #body { height: 1fr; }
    #page { width: 1fr; padding: 1 2; }
    """

    def __init__(self, state: Layers) -> None:
        super().__init__()
        self._state = state
        self.panel = SettingsPanel()
        self.posted: list[Message] = []

    def compose(self) -> ComposeResult:
        with Horizontal(id="body"):
            yield TextPage(lambda width: [Content("A line of the transcript, one of many."[:width])] * 12, id="page")
            yield self.panel

    def on_mount(self) -> None:
        self.panel.fit(self.size.width)
        self.panel.show(self._state)
        self.panel.enter()

    @on(SettingsPanel.Changed)
    @on(SettingsPanel.SaveDefault)
    @on(SettingsPanel.Paged)
    @on(SettingsPanel.Left)
    def _record(self, event: Message) -> None:
        self.posted.append(event)


class DialogHost(Host):
    """Pushes one screen over a page of text and keeps what it gives back."""

    CSS = "#page { padding: 1 2; }"

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self._screen = screen
        self.results: list[object] = []

    def compose(self) -> ComposeResult:
        yield TextPage(lambda width: [Content("A line of the transcript, one of many."[:width])] * 12, id="page")

    def on_mount(self) -> None:
        self.push_screen(self._screen, self.results.append)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until no worker runs and what they changed is on the screen."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def text_of(app: App[None]) -> list[str]:
    """The screen as plain lines, right ends trimmed."""
    width, height = app.size
    strips = app.screen._compositor.render_strips(Size(width, height))
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]
