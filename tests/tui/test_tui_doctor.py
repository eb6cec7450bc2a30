"""The doctor's page: how it looks, what its keys do, and how the chat calls it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from types import SimpleNamespace

import pytest
from textual.app import App
from textual.pilot import Pilot

from dsr1_tui.domain.doctor import KINDS, Check, CheckId, State, failed, passed, skipped, warned
from dsr1_tui.domain.target import Target
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.commands import BY_SLASH
from dsr1_tui.tui.screens.chat_doctor import DoctorActions
from dsr1_tui.tui.screens.doctor import DoctorScreen, doctor_lines
from support.fake_doctor import FakeDoctor
from support.tui_hosts import DialogHost, Host, settle

SnapCompare = Callable[..., bool]
SIZES = [(120, 40), (80, 24), (60, 20)]

HELD = "  held by python train.py (pid 4711, 120.0 GiB)"
TOLD = {
    CheckId.PYTHON: passed(CheckId.PYTHON, "3.11.7 (linux); the engine's 3.11.7"),
    CheckId.GPU: failed(
        CheckId.GPU,
        "1 of 1 without room for 92% of the memory (NVML)",
        "End what holds the memory, or start with --gpus 0 --gpu-memory-utilization 0.12.",
        "GPU 0 NVIDIA H200: 20.0 of 141.0 GiB free",
        HELD,
    ),
    CheckId.DRIVER: passed(CheckId.DRIVER, "580.65.6, runs the newest vLLM"),
    CheckId.PORT: warned(
        CheckId.PORT,
        "8000 is taken by nginx (pid 12)",
        "Start with --port 8001; or talk to what listens there: --base-url http://127.0.0.1:8000",
    ),
    CheckId.MODEL: skipped(
        CheckId.MODEL,
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B is not on this machine",
        "The first start downloads it (≈3.6 GB); or give a folder: --model FOLDER",
    ),
}
ALL = tuple(TOLD.get(known, passed(known, f"{kind.title} is well")) for known, kind in KINDS.items())


async def whole() -> AsyncGenerator[Check, None]:
    for check in ALL:
        yield check


async def halted() -> AsyncGenerator[Check, None]:
    for check in ALL[:9]:
        yield check
    await asyncio.Event().wait()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_it_looks_as_it_did(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(DialogHost(DoctorScreen(whole)), terminal_size=size, run_before=settle)


def test_half_way_it_says_what_it_waits_for(snap_compare: SnapCompare) -> None:
    app = DialogHost(DoctorScreen(halted))

    async def come(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "looking … 9 of" in shown(app), "the ninth check")

    assert snap_compare(app, terminal_size=(80, 24), run_before=come)


@pytest.mark.parametrize("width", [1, 2, 10, 30, 60, 61, 100])
def test_no_line_is_wider_than_the_page_and_all_of_it_is_there(width: int) -> None:
    lines = [line.plain for line in doctor_lines(ALL, width)]
    if width >= 30:
        assert max(cells(line) for line in lines) <= width
        joined = "".join("".join(lines).split())
        for check in ALL:
            for text in (check.found, check.remedy, *check.detail):
                assert "".join(text.split()) in joined


def test_foreign_text_cannot_steer_the_terminal() -> None:
    bad = passed(CheckId.PYTHON, "3.11\x1b[31m\u202e", "a\x07b")
    text = "\n".join(line.plain for line in doctor_lines((bad,), 80))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def shown(app: App[None]) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[None], ready: Callable[[], bool], what: str) -> None:
    for _ in range(400):
        if ready():
            return
        await pilot.pause(0.01)
    pytest.fail(f"{what} did not come true")


async def test_r_looks_again_and_gives_up_what_runs() -> None:
    begun: list[int] = []
    ended: list[int] = []

    async def examine() -> AsyncGenerator[Check, None]:
        number = len(begun)
        begun.append(number)
        try:
            yield passed(CheckId.PYTHON, f"run {number}")
            await asyncio.Event().wait()
        finally:
            ended.append(number)

    app = DialogHost(DoctorScreen(examine))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "run 0" in shown(app), "the first look")
        await pilot.press("r")
        await until(pilot, lambda: "run 1" in shown(app), "the second look")
        assert "run 0" not in shown(app)
        assert ended == [0]
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, DoctorScreen), "the page's end")
        await until(pilot, lambda: ended == [0, 1], "the end of what ran")


async def test_it_scrolls_to_the_last_check_by_keys() -> None:
    app = DialogHost(DoctorScreen(whole))
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "Python" in shown(app), "the checks")
        assert "stream interval" not in shown(app)
        for _ in range(12):
            await pilot.press("pagedown")
        await until(pilot, lambda: "stream interval" in shown(app), "the last check")


async def test_a_fault_of_our_own_is_said() -> None:
    async def examine() -> AsyncGenerator[Check, None]:
        yield passed(CheckId.PYTHON, "3.11")
        raise ZeroDivisionError

    app = DialogHost(DoctorScreen(examine))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "ZeroDivisionError" in shown(app), "the fault")


class Caller(DoctorActions):
    """A screen as the chat is one to the action."""

    def __init__(self, target: Target | None, model: str | None, world: FakeDoctor) -> None:
        super().__init__()
        self.world = world
        connection = None if model is None else SimpleNamespace(model=SimpleNamespace(id=model))
        kit = SimpleNamespace(find_doctor=world.ports)
        self.session = SimpleNamespace(connection=connection, kit=kit)  # type: ignore[assignment]  # what is read of it
        self.link = SimpleNamespace(target=target)  # type: ignore[assignment]  # as above


@pytest.mark.parametrize(
    ("target", "model", "looked_at"),
    [
        (Target(base_url="http://box:8000/v1"), "tiny-r1", [("http://box:8000/v1", "tiny-r1")]),
        (Target(base_url="http://box:8000/v1"), None, [("http://box:8000/v1", None)]),
        (Target(base_url="ssh://me@box"), None, []),
        (None, None, []),
    ],
)
async def test_the_chat_has_its_own_endpoint_looked_at(
    target: Target | None, model: str | None, looked_at: list[tuple[str, str | None]]
) -> None:
    world = FakeDoctor()
    app = Host()
    async with app.run_test(size=(100, 40)) as pilot:
        await app.push_screen(Caller(target, model, world))
        assert BY_SLASH["doctor"].action == "doctor"
        await app.screen.run_action(BY_SLASH["doctor"].action)
        await until(pilot, lambda: "skipped" in shown(app) and "looking …" not in shown(app), "the report")
        assert [(one.base_url, one.model) for one in world.targets] == looked_at
        assert world.asked == [False], "the screen is drawn: the terminal is not asked"
        assert any(state.word in shown(app) for state in State)
