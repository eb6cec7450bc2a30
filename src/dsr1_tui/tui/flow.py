"""Which screen comes when: the chat, the start screen where no server is known, the demo."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from textual import events
from textual.app import App

from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.target import Target
from dsr1_tui.services.kit import Kit, Launch
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.tui.session import Session

if TYPE_CHECKING:
    from textual.worker import Worker

    from dsr1_tui.domain.server.record import ServerRecord
    from dsr1_tui.services.neighbours import Neighbour

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
        self._leaving: Worker[None] | None = None
        self._been_at_start = False
        self.kept: tuple[ServerRecord, ...] = ()
        """The servers that were kept on leaving: they run on."""

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
        self._app.run_worker(self._serve(None), name="serve", exit_on_error=False)

    def use_server(self, neighbour: "Neighbour") -> None:
        """Show the chat on a server that is there; one of ours may still be coming up."""
        self._app.run_worker(self._serve(neighbour), name="serve", exit_on_error=False)

    async def _serve(self, neighbour: "Neighbour | None") -> None:
        from dsr1_tui.tui.screens.serve_flow import ServeFlow  # noqa: PLC0415  only where it is asked for

        try:
            way = ServeFlow(self._app, self.kit)
            served = await (way.ask() if neighbour is None else way.use(neighbour))
        except FaultError as error:
            self.start(error.fault.line)
            return
        if served is None:
            self.start()
        else:
            self.session.server, self.session.wish = served.record, served.wish
            self.chat(served.target)

    def start(self, error: str = "") -> None:
        """The start screen."""
        from dsr1_tui.tui.start_flow import StartFlow  # noqa: PLC0415  only where no server is known

        StartFlow(self._app, self.kit, self, self._launch.config, error=error, back=self._been_at_start).begin()
        self._been_at_start = True

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
            self.leave()
        self._interrupted_at = now
        if isinstance(screen, ChatScreen):
            screen.hint.show("ctrl+c again quits.", warn=True)

    def leave(self) -> None:
        """Leave; servers that this run started are asked about, once: who asks again while it asks means it."""
        if self._leaving is not None and not self._leaving.is_finished:
            self._app.exit()
        else:
            self._leaving = self._app.run_worker(self._leave(), name="leave", exit_on_error=False)

    async def _leave(self) -> None:
        from dsr1_tui.tui.leaving import settle_servers  # noqa: PLC0415  as above

        settled = await settle_servers(self._app, self.kit, self._launch)
        if settled is not None:
            self.kept = settled
            self._app.exit()

    @property
    def resumable(self) -> str | None:
        """The id of the conversation, where it is on disk."""
        return self.session.conversation.id if self.session.stored else None

    async def aclose(self) -> None:
        """Close what was opened."""
        await self._open.aclose()
