"""The start screen: what it offers, by which key, and that late findings do not pull the mark away."""

import pytest

from dsr1_tui.domain.discovery import (
    GB,
    GIB,
    PLACES,
    Findings,
    FoundServer,
    Gpu,
    Looked,
    MachineFacts,
    Speech,
    VllmPlace,
)
from dsr1_tui.tui.screens.start import (
    Connect,
    Demo,
    Quit,
    StartChoice,
    StartScreen,
    StartServer,
    UseEndpoint,
    UseServer,
    facts_lines,
    ways_on,
)
from support.tui_hosts import DialogHost, text_of

NOTHING = tuple(Looked(place, None) for place in PLACES)
VLLM = Looked(PLACES[0], FoundServer(Speech.API, ("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", "maths-lora")))
LOCKED = Looked(PLACES[1], FoundServer(Speech.LOCKED))
BARE = Findings(servers=NOTHING, machine=MachineFacts(memory_bytes=24 * GIB, disk_free_bytes=120 * GB))
FULL = Findings(
    servers=(VLLM, LOCKED, *NOTHING[2:]),
    configured=("lab",),
    machine=MachineFacts(gpus=(Gpu("NVIDIA H200", 141 * GIB),), memory_bytes=1024 * GIB, vllm=VllmPlace.ENGINE),
)


def told(app: DialogHost) -> str:
    return "\n".join(text_of(app))


@pytest.mark.parametrize(
    ("keys", "choice"),
    [
        (["s"], StartServer()),
        (["d"], Demo()),
        (["q"], Quit()),
        (["down", "down", "enter"], Demo()),
        (["c", "d"], Connect()),
    ],
)
async def test_each_way_on_has_a_key(keys: list[str], choice: StartChoice) -> None:
    app = DialogHost(StartScreen(BARE))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        assert app.results == [choice]


async def test_it_paints_before_anything_is_known() -> None:
    app = DialogHost(StartScreen())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "looking …" in told(app)
        assert "c   connect to an endpoint …" in told(app)


async def test_enter_uses_the_server_that_was_found() -> None:
    screen = StartScreen()
    app = DialogHost(screen)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        screen.show(FULL)
        await pilot.pause()
        assert "▎ 1 use localhost:8000 DeepSeek-R1-Distill-Qwen-1.5B and 1 more" in " ".join(told(app).split())
        await pilot.press("enter")
        assert app.results == [UseServer(VLLM)]


async def test_findings_do_not_pull_the_mark_from_under_the_user() -> None:
    screen = StartScreen()
    app = DialogHost(screen)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("down", "down")
        screen.show(FULL)
        await pilot.press("enter")
        assert app.results == [Demo()]


async def test_named_endpoints_and_locked_servers_are_ways_on_too() -> None:
    ways = ways_on(FULL)
    assert [(way.key, way.title) for way in ways[:3]] == [
        ("1", "use localhost:8000"),
        ("2", "use localhost:11434"),
        ("3", "use lab"),
    ]
    assert ways[1].detail == "wants a key"
    app = DialogHost(StartScreen(FULL))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        assert app.results == [UseEndpoint("lab")]


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        (Findings(), "on this machine"),
        (BARE, "installs its own environment first (CPU)"),
        (Findings(machine=MachineFacts(gpus=(Gpu("GPU"),))), "installs its own environment first"),
        (FULL, "vLLM is installed"),
    ],
)
def test_starting_here_says_what_it_takes(findings: Findings, words: str) -> None:
    assert next(way for way in ways_on(findings) if way.key == "s").detail == words


def test_a_narrow_page_does_not_tell_servers_twice() -> None:
    assert any("Looked" in line.plain for line in facts_lines(FULL, 100))
    assert not any("Looked" in line.plain for line in facts_lines(FULL, 70))
    assert any("Looked" in line.plain for line in facts_lines(BARE, 70))


@pytest.mark.parametrize("size", [(60, 20), (20, 5)])
async def test_a_small_screen_still_leads_somewhere(size: tuple[int, int]) -> None:
    app = DialogHost(StartScreen(FULL, error="localhost:8000 refused the connection. Is it still running?"))
    async with app.run_test(size=size) as pilot:
        await pilot.press(*["down"] * 5, "up", "down")
        assert "▎" in told(app)
        await pilot.press("enter")
        assert app.results == [Demo()]


async def test_the_doctor_stands_above_the_start_screen() -> None:
    asked: list[str] = []
    app = DialogHost(StartScreen(BARE, doctor=lambda: asked.append("doctor")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("h", "f9")
    assert asked == ["doctor", "doctor"]
    assert app.results == []


@pytest.mark.parametrize("back", [False, True])
async def test_escape_leaves_unless_it_has_just_led_here(*, back: bool) -> None:
    app = DialogHost(StartScreen(BARE, back=back))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("escape")
        assert app.results == ([] if back else [Quit()])
        await pilot.press("q")
        assert app.results == [Quit()]
