"""Boxes in the app: typed into the dialog or after /connect, opened by the link, told when they are down."""

from textual.app import App

from dsr1_tui.domain.config import EndpointConfig
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.ssh import SshPlace
from dsr1_tui.domain.target import Target
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.link import Phase
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.tui.screens.connect_dialog import ConnectDialog
from support.chat_pilot import ask, chat, shown, until
from support.fake_endpoint import FAKE_TARGET
from support.fake_kit import World
from support.tui_hosts import DialogHost, text_of

BOX = SshPlace(host="box", user="me")
TARGET = Target(base_url="ssh://me@box", via=BOX)
ENDPOINTS = {"lab": EndpointConfig(base_url="ssh://me@box/8001", model="r1")}


def dialog(endpoints: dict[str, EndpointConfig] | None = None) -> DialogHost:
    unset: dict[str, str] = {}
    return DialogHost(ConnectDialog(endpoints or {}, environ=unset.get))


def told(app: App[None]) -> str:
    return " ".join(" ".join(text_of(app)).split())


def is_ready(app: ChatApp) -> bool:
    return isinstance(app.screen, ChatScreen) and app.screen.link.phase is Phase.READY


async def test_a_box_is_typed() -> None:
    app = dialog()
    async with app.run_test(size=(80, 24)) as pilot:
        assert "or ssh user@box" in told(app)
        await pilot.press(*"ssh me@box")
        assert "→ by ssh to me@box; it may ask in the terminal" in told(app)
        await pilot.press("colon", "enter")
        assert "is not an ssh address" in told(app)
        await pilot.press("backspace", "enter")
        assert app.results == [TARGET]


async def test_a_box_of_the_file_is_chosen() -> None:
    app = dialog(ENDPOINTS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        place = SshPlace(host="box", user="me", remote_port=8001)
        assert app.results == [Target(base_url="ssh://me@box/8001", via=place, model="r1", name="lab")]


async def test_the_chat_opens_the_tunnel_and_talks_to_its_near_end() -> None:
    world = World()
    app = ChatApp(lambda: (world.kit(), world.launch(target=TARGET)))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: bool(world.opened), "the connection")
        assert world.tunnels.opened == [TARGET]
        assert world.opened == [Target(base_url=FAKE_TARGET.base_url, via=BOX)]
        await until(pilot, lambda: is_ready(app), "the link")
        assert "me@box" in told(app)
        await ask(pilot, app, "/connect ssh other")
        await until(pilot, lambda: len(world.opened) == 2, "the other box")
        assert world.tunnels.opened[-1].via == SshPlace(host="other")
        await pilot.press("f6")
        await until(pilot, lambda: "→ by ssh" in told(app) or "ssh://other" in told(app), "the dialog")


async def test_a_tunnel_that_does_not_open_is_told() -> None:
    world = World()
    world.tunnels.fault = Fault(FaultCode.SSH, "The host box is not known.", "Check its name.")
    app = ChatApp(lambda: (world.kit(), world.launch(target=TARGET)))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: bool(world.tunnels.opened) and "not known" in shown(app), "the fault")
        assert chat(app).link.phase is Phase.REFUSED
        assert world.opened == []


async def test_why_the_tunnel_is_down_is_told_once() -> None:
    world = World()
    app = ChatApp(lambda: (world.kit(), world.launch(target=TARGET)))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: is_ready(app), "the link")
        world.endpoint.fault = Fault(FaultCode.UNREACHABLE, "Nothing answers at me@box.")
        world.tunnels.down = Fault(FaultCode.SSH, "The connection to box broke.", "It is made anew.")
        chat(app).connection_lost()
        await until(pilot, lambda: "The connection to box broke." in shown(app), "the reason")
        assert shown(app).count("The connection to box broke.") == 1
