"""The server under the chat, where it is one of ours: started from here, watched, its log shown, started again."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from textual.screen import Screen

from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.server.diagnosis import Diagnosis
from dsr1_tui.domain.server.wording import start_words
from dsr1_tui.services.neighbours import is_here, server_at, wish_again
from dsr1_tui.services.serve import server_end
from dsr1_tui.tui.later import Later

if TYPE_CHECKING:
    from collections.abc import Callable

    from dsr1_tui.domain.server.record import ServerRecord
    from dsr1_tui.domain.target import Target
    from dsr1_tui.tui.link import Link
    from dsr1_tui.tui.screens.serve_flow import Served
    from dsr1_tui.tui.session import Session
    from dsr1_tui.tui.turns import Turns
    from dsr1_tui.tui.widgets.hint_line import HintLine

LOOK_S: Final = 1.0
"""Seconds between two looks whether it is still alive."""
_SOON_S: Final = 0.05


class ServerActions(Screen[None]):
    """Actions on a server of ours."""

    if TYPE_CHECKING:
        session: Session
        turns: Turns
        hint: HintLine
        link: Link
        demo: bool

        connect_to: Callable[[Target], None]
        notice: Callable[[Fault], None]
        _free: Callable[[], bool]

    server_ended: Diagnosis | None = None
    """Why the server of ours that this chat was on is gone; `None` while it runs, or where it is not ours."""

    def watch_server(self) -> None:
        """There is a connection: look whose server it is, and stay by it if it is ours."""
        target = self.link.target
        if target is None or self.demo or not is_here(target):
            self.session.server = None
        else:
            work = Later(lambda: self._watch(target))
            self.run_worker(work, name="server", group="server", exclusive=True, exit_on_error=False)

    async def _watch(self, target: "Target") -> None:
        ports = await asyncio.to_thread(self.session.kit.find_servers)
        self.session.server = record = await server_at(ports, target)
        self.server_ended = None
        while record is not None:
            why = await server_end(ports, record)
            if why is not None:
                await self._gone(record, why)
                return
            await asyncio.sleep(LOOK_S)

    async def _gone(self, record: "ServerRecord", why: Diagnosis) -> None:
        self.session.connection = None  # what is sent from now on waits for the next one
        self.link.lost()
        # What has come of the answer is kept, and the notice stands below it.
        while self.turns.busy:  # noqa: ASYNC110  the turn tells its end to everybody, not to this task
            await asyncio.sleep(_SOON_S)
        self.server_ended = why
        cause = "Somebody stopped it." if why.ok else why.cause
        what = f"The server {record.served_name} on port {record.port} has ended. {cause}"
        again = start_words("start it again", why.flags)
        said = f" It said: “{why.line.rstrip('.')}”." if why.line and not why.ok else ""
        self.notice(Fault(FaultCode.ENGINE_DIED, what + said, f"Enter on an empty line, or /restart: {again}."))

    def server_lost(self) -> None:
        """A turn found the server gone: what is queued waits, where the server is ours and can be started again."""
        if self.session.server is not None:
            self.session.connection = None

    def action_restart(self) -> None:
        """Start the server again that has ended."""
        record, why = self.session.server, self.server_ended
        if record is None or why is None:
            self.hint.show("No server of ours has ended here. /serve starts one.", warn=True)
        elif self._free():
            wish = self.session.wish or wish_again(record)
            wish = replace(wish, changes=(*wish.changes, *why.flags))

            async def restart() -> None:
                from dsr1_tui.tui.screens.serve_flow import ServeFlow  # noqa: PLC0415  off the start-up path

                try:
                    config = await asyncio.to_thread(self.session.kit.config_file.load)
                    self._talk_to(await ServeFlow(self.app, self.session.kit).bring(config, wish))
                except FaultError as error:
                    self.notice(error.fault)

            self.run_worker(Later(restart), name="restart", group="serve", exclusive=True, exit_on_error=False)

    def action_serve(self) -> None:
        """Start vLLM on this machine, or use a server that is there."""
        if self._free():
            self.run_worker(Later(self._serve), name="serve", group="serve", exclusive=True, exit_on_error=False)

    async def _serve(self) -> None:
        from dsr1_tui.tui.screens.serve_flow import ServeFlow  # noqa: PLC0415  off the start-up path

        try:
            self._talk_to(await ServeFlow(self.app, self.session.kit).ask())
        except FaultError as error:
            self.notice(error.fault)

    def _talk_to(self, served: "Served | None") -> None:
        if served is not None:
            self.demo = False
            self.server_ended = None
            self.session.server, self.session.wish = served.record, served.wish
            self.connect_to(served.target)

    def action_server_log(self) -> None:
        """The log of the server under the chat."""
        record = self.session.server
        if record is None:
            self.hint.show("This chat is on no server of ours: there is no log to show.", warn=True)
            return
        from dsr1_tui.tui.screens.server_log import LogScreen  # noqa: PLC0415  off the start-up path

        kit = self.session.kit
        ended = self.server_ended is not None
        self.app.push_screen(LogScreen(kit.find_servers(), record, kit.clipboard, ended=ended))
