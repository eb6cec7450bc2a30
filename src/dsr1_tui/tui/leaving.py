"""What becomes of the servers that this run started when the chat is left: kept, stopped, or asked about once."""

import asyncio

from textual.app import App

from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.server.profile_file import OnQuit
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.services.kit import Kit, Launch
from dsr1_tui.services.neighbours import held_servers
from dsr1_tui.services.serve import ServePorts, keep_server
from dsr1_tui.tui.screens.quitting import Choose, QuitDialog, StoppingDialog
from dsr1_tui.tui.screens.starting import StartingDialog


async def settle_servers(app: App[None], kit: Kit, launch: Launch) -> tuple[ServerRecord, ...] | None:
    """Settle it; those that run on, or `None` where the chat is not to be left. To be awaited in a worker."""
    if any(isinstance(screen, StartingDialog) for screen in app.screen_stack):
        return ()  # one that is still coming up is not kept: it ends with the watching, as by `esc`
    ports = kit.find_servers()
    held = await held_servers(ports)
    if not held:
        return ()
    choice = _choice(kit, launch)
    if choice is None:
        choice = await app.push_screen_wait(QuitDialog(held))
        if choice is None:
            return None
        if choice.remember:
            await _remember(app, kit, keep=choice.keep)
    if choice.keep:
        return await _keep(ports, held)
    await app.push_screen_wait(StoppingDialog(ports, held))
    return ()


def _choice(kit: Kit, launch: Launch) -> Choose | None:
    """What was said before; `None`: ask."""
    if launch.keep:
        return Choose(keep=True, remember=False)
    try:
        on_quit = kit.config_file.load().on_quit
    except FaultError:  # a file that was broken meanwhile says nothing
        on_quit = OnQuit.ASK
    return None if on_quit is OnQuit.ASK else Choose(keep=on_quit is OnQuit.KEEP, remember=False)


async def _remember(app: App[None], kit: Kit, *, keep: bool) -> None:
    try:
        await asyncio.to_thread(kit.config_file.save_on_quit, OnQuit.KEEP if keep else OnQuit.STOP)
    except FaultError as error:
        app.notify(error.fault.line, severity="warning", markup=False)


async def _keep(ports: ServePorts, held: tuple[ServerRecord, ...]) -> tuple[ServerRecord, ...]:
    kept: list[ServerRecord] = []
    for record in held:
        try:
            kept.append(await keep_server(ports, record))
        except FaultError:  # it has ended by itself meanwhile
            continue
    return tuple(kept)
