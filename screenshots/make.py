"""Makes the pictures of this folder: drives the real app on the recorded demo and exports SVG, then PNG.

    python screenshots/make.py            all of them
    python screenshots/make.py panel      only those whose name contains the word
    python screenshots/make.py --png      only the PNGs, from the SVGs that are there

PNG needs `rsvg-convert` (Debian: librsvg2-bin) and a monospaced font with box drawing (fonts-dejavu); without it only
the SVGs are written.
"""

import asyncio
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from textual.pilot import Pilot

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.services.kit import Kit, Launch
from dsr1_tui.tui.app import ChatApp
from dsr1_tui.tui.screens.chat import ChatScreen
from dsr1_tui.wiring import build_kit

HERE = Path(__file__).parent
CELL = 12.2
"""Width of a cell in Textual's SVG."""
COLUMN = 64
"""Width of a column of the gallery, cells."""
PARTITIONS = (
    "In how many ways can 5 be written as a sum of two or more positive integers, if the order does not matter?"
)
QUADRATIC = "Solve x² − 5x + 6 = 0."
SERIES = "Evaluate the sum of n/3^n for n from 1 to infinity."
CHINESE = "一个长方形的周长是 36 厘米，长是宽的 2 倍，它的面积是多少？"


@dataclass(frozen=True)
class Shot:
    """One picture: where to start, what to do, how large."""

    name: str
    act: Callable[[Pilot[None], ChatApp], Awaitable[None]]
    size: tuple[int, int] = (120, 40)
    demo: bool = True


def chat(app: ChatApp) -> ChatScreen | None:
    """The chat screen, once it is there."""
    return app.screen if isinstance(app.screen, ChatScreen) else None


async def until(pilot: Pilot[None], ready: Callable[[], bool]) -> None:
    """Wait, in real time, until something is true."""
    for _ in range(1200):
        if ready():
            return
        await pilot.pause(0.05)
    raise SystemExit("a screenshot's scene did not come about")


async def ask(pilot: Pilot[None], app: ChatApp, text: str, *, wait: bool = True) -> None:
    """Ask, and wait for the whole answer."""
    await until(pilot, lambda: (screen := chat(app)) is not None and screen.session.connection is not None)
    screen = chat(app)
    assert screen is not None
    screen.composer.text = text
    await pilot.press("enter")
    await until(pilot, lambda: screen.turns.live is not None)
    if wait:
        await until(pilot, lambda: not screen.turns.busy)
        await pilot.pause(0.2)


async def start(pilot: Pilot[None], app: ChatApp) -> None:
    """The start screen, everything looked at."""
    await until(pilot, lambda: "no CUDA" in screen_text(app) or "GiB memory" in screen_text(app))


def screen_text(app: ChatApp) -> str:
    """What stands on the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())  # noqa: SLF001  Textual has no other way


async def streaming(pilot: Pilot[None], app: ChatApp) -> None:
    """In the middle of the thinking."""
    await ask(pilot, app, SERIES, wait=False)
    await until(pilot, lambda: screen_text(app).count("┆") >= 8)


async def answer(pilot: Pilot[None], app: ChatApp) -> None:
    """A finished answer with maths and a box."""
    await ask(pilot, app, SERIES)


async def panel(pilot: Pilot[None], app: ChatApp) -> None:
    """An answer with the settings beside it."""
    await ask(pilot, app, QUADRATIC)
    await pilot.press("f2")
    await pilot.pause(0.3)


async def picker(pilot: Pilot[None], app: ChatApp) -> None:
    """The picker of earlier conversations."""
    for text in (QUADRATIC, CHINESE):
        await ask(pilot, app, text)
        await pilot.press("ctrl+n")
    await pilot.press("ctrl+r")
    await pilot.pause(0.5)


async def chinese(pilot: Pilot[None], app: ChatApp) -> None:
    """A question in Chinese."""
    await ask(pilot, app, CHINESE)


async def loop(pilot: Pilot[None], app: ChatApp) -> None:
    """A thought that went in circles, turned into an answer."""
    await ask(pilot, app, "Is there an odd perfect number?")


async def helped(pilot: Pilot[None], app: ChatApp) -> None:
    """All keys."""
    await until(pilot, lambda: chat(app) is not None)
    await pilot.press("f1")
    await pilot.pause(0.3)


async def vote(pilot: Pilot[None], app: ChatApp) -> None:
    """Eight samples that vote, in the middle of it."""
    await until(pilot, lambda: (screen := chat(app)) is not None and screen.session.connection is not None)
    screen = chat(app)
    assert screen is not None
    screen.composer.text = PARTITIONS
    await pilot.press("f12")
    await until(pilot, lambda: "3 done" in screen_text(app))


async def voted(pilot: Pilot[None], app: ChatApp) -> None:
    """The winner under its grid."""
    await vote(pilot, app)
    await until(pilot, lambda: (screen := chat(app)) is not None and not screen.turns.busy)
    await pilot.pause(0.3)


SHOTS = (
    Shot("start", start, demo=False),
    Shot("streaming", streaming),
    Shot("answer", answer),
    Shot("answer-80x24", answer, size=(80, 24)),
    Shot("answer-60x20", answer, size=(60, 20)),
    Shot("panel", panel),
    Shot("picker", picker),
    Shot("chinese", chinese),
    Shot("loop", loop),
    Shot("help", helped),
    Shot("vote", vote),
    Shot("voted", voted),
)

SCENES = {"server-start": "serve-progress", "server-failed": "serve-failed", "server-form": "serve-form"}
"""Pictures that are the tests' own snapshots: a start that goes wrong at the right moment needs a stage."""
SNAPSHOTS = HERE.parent / "tests" / "tui" / "__snapshots__" / "test_tui_serve_snapshots"


