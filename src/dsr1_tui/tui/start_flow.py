"""The way from the start screen into the chat: what was found, what was chosen, what went wrong."""

import asyncio
import os
from contextlib import aclosing
from functools import partial
from typing import Protocol

from textual.app import App

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.discovery import Findings, Looked, Speech
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.target import Target, normalise_base_url
from dsr1_tui.services.discover import discover
from dsr1_tui.services.kit import Kit
from dsr1_tui.services.neighbours import Neighbour
from dsr1_tui.services.serve import running_servers
from dsr1_tui.tui.screens.connect_dialog import ConnectDialog
from dsr1_tui.tui.screens.start import (
    Connect,
    Demo,
    Quit,
    StartChoice,
    StartScreen,
    StartServer,
    UseEndpoint,
    UseOwn,
    UseServer,
)


class Ways(Protocol):
    """The ways on from the start screen."""

    def chat(self, target: Target | None) -> None:
        """The chat, on a server."""

    def demo(self) -> None:
        """The chat, with recorded answers."""

    def start_server(self) -> None:
        """Start vLLM on this machine first."""

    def use_server(self, neighbour: Neighbour) -> None:
        """The chat, on a server that we started."""

    def start(self, error: str = "") -> None:
        """The start screen again."""


class StartFlow:
    """Looks around, shows what was found, and goes where the user chooses.

    A vLLM-like server at its usual port on this machine is what a user of it means: the chat opens on it at once.
    """

    def __init__(
        self, app: App[None], kit: Kit, ways: Ways, config: Config, *, error: str = "", back: bool = False
    ) -> None:
        """`error` and `back` as for the screen."""
        self._app = app
        self._kit = kit
        self._ways = ways
        self._endpoints = config.endpoints
        self._screen = StartScreen(error=error, back=back, doctor=self._doctor)
        self._left = False

    def begin(self) -> None:
        """Show the start screen at once; findings come to it as they come in."""
        self._app.push_screen(self._screen, self._chosen)
        self._app.run_worker(self._look(), name="discover", exit_on_error=False)

    async def _look(self) -> None:
        configured = tuple(self._endpoints)
        servers = await asyncio.to_thread(self._kit.find_servers)
        ours = tuple(Neighbour(one.port, one.served_name, one) for one in await running_servers(servers))
        async with aclosing(discover(self._kit.machine, self._kit.probe, configured=configured)) as findings:
            async for found in findings:
                if self._left:
                    return
                server = _obvious(found)
                if server is not None and self._screen.is_current:  # else the doctor is being read
                    self._left = True
                    own = next((one for one in ours if one.port == server.place.port), None)
                    self._screen.give(UseServer(server) if own is None else UseOwn(own))
                    return
                self._screen.show(found, ours, self._kit.clock.now())

    def _doctor(self) -> None:
        from dsr1_tui.services.doctor import examine  # noqa: PLC0415  off the start-up path
        from dsr1_tui.services.doctor_ports import DoctorWish  # noqa: PLC0415  as above
        from dsr1_tui.tui.screens.doctor import DoctorScreen  # noqa: PLC0415  as above

        try:
            ports = self._kit.find_doctor()
        except FaultError as error:
            self._app.notify(error.fault.line, severity="error", markup=False)
        else:
            self._app.push_screen(DoctorScreen(partial(examine, ports, DoctorWish())))

    def _chosen(self, choice: StartChoice | None) -> None:
        self._left = True
        match choice:
            case UseServer(found):
                self._ways.chat(Target(base_url=normalise_base_url(f"http://{found.place.label}")))
            case UseOwn(neighbour):
                self._ways.use_server(neighbour)
            case UseEndpoint(name):
                self._named(name)
            case Connect():
                self._connect("")
            case StartServer():
                self._ways.start_server()
            case Demo():
                self._ways.demo()
            case Quit() | None:
                self._app.exit()

    def _named(self, name: str) -> None:
        try:
            self._ways.chat(self._kit.find_target(name))
        except FaultError as error:
            self._connect(name, error.fault.line)

    def _connect(self, initial: str, error: str = "") -> None:
        dialog = ConnectDialog(self._endpoints, initial, environ=os.environ.get, error=error)
        self._app.push_screen(dialog, self._connected)

    def _connected(self, target: Target | None) -> None:
        if target is None:
            self._ways.start()
        else:
            self._ways.chat(target)


def _obvious(findings: Findings) -> Looked | None:
    """The first place's server (vLLM's port), where it lists models and nothing is configured."""
    if findings.configured or not findings.servers:
        return None
    first = findings.servers[0]
    return first if first.found is not None and first.found.speech is Speech.API and first.found.models else None
