"""Starting vLLM from the start screen, and the start screen itself in the app."""

from dataclasses import replace

from textual import events

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.discovery import GIB, FoundServer, Gpu, MachineFacts, Speech
from dsr1_tui.domain.server.profile import ServerProfile
from dsr1_tui.ports import PortOwner
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.tui.screens.connect_dialog import ConnectDialog
from dsr1_tui.tui.screens.serve import ServeDialog
from dsr1_tui.tui.screens.start import StartScreen
from dsr1_tui.tui.screens.start_failed import FailedDialog
from dsr1_tui.tui.screens.starting import StartingDialog
from dsr1_tui.tui.serve_form import gpu_words
from support.chat_pilot import until
from support.fake_endpoint import answer_script
from support.fake_kit import World
from support.fake_plan import AWQ
from support.fake_server_host import NEVER, ServerScript
from support.serve_pilot import LOADING, NO_MEMORY, bare, on_dialog, on_start, started, text


async def test_vllm_is_installed_started_and_used() -> None:
    world = World([answer_script("hello")])
    world.servers.scripts.append(LOADING)
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await on_dialog(pilot, app)
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


async def test_the_fields_make_the_command_line() -> None:
    world = World()
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await on_dialog(pilot, app)
        fields = ["2048", "0.5", "", "0,1", "8765", "--dtype float16 --swap-space 4"]
        for typed in fields:
            await pilot.press("down")
            for char in typed:
                await pilot.press({" ": "space", "-": "minus", ".": "full_stop", ",": "comma"}.get(char, char))
        await pilot.press("enter")
        await until(pilot, lambda: "does nothing: vLLM's CPU build serves" in text(app), "what speaks against it")
        assert not world.servers.launched
        await pilot.press("enter")
        await until(pilot, lambda: bool(world.servers.launched), "the start all the same")
        (plan,) = world.servers.launched
        command = " ".join(plan.command)
        for words in ("--max-model-len 2048", "--gpu-memory-utilization 0.5", "--dtype float16", "--swap-space 4"):
            assert words in command
        assert plan.port == 8765
        assert plan.environment["CUDA_VISIBLE_DEVICES"] == "0,1"


async def test_a_slip_is_told_below_its_field() -> None:
    world = World()
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await on_dialog(pilot, app)
        await pilot.press("down", *"many", "enter")
        await until(pilot, lambda: "needs a whole number" in text(app), "the reason")
        assert not world.servers.launched


async def test_what_vllm_would_refuse_is_told_before_and_its_change_is_one_key() -> None:
    world = World()
    plain = "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"
    world.config_file.config = Config(
        servers={"small": ServerProfile(model=plain, quantization="awq"), "other": ServerProfile(model=AWQ)},
        server="small",
    )
    app = bare(world)
    async with app.run_test(size=(100, 36)) as pilot:
        await on_dialog(pilot, app)
        assert "awq" in text(app), "the default profile stands in the fields"
        await pilot.press("enter")
        await until(pilot, lambda: "needs a checkpoint made with" in text(app), "the refusal")
        assert "start without --quantization" in text(app)
        await pilot.press("enter")
        await until(pilot, lambda: bool(world.servers.launched), "the start")
        assert "--quantization" not in world.servers.launched[0].command


async def test_a_profile_fills_the_fields() -> None:
    world = World()
    profile = ServerProfile(model="/models/mine", port=8123, dtype="float16")
    world.config_file.config = Config(servers={"mine": profile})
    app = bare(world)
    async with app.run_test(size=(100, 36)) as pilot:
        await on_dialog(pilot, app)
        await pilot.press("up", "enter")
        await until(pilot, lambda: "--dtype float16" in text(app) and "8123" in text(app), "the filled fields")
        await pilot.press("enter")
        await until(pilot, lambda: bool(world.servers.launched), "the start")
        assert world.servers.launched[0].profile == "mine"
        assert world.servers.launched[0].port == 8123


async def test_a_failed_start_offers_the_repair_and_the_log() -> None:
    world = World()
    world.servers.scripts += [NO_MEMORY, ServerScript(ready_s=NEVER)]
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot, app)
        await until(pilot, lambda: isinstance(app.screen, FailedDialog), "the failure")
        shown = text(app)
        assert "vLLM did not start" in shown
        assert "The engine said" in shown
        assert "start again with --max-model-len 11904" in " ".join(shown.split())
        await pilot.press("l")
        await until(pilot, lambda: "port 8000" in text(app) and "ended" in text(app), "the log")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FailedDialog), "the failure again")
        await pilot.press("enter")
        await until(pilot, lambda: len(world.servers.launched) == 2, "another try")
        command = world.servers.launched[1].command
        assert command[command.index("--max-model-len") + 1] == "11904"
        await until(pilot, lambda: isinstance(app.screen, StartingDialog), "the progress")


