"""Starting vLLM from the start screen, and the start screen itself in the app."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from dsr1_tui.domain.discovery import FoundServer, Speech
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.tui.screens.connect_dialog import ConnectDialog
from dsr1_tui.tui.screens.serve import ServeScreen
from dsr1_tui.tui.screens.start import StartScreen
from support.fake_endpoint import answer_script
from support.fake_kit import World
from support.fake_server_host import NEVER, ServerScript

LOADING = ServerScript(log=((0.0, "Loading weights\n"),), ready_s=NEVER)


async def until(pilot: Pilot[None], ready: Callable[[], bool], what: str) -> None:
    for _ in range(400):
        if ready():
            return
        await pilot.pause(0.01)
    pytest.fail(f"{what} did not come true")


def text(app: ChatApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def bare(world: World) -> ChatApp:
    return ChatApp(lambda: (world.kit(), world.launch(target=None)))


async def on_start(pilot: Pilot[None], app: ChatApp) -> None:
    await until(pilot, lambda: isinstance(app.screen, StartScreen) and "GiB memory" in text(app), "the start screen")


async def test_vllm_is_installed_started_and_used() -> None:
    world = World([answer_script("hello")])
    world.servers.scripts.append(LOADING)
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await on_start(pilot, app)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, ServeScreen), "the dialog")
        await until(pilot, lambda: "will be installed" in text(app), "what it takes")
        await pilot.press("enter")
        await until(pilot, lambda: bool(world.servers.launched), "the start")
        await until(pilot, lambda: "Loading weights" in text(app), "the log's last line")
        (plan,) = world.servers.launched
        assert plan.model == "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"
        assert "--enforce-eager" in plan.command, "it is the CPU build"
        world.servers.let_up()
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        await until(pilot, lambda: bool(world.opened), "the connection")


async def test_a_failed_start_says_why_and_can_be_tried_again() -> None:
    world = World()
    words = "(EngineCore pid=2) ERROR 11-22 02:44:33 [core.py:1510] torch.OutOfMemoryError: CUDA out of memory.\n"
    world.servers.scripts += [ServerScript(log=((0.0, words),), ready_s=NEVER, ends_s=1.0)] * 2
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await on_start(pilot, app)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, ServeScreen), "the dialog")
        await pilot.press("enter")
        await until(pilot, lambda: "memory" in text(app) and "enter tries again" in text(app), "the reason")
        await pilot.press("enter")
        await until(pilot, lambda: len(world.servers.launched) == 2, "another try")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen), "the start screen")


async def test_escape_stops_a_start() -> None:
    world = World()
    world.servers.scripts.append(LOADING)
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await on_start(pilot, app)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, ServeScreen), "the dialog")
        await pilot.press("enter")
        await until(pilot, lambda: bool(world.servers.launched), "the start")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen), "the start screen")
        assert world.servers.running() == ()
        assert world.servers.ended


async def test_a_vllm_at_its_usual_port_is_used_at_once() -> None:
    world = World()
    world.probe.found[8000] = FoundServer(Speech.API, ("tiny-r1",))
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        await until(pilot, lambda: bool(world.opened), "the connection")
        assert world.opened[0].base_url == "http://localhost:8000/v1"


async def test_connect_and_demo_lead_on() -> None:
    world = World()
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await on_start(pilot, app)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConnectDialog), "the dialog")
        await pilot.press("escape")
        await on_start(pilot, app)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        assert app.screen.bar.state.note == "recorded answers"  # type: ignore[attr-defined]  # narrowed by the wait
