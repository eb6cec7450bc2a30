"""The way from the wish for a server to one that answers: form, progress, failure and repair, round and round."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from textual.app import App

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.server.diagnosis import Diagnosis, StartCode
from dsr1_tui.domain.server.profile import DEFAULT_MODEL, with_changes
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.domain.target import Target
from dsr1_tui.services.bring_up import BringEvent, BringPorts, bring_up
from dsr1_tui.services.kit import Kit
from dsr1_tui.services.neighbours import Neighbour, use_neighbour
from dsr1_tui.services.plan_serve import Wish
from dsr1_tui.services.serve import await_server
from dsr1_tui.tui.screens.serve import Begin, ServeDialog, Use
from dsr1_tui.tui.screens.start_failed import FailedDialog, Way
from dsr1_tui.tui.screens.starting import NotUp, StartingDialog, Up
from dsr1_tui.tui.serve_form import Form


@dataclass(frozen=True, slots=True)
class Served:
    """A server to talk to."""

    target: Target
    record: ServerRecord | None
    """`None`: a stranger's."""
    wish: Wish | None = None
    """What started it, where this run did."""


class ServeFlow:
    """One way through the screens; to be awaited in a worker."""

    def __init__(self, app: App[None], kit: Kit) -> None:
        self._app = app
        self._kit = kit
        self._ports = BringPorts(
            engine=kit.find_engine(), planner=kit.find_planner(), servers=kit.find_servers(), probe=kit.probe
        )

    async def ask(self, form: Form | None = None) -> Served | None:
        """Ask what to start, and bring it up; `None` where the user goes back.

        Raises:
            FaultError: (config) the file cannot be read.
        """
        config = await asyncio.to_thread(self._kit.config_file.load)
        dialog = ServeDialog(self._ports, config, form, now=self._kit.clock.now())
        match await self._app.push_screen_wait(dialog):
            case Begin(wish):
                return await self.bring(config, wish)
            case Use(neighbour):
                return await self.use(neighbour)
            case None:
                return None

    async def bring(self, config: Config, wish: Wish) -> Served | None:
        """Bring it up, through as many repairs as the user takes."""
        while True:
            model = wish.flags.model or DEFAULT_MODEL
            outcome = await self._watch(partial(bring_up, self._ports, config, wish), model)
            match outcome:
                case None:
                    return None
                case Up(target, record, _):
                    return Served(target, record, wish)
                case NotUp():
                    way = await self._app.push_screen_wait(self._failed(outcome))
                    match way:
                        case Way.AGAIN:
                            wish = changed(wish, outcome)
                        case Way.EDIT:
                            return await self.ask(_form(wish, outcome))
                        case Way.ADOPT if outcome.neighbour is not None:
                            return await self.use(outcome.neighbour)
                        case _:
                            return None

    async def use(self, neighbour: Neighbour) -> Served | None:
        """Use a server that is there; one of ours that is still coming up is waited for."""
        servers = self._ports.servers
        try:
            adopted = await use_neighbour(servers, self._kit.probe, neighbour)
        except FaultError as error:
            fault = error.fault
            why = NotUp(diagnosis=Diagnosis(code=StartCode.UNKNOWN, cause=fault.message, remedy=fault.hint))
            await self._app.push_screen_wait(self._failed(why))
            return await self.ask()
        record = adopted.record
        if adopted.ready or record is None:
            return Served(adopted.target, record)
        waiting = partial(_await, self._ports, record)
        match await self._watch(waiting, record.served_name, own=False):
            case Up(target, record, _):
                return Served(target, record)
            case NotUp() as why:
                way = await self._app.push_screen_wait(self._failed(why))
                return await self.ask() if way is not None else None
            case None:
                return None

    async def _watch(
        self, bringing: "partial[AsyncGenerator[BringEvent, None]]", model: str, *, own: bool = True
    ) -> Up | NotUp | None:
        dialog = StartingDialog(bringing, self._ports.servers, self._kit.clipboard, model, own=own)
        return await self._app.push_screen_wait(dialog)

    def _failed(self, failed: NotUp) -> FailedDialog:
        return FailedDialog(failed, self._ports.servers, self._kit.clipboard)


def changed(wish: Wish, failed: NotUp) -> Wish:
    """The wish with what the diagnosis offers."""
    return replace(wish, changes=(*wish.changes, *failed.diagnosis.flags))


def _form(wish: Wish, failed: NotUp) -> Form:
    """The form with what was started filled in, as it was."""
    if failed.settled is not None:
        said = failed.settled.said
        return Form(said if said.model else said.having("model", DEFAULT_MODEL), failed.settled.name)
    return Form(with_changes(wish.flags, wish.changes), wish.name)


async def _await(ports: BringPorts, record: ServerRecord) -> AsyncGenerator[BringEvent, None]:
    async with aclosing(await_server(ports.servers, record)) as events:
        async for event in events:
            yield event