def snapshot(name: str) -> Path:
    """A scene of the tests, which hold it to be what the app draws."""
    path = HERE / f"{name}.svg"
    shutil.copyfile(SNAPSHOTS / f"test_it_looks_as_it_did[{SCENES[name]}-120x40].svg", path)
    return path


def gallery() -> Path:
    """`dsr1-chat math --gallery` in three columns, cut between two formulas."""
    command = [sys.executable, "-m", "dsr1_tui", "math", "--gallery", "--width", str(COLUMN - 4)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    formulas = re.split(r"\n\n(?=\S)", printed.rstrip("\n"))
    rows = printed.count("\n") // 3
    columns: list[list[str]] = [[]]
    for formula in formulas:
        if len(columns) < 3 and len(columns[-1]) >= rows:
            columns.append([])
        columns[-1] += [*formula.split("\n"), ""]
    console = Console(record=True, width=3 * COLUMN, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in zip_longest(*columns, fillvalue=""):
        shown = Text()
        for cell in line:
            title = bool(cell) and not cell.startswith(" ")
            source = cell.startswith("    \\") or (cell.startswith("    ") and "\\" in cell)
            style = "bold cyan" if title else "bright_black" if source else ""
            shown.append(cell[: COLUMN - 2] + " " * max(COLUMN - cell_len(cell[: COLUMN - 2]), 0), style)
        console.print(shown, no_wrap=True, crop=True)
    path = HERE / "math-gallery.svg"
    console.save_svg(str(path), title="dsr1-chat math --gallery")
    return path


async def take(shot: Shot) -> Path:
    """Run one scene in a home of its own and export it."""
    with tempfile.TemporaryDirectory() as home:
        folders = {
            f"DSR1_{name}_DIR": f"{home}/{name.lower()}" for name in ("DATA", "CONFIG", "STATE", "CACHE", "ENGINE")
        }

        def prepare() -> tuple[Kit, Launch]:
            kit = build_kit({**folders, "PATH": os.defpath})
            return kit, Launch(config=Config(), flags=SamplingLayer(), demo=shot.demo)

        app = ChatApp(prepare)
        async with app.run_test(size=shot.size) as pilot:
            await shot.act(pilot, app)
            svg = app.export_screenshot(title="dsr1-chat")
            flow = app.flow
        if flow is not None:
            await flow.kit.aclose()
    path = HERE / f"{shot.name}.svg"
    path.write_text(svg, encoding="utf-8")
    return path


def shoot(shot: Shot) -> Path:
    """Run one scene to its end."""
    return asyncio.run(take(shot))


def to_png(svg: Path) -> None:
    """A PNG beside the SVG, with a font that is on the machine."""
    drawn = svg.read_text(encoding="utf-8").replace("Fira Code", "DejaVu Sans Mono")
    # The converter drops spaces at the beginning of a text element: move the element to where its first letter stands.
    drawn = re.sub(r'<text([^>]*) x="([0-9.]+)"([^>]*)>((?:&#160;)+)', _moved, drawn)
    command = ["rsvg-convert", "--zoom", "1", "-o", str(svg.with_suffix(".png"))]
    subprocess.run(command, input=drawn.encode(), check=True)


def _moved(match: re.Match[str]) -> str:
    before, x, after, spaces = match.groups()
    after = re.sub(r' textLength="[0-9.]+"', "", after)
    return f'<text{before} x="{float(x) + CELL * len(spaces) / len("&#160;"):.1f}"{after}>'


def main() -> None:
    """Make the pictures whose names contain the words given, or all."""
    if sys.argv[1:] == ["--png"]:
        for svg in sorted(HERE.glob("*.svg")):
            to_png(svg)
        return
    wanted = [shot for shot in SHOTS if not sys.argv[1:] or any(word in shot.name for word in sys.argv[1:])]
    makers: list[tuple[str, Callable[[], Path]]] = [(shot.name, partial(shoot, shot)) for shot in wanted]
    scenes = [name for name in SCENES if not sys.argv[1:] or any(word in name for word in sys.argv[1:])]
    makers += [(name, partial(snapshot, name)) for name in scenes]
    if not sys.argv[1:] or any(word in "math-gallery" for word in sys.argv[1:]):
        makers.append(("math-gallery", gallery))
    for name, make in makers:
        path = make()
        if shutil.which("rsvg-convert"):
            to_png(path)
        sys.stderr.write(f"{name}\n")


if __name__ == "__main__":
    main()
