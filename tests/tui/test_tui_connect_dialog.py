"""Connecting: named endpoints, addresses checked as they are typed, keys that are never shown."""

from collections.abc import Mapping

from dsr1_tui.domain.config import EndpointConfig
from dsr1_tui.domain.target import Target
from dsr1_tui.tui.screens.connect_dialog import ConnectDialog, Typed
from support.tui_hosts import DialogHost, text_of

ENDPOINTS: Mapping[str, EndpointConfig] = {
    "lab": EndpointConfig(base_url="http://gpu-box:8000", model="r1", api_key_env="LAB_KEY"),
    "tunnel": EndpointConfig(base_url="http://127.0.0.1:8001/v1"),
}
ENVIRON = {"LAB_KEY": "secret-of-lab", "EMPTY": " "}


def dialog(initial: str = "", *, typed: Typed | None = None, error: str = "", named: bool = True) -> ConnectDialog:
    return ConnectDialog(ENDPOINTS if named else {}, initial, environ=ENVIRON.get, typed=typed, error=error)


def told(app: DialogHost) -> str:
    return "\n".join(text_of(app))


async def test_a_named_endpoint_is_connected_to_with_its_key() -> None:
    app = DialogHost(dialog())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        assert app.results == [
            Target(base_url="http://gpu-box:8000/v1", model="r1", name="lab", api_key="secret-of-lab"),
        ]


async def test_an_address_is_checked_as_it_is_typed() -> None:
    app = DialogHost(dialog(named=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"box:9")
        assert "→ http://box:9/v1" in told(app)
        await pilot.press("x", "enter")
        assert "is not a base URL: bad port or address" in " ".join(told(app).split())
        assert app.results == []
        await pilot.press("backspace", "enter")
        assert app.results == [Target(base_url="http://box:9/v1")]


async def test_nothing_typed_is_told_only_on_enter() -> None:
    app = DialogHost(dialog(named=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "An address is needed" not in told(app)
        await pilot.press("enter")
        assert "An address is needed, like http://host:8000." in told(app)
        await pilot.press("escape")
        assert app.results == [None]


async def test_the_key_comes_from_a_variable_and_is_never_shown() -> None:
    app = DialogHost(dialog("box:9", named=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "r", "1", "down", *"LAB")
        assert "No variable of this name is set." in told(app)
        await pilot.press("enter")
        assert app.results == []
        await pilot.press(*"_KEY")
        assert "the key is sent to this endpoint only" in told(app)
        assert "secret-of-lab" not in told(app)
        await pilot.press("enter")
        assert app.results == [Target(base_url="http://box:9/v1", model="r1", api_key="secret-of-lab")]


async def test_a_key_typed_in_place_of_its_variable_is_not_repeated() -> None:
    app = DialogHost(dialog(typed=Typed(url="box:9", key_variable="sk-1/2")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        assert "Give the name, not the key itself." in " ".join(told(app).split())
        assert told(app).count("sk-1") == 1
        assert app.results == []


async def test_what_was_typed_stays_after_a_failure() -> None:
    first = dialog("lab")
    app = DialogHost(first)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
    assert first.typed == Typed(url="http://gpu-box:8000", model="r1", key_variable="LAB_KEY", name="lab")
    again = DialogHost(dialog(typed=first.typed, error="gpu-box:8000 refused the connection."))
    async with again.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "gpu-box:8000 refused the connection." in told(again)
        assert "LAB_KEY" in told(again)
        await pilot.press("backspace", "1", "enter")
        assert again.results == [Target(base_url="http://gpu-box:8001/v1", model="r1", api_key="secret-of-lab")]


async def test_arrows_reach_every_field_from_the_list_on() -> None:
    app = DialogHost(dialog())
    async with app.run_test(size=(60, 20)) as pilot:
        reached = []
        for _ in range(6):
            focused = app.screen.focused
            assert focused is not None
            reached.append(focused.id or (focused.parent and focused.parent.parent and focused.parent.parent.id))
            await pilot.press("down")
        assert reached == ["connect-list"] * 2 + ["connect-url", "connect-model", "connect-key", "connect-list"]


async def test_it_works_on_a_tiny_screen() -> None:
    app = DialogHost(dialog())
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.press("down", "down", *"box")
        assert "box" in told(app)
        await pilot.press("enter")
        assert app.results == [Target(base_url="http://box/v1")]