async def test_the_flags_of_a_failed_start_can_be_edited() -> None:
    world = World()
    world.servers.scripts.append(NO_MEMORY)
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot, app, model="/models/big")
        await until(pilot, lambda: isinstance(app.screen, FailedDialog), "the failure")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ServeDialog), "the form")
        assert "/models/big" in text(app)
        await pilot.press("escape")
        await on_start(pilot, app)


async def test_escape_stops_a_start() -> None:
    world = World()
    world.servers.scripts.append(LOADING)
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot, app)
        await until(pilot, lambda: bool(world.servers.launched), "the start")
        await until(pilot, lambda: "last time" in text(app) or "starting" in text(app), "the progress")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen), "the start screen")
        assert world.servers.running() == ()
        assert world.servers.ended


async def test_a_second_escape_kills_what_does_not_heed() -> None:
    world = World()
    world.servers.scripts.append(ServerScript(ready_s=NEVER, heeds_s=NEVER))
    world.servers.stands = True
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot, app)
        await until(pilot, lambda: bool(world.servers.running()), "the start")
        await until(pilot, lambda: "http://127.0.0.1:8000" in text(app), "the record")
        await pilot.press("escape")
        await until(pilot, lambda: "it is killed after 15 s" in text(app), "the wait")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen), "the start screen")
        assert world.servers.ended[-1][1], "it was killed"
        assert world.servers.running() == ()


async def test_a_taken_port_is_told_and_the_next_one_is_one_key() -> None:
    world = World()
    world.servers.strangers = {8000: PortOwner(7, "nginx")}
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot, app)
        await until(pilot, lambda: "port 8000 is taken by nginx (process 7)" in " ".join(text(app).split()), "why")
        assert "use what" not in text(app), "it speaks no API"
        await pilot.press("enter")
        await until(pilot, lambda: bool(world.servers.launched), "the start")
        assert world.servers.launched[0].port == 8001


async def test_a_stranger_at_the_port_is_used_by_a_key() -> None:
    world = World()
    world.servers.strangers = {8000: PortOwner(7, "vllm")}
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot, app)
        world.probe.found[8000] = FoundServer(Speech.API, ("tiny-r1",))
        await until(pilot, lambda: isinstance(app.screen, FailedDialog), "the failure")
        if "use tiny-r1" not in " ".join(text(app).split()):  # it was looked for before it was there
            await pilot.press("e")
            await until(pilot, lambda: isinstance(app.screen, ServeDialog), "the form")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, FailedDialog), "the failure")
        assert "use tiny-r1, which answers on port 8000" in " ".join(text(app).split())
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and bool(world.opened), "the chat")
        assert world.opened[0].base_url == "http://127.0.0.1:8000/v1"
        assert not world.servers.launched


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


def test_gpus_are_listed_by_the_number_one_types_and_busy_ones_marked() -> None:
    card = Gpu("NVIDIA H200", 141 * GIB, free_bytes=140 * GIB)
    assert gpu_words((card, replace(card, free_bytes=20 * GIB))) == (
        "0: H200, 140 of 141 GiB free · 1: H200, 20 of 141 GiB free, busy"
    )
    assert gpu_words((Gpu("A"), Gpu("B", 8 * GIB))) == "0: A · 1: B, 8 GiB"
    assert gpu_words(()) == ""


async def test_the_form_tells_of_the_gpus_below_their_field() -> None:
    world = World()
    world.plan.machine = MachineFacts(gpus=(Gpu("NVIDIA H200", 141 * GIB, free_bytes=20 * GIB),))
    app = bare(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await on_dialog(pilot, app)
        await until(pilot, lambda: "0: H200, 20 of 141 GiB free, busy" in text(app), "the GPU")


async def test_arrows_that_come_in_a_burst_are_all_counted() -> None:
    app = bare(World())
    async with app.run_test(size=(100, 30)) as pilot:
        await on_dialog(pilot, app)
        for _ in range(5):
            app.post_message(events.Key("down", None))
        port = app.screen.query_one("#serve-port Input")
        await until(pilot, lambda: port.has_focus, "five fields further down")


async def test_two_quick_escapes_stop_the_start_and_not_the_program() -> None:
    world = World()
    world.servers.scripts.append(LOADING)
    app = bare(world)
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot, app)
        await until(pilot, lambda: bool(world.servers.launched), "the launch")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen), "the start screen")
        await pilot.press("escape")
        assert app.is_running
        assert isinstance(app.screen, StartScreen)
