"""A server of ours under the chat: kept or stopped on leaving, told when it dies, started again, its log shown."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.discovery import FoundServer, Speech
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.server.profile_file import OnQuit
from dsr1_tui.services.kit import Launch
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens import chat_server
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.tui.screens.quitting import QuitDialog
from dsr1_tui.tui.screens.serve import ServeDialog
from dsr1_tui.tui.screens.server_log import LogScreen
from dsr1_tui.tui.screens.start import StartScreen
from dsr1_tui.tui.screens.start_failed import FailedDialog
from support.chat_pilot import ask, chat, done, shown, until
from support.fake_endpoint import answer_script
from support.fake_kit import World
from support.fake_server_host import NEVER, ServerScript
from support.serve_pilot import NO_MEMORY, bare, on_start, started, text

UP = ServerScript(log=((0.0, "Application startup complete.\n"),), ready_s=0.0)
DEATH = "(EngineCore pid=2) ERROR 11-22 02:44:33 [core.py:1510] torch.OutOfMemoryError: CUDA out of memory. Tried.\n"

GONE = Fault(FaultCode.UNREACHABLE, "The endpoint does not answer.")


async def serving(pilot: Pilot[None], app: ChatApp, world: World) -> None:
    """From the start screen to a chat on a server that this run started."""
    await started(pilot, app)
    await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
    await until(pilot, lambda: chat(app).session.connection is not None, "the connection")
    await until(pilot, lambda: chat(app).session.server is not None, "whose server it is")
    assert world.servers.held()


async def test_leaving_asks_once_and_escape_goes_back() -> None:
    world = World()
    world.servers.scripts.append(UP)
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await serving(pilot, app, world)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog), "the question")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog), "the question")
        await pilot.press("k")
        await until(pilot, lambda: not app.is_running, "the end")
    (record,) = world.servers.running()
    assert record.kept
    assert world.config_file.on_quit == []


async def test_leaving_while_it_starts_ends_it_unasked() -> None:
    world = World()
    world.servers.scripts.append(ServerScript(ready_s=NEVER))
    world.servers.stands = True
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot, app)
        await until(pilot, lambda: bool(world.servers.running()), "the start")
        await pilot.press("ctrl+c", "ctrl+c")
        await until(pilot, lambda: not app.is_running, "the end")
        await until(pilot, lambda: not world.servers.running(), "the end of the server")


async def test_stopping_shows_how_far_it_is_and_may_be_remembered() -> None:
    world = World()
    world.servers.scripts.append(replace(UP, heeds_s=NEVER))
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await serving(pilot, app, world)
        world.servers.stands = True
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog), "the question")
        await pilot.press("r")
        await until(pilot, lambda: "it will not ask again" in text(app), "the mark")
        await pilot.press("s")
        await until(pilot, lambda: "it is killed after 15 s" in text(app), "the progress")
        await pilot.press("escape")
        await until(pilot, lambda: not app.is_running, "the end")
    assert world.servers.running() == ()
    assert world.servers.ended[-1][1], "it was killed"
    assert world.config_file.on_quit == [OnQuit.STOP]


@pytest.mark.parametrize("how", ["flag", "keep", "stop"])
async def test_what_was_said_before_is_not_asked(how: str) -> None:
    world = World()
    world.servers.scripts.append(UP)
    if how != "flag":
        world.config_file.config = Config(on_quit=OnQuit(how))
    launch = Launch(config=world.config_file.config, flags=world.launch().flags, keep=how == "flag")
    app = ChatApp(lambda: (world.kit(), launch))
    async with app.run_test(size=(100, 30)) as pilot:
        await serving(pilot, app, world)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running, "the end")
    assert bool(world.servers.running()) == (how != "stop")


async def test_a_chat_on_a_strangers_server_is_left_unasked() -> None:
    world = World()
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running, "the end")


async def test_a_server_that_dies_is_told_with_its_cause_and_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_server, "LOOK_S", 0.01)
    world = World([answer_script("four"), answer_script("five")])
    world.servers.scripts += [replace(UP, log=(*UP.log, (50.0, DEATH)), ends_s=60.0), UP]
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await serving(pilot, app, world)
        await ask(pilot, app, "2+2?")
        await done(pilot, app)
        world.endpoint.fault = GONE
        world.clock.advance(100)
        await until(pilot, lambda: "/restart" in shown(app), "the notice")
        told = " ".join(shown(app).split())
        assert "four" in told
        assert "has ended" in told
        assert "memory" in told
        await ask(pilot, app, "2+3?")
        await until(pilot, lambda: bool(chat(app).turns.queue), "the queue")
        assert "when the server is there" in text(app)
        world.endpoint.fault = None
        await pilot.press("enter")
        await until(pilot, lambda: len(world.servers.launched) == 2, "the restart")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        await until(pilot, lambda: "five" in shown(app), "the answer to what had waited")


async def test_a_restart_that_fails_offers_its_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_server, "LOOK_S", 0.01)
    world = World()
    world.servers.scripts += [replace(UP, ends_s=60.0), NO_MEMORY]
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await serving(pilot, app, world)
        world.endpoint.fault = GONE
        world.clock.advance(100)
        await until(pilot, lambda: "/restart" in shown(app), "the notice")
        chat(app).run_slash("/restart")
        await until(pilot, lambda: isinstance(app.screen, FailedDialog), "the failure")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")


async def test_the_log_is_had_from_the_chat() -> None:
    world = World()
    world.servers.scripts.append(UP)
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await serving(pilot, app, world)
        chat(app).run_slash("/log")
        await until(pilot, lambda: isinstance(app.screen, LogScreen), "the log")
        await until(pilot, lambda: "Application startup complete." in text(app), "its lines")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")


async def test_a_server_is_started_from_a_chat() -> None:
    world = World()
    world.servers.scripts.append(UP)
    app = ChatApp(world.prepare)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        chat(app).run_slash("/log")
        await until(pilot, lambda: "no server of ours" in text(app), "that there is none")
        chat(app).run_slash("/serve")
        await until(pilot, lambda: isinstance(app.screen, ServeDialog), "the form")
        await pilot.press("enter")
        await until(pilot, lambda: bool(world.servers.launched), "the start")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        await until(pilot, lambda: world.opened[-1].base_url == "http://127.0.0.1:8000/v1", "the connection")


async def test_a_kept_server_is_found_and_named_as_ours() -> None:
    world = World()
    plan_world = bare(world)
    world.servers.scripts.append(UP)
    async with plan_world.run_test(size=(100, 30)) as pilot:
        await serving(pilot, plan_world, world)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(plan_world.screen, QuitDialog), "the question")
        await pilot.press("k")
        await until(pilot, lambda: not plan_world.is_running, "the end")
    world.clock.advance(2 * 3600)
    world.probe.found[11434] = FoundServer(Speech.API, ("other",))
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await on_start(pilot, app)
        assert "ours, started 2 h ago" in text(app)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, ServeDialog), "the form")
        await until(pilot, lambda: "use DeepSeek-R1-Distill-Qwen-1.5B on port 8000" in text(app), "the offer")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen), "the start screen")
        await until(pilot, lambda: "ours, started" in text(app), "the way on")
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen), "the chat")
        await until(pilot, lambda: chat(app).session.server is not None, "whose server it is")


async def test_what_is_kept_is_told_once_the_chat_is_left() -> None:
    world = World()
    world.servers.scripts.append(UP)
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await serving(pilot, app, world)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog), "the question")
        await pilot.press("k")
        await until(pilot, lambda: not app.is_running, "the end")
    assert app.flow is not None
    assert [record.id for record in app.flow.kept] == [record.id for record in world.servers.running()]


async def test_quitting_is_heard_inside_a_dialog() -> None:
    world = World()
    world.servers.scripts.append(UP)
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await serving(pilot, app, world)
        chat(app).run_slash("/serve")
        await until(pilot, lambda: isinstance(app.screen, ServeDialog), "the form")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog), "the question")
        await pilot.press("s")
        await until(pilot, lambda: not app.is_running, "the end")
    assert world.servers.running() == ()
