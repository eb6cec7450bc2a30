"""Which screen comes when: the chat, the start screen where no server is known, the demo."""

from contextlib import AsyncExitStack

from textual import events
from textual.app import App

from dsr1_tui.domain.target import Target
from dsr1_tui.services.kit import Kit, Launch
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.tui.session import Session

_DOUBLE_S = 2.0


class Flow:
    """The way through the screens of one run."""

    def __init__(self, app: App[None], kit: Kit, launch: Launch) -> None:
        self._app = app
        self.kit = kit
        self._launch = launch
        self.session = Session(kit, launch)
        self._open = AsyncExitStack()
        self._interrupted_at = -_DOUBLE_S
        self._early: list[events.Key] = []

    def begin(self, early: list[events.Key]) -> None:
        """Go where the command line points; `early` keys go to the composer."""
        self._early = early
        if self._launch.demo:
            self.demo()
        elif self._launch.target is not None:
            self.chat(self._launch.target)
        else:
            self.start()

    def chat(self, target: Target | None, *, demo: bool = False) -> None:
        """Show the chat, connecting to `target`."""
        screen = ChatScreen(self.session, target, demo=demo)
        self._app.push_screen(screen)
        for event in self._early:
            screen.call_after_refresh(screen.composer.post_message, event)
        self._early = []

    def demo(self) -> None:
        """Show the chat with recorded answers."""
        self._app.run_worker(self._demo(), exit_on_error=False)

    async def _demo(self) -> None:
        target = await self._open.enter_async_context(self.kit.open_demo())
        self.chat(target, demo=True)

    def start_server(self) -> None:
        """Install vLLM where it is missing, start it, and show the chat on it."""
        from dsr1_tui.tui.screens.serve import ServeScreen  # noqa: PLC0415  only where it is asked for

        self._app.push_screen(ServeScreen(self.kit), self._served)

    def _served(self, target: Target | None) -> None:
        if target is not None:
            self.chat(target)
        else:
            self.start()

    def start(self, error: str = "") -> None:
        """The start screen."""
        from dsr1_tui.tui.start_flow import StartFlow  # noqa: PLC0415  only where no server is known

        StartFlow(self._app, self.kit, self, self._launch.config, error=error).begin()

    def interrupt(self) -> None:
        """ctrl+c: copy a selection, else stop the answer, else (twice) quit."""
        screen = self._app.screen
        if screen.get_selected_text():
            screen.action_copy_text()
            screen.clear_selection()
            return
        if isinstance(screen, ChatScreen) and screen.turns.stop():
            return
        now = self.kit.clock.monotonic()
        if now - self._interrupted_at < _DOUBLE_S:
            self._app.exit()
        self._interrupted_at = now
        if isinstance(screen, ChatScreen):
            screen.hint.show("ctrl+c again quits.", warn=True)

    @property
    def resumable(self) -> str | None:
        """The id of the conversation, where it is on disk."""
        return self.session.conversation.id if self.session.stored else None

    async def aclose(self) -> None:
        """Close what was opened."""
        await self._open.aclose()
