"""Driving the screens that start servers: from the start screen to the form, and on."""

from textual.pilot import Pilot

from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.serve import ServeDialog
from dsr1_tui.tui.screens.start import StartScreen
from support.chat_pilot import until
from support.fake_kit import World
from support.fake_server_host import NEVER, ServerScript

LOADING = ServerScript(log=((0.0, "Loading weights\n"),), ready_s=NEVER)
_CORE = "(EngineCore pid=2) "
_TOO_SMALL = (
    f"{_CORE}ERROR 11-22 02:44:33 [core.py:1510] ValueError: To serve at least one request with the models's "
    "max seq len (32768), (0.88 GiB KV cache is needed, which is larger than the available KV cache memory "
    "(0.32 GiB). Based on the available memory, the estimated maximum model length is 11904. Try increasing "
    "`gpu_memory_utilization` or decreasing `max_model_len` when initializing the engine.\n"
)
NO_MEMORY = ServerScript(
    log=((0.0, "(APIServer pid=1) INFO 11-22 02:44:14 [model.py:2152] Using max model len 32768\n"), (0.0, _TOO_SMALL)),
    ready_s=NEVER,
    ends_s=1.0,
)


def text(app: ChatApp) -> str:
    """The whole screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def bare(world: World) -> ChatApp:
    """The chat without an endpoint."""
    return ChatApp(lambda: (world.kit(), world.launch(target=None)))


async def on_start(pilot: Pilot[None], app: ChatApp) -> None:
    await until(pilot, lambda: isinstance(app.screen, StartScreen) and "GiB memory" in text(app), "the start screen")


async def on_dialog(pilot: Pilot[None], app: ChatApp) -> None:
    await on_start(pilot, app)
    await pilot.press("s")
    await until(pilot, lambda: isinstance(app.screen, ServeDialog) and "It will listen" in text(app), "the form")


async def started(pilot: Pilot[None], app: ChatApp, *, model: str = "") -> None:
    """From the start screen to a start that goes on."""
    await on_dialog(pilot, app)
    if model:
        assert isinstance(app.screen, ServeDialog)
        app.screen._fields["model"].value = model
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(app.screen, ServeDialog), "the start")
