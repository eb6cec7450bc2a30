"""How panel, pickers, start screen and help look, at the three sizes that matter."""

from collections.abc import Callable
from datetime import UTC

import pytest
from textual.app import App

from dsr1_tui.domain.discovery import GB, GIB, PLACES, Findings, FoundServer, Gpu, Looked, MachineFacts, Speech
from dsr1_tui.domain.ids import ConversationId
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SERVER, SamplingLayer
from dsr1_tui.domain.steering import LoopPolicy, Steering
from dsr1_tui.tui.command import Area, Command
from dsr1_tui.tui.layers import Layer, Layers
from dsr1_tui.tui.screens.help import HelpScreen
from dsr1_tui.tui.screens.history_picker import HistoryPicker
from dsr1_tui.tui.screens.start import StartScreen
from dsr1_tui.tui.screens.writing import WritingDialog
from dsr1_tui.tui.widgets.setting_steering import INSTRUCTIONS
from support.tui_hosts import DialogHost, PanelHost, settle
from support.tui_samples import NOW, past

SnapCompare = Callable[..., bool]
MIDDLE = (80, 24)
SIZES = [(120, 40), MIDDLE, (60, 20)]
ONCE = {"panel-error", "start-found", "writing"}
"""Variants of which one picture is enough."""

PANEL = Layers(
    own=Layer(
        SamplingLayer(temperature=0.75, max_tokens=4096, top_p=SERVER, stop=("\n\n", "END")),
        Steering(preset="math", budget_tokens=4096, budget_s=0.0, instructions="Answer in French,\nand briefly."),
    ),
    config=Layer(steering=Steering(loop_policy=LoopPolicy.RETRY)),
    flags=Layer(SamplingLayer(seed=42)),
    samples=8,
    rules=Rules.R1,
    limit=32_768,
)
BARE = Findings(
    servers=tuple(Looked(place, None) for place in PLACES),
    machine=MachineFacts(memory_bytes=24 * GIB, disk_free_bytes=120 * GB),
)
FOUND = Findings(
    servers=(
        Looked(PLACES[0], FoundServer(Speech.API, ("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", "maths-lora"))),
        *(Looked(place, None) for place in PLACES[1:]),
    ),
    configured=("lab",),
    machine=MachineFacts(gpus=(Gpu("NVIDIA H200", 141 * GIB),), memory_bytes=1024 * GIB, disk_free_bytes=900 * GB),
)
TABLE = (
    Command(id="send", action="send", title="send", help="Send the question.", area=Area.CHAT, key_label="enter"),
    Command(id="stop", action="stop", title="stop", help="Stop the answer; what has come is kept.", area=Area.ANSWER,
            keys=("escape",), slash="stop"),
    Command(id="panel", action="panel", title="settings", help="Open or close the generation settings.",
            area=Area.MODEL, keys=("f2",), slash="settings"),
)  # fmt: skip
"""A table of its own, so that a new command of the chat does not change these pictures."""

SCREENS: dict[str, tuple[Callable[[], App[None]], list[str]]] = {
    "panel": (lambda: PanelHost(PANEL), []),
    "panel-error": (lambda: PanelHost(PANEL), ["3"]),
    "panel-steering": (lambda: PanelHost(PANEL), [*["down"] * 10]),
    "writing": (lambda: DialogHost(WritingDialog("Instructions", INSTRUCTIONS.help, "Answer in French.")), []),
    "history": (lambda: DialogHost(HistoryPicker(past(), NOW, ConversationId("roots"), debounce=0, zone=UTC)), []),
    "start-bare": (lambda: DialogHost(StartScreen(BARE)), ["down"]),
    "start-found": (lambda: DialogHost(StartScreen(FOUND)), []),
    "help": (lambda: DialogHost(HelpScreen(TABLE)), []),
}


PICTURES = [(name, size) for name in SCREENS for size in SIZES if size == MIDDLE or name not in ONCE]


@pytest.mark.parametrize(
    ("name", "size"), PICTURES, ids=lambda part: part if isinstance(part, str) else f"{part[0]}x{part[1]}"
)
def test_it_looks_as_it_did(snap_compare: SnapCompare, name: str, size: tuple[int, int]) -> None:
    make, press = SCREENS[name]
    assert snap_compare(make(), press=press, terminal_size=size, run_before=settle)
