"""The generation panel by keyboard: stepping, typing, refusing, resetting, leaving, keeping."""

from functools import partial

import pytest
from textual import events

from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SERVER, SamplingLayer
from dsr1_tui.tui.layers import Layer, Layers
from dsr1_tui.tui.widgets.setting_field import SettingField
from dsr1_tui.tui.widgets.settings_panel import APPLIES, PANEL_COMMANDS, SettingsPanel, detail_lines
from dsr1_tui.tui.widgets.settings_table import SETTINGS
from support.chat_pilot import until
from support.tui_hosts import PanelHost, text_of

R1 = Layers(rules=Rules.R1)


def changed(app: PanelHost) -> list[SamplingLayer]:
    return [event.layers.own.sampling for event in app.posted if isinstance(event, SettingsPanel.Changed)]


def row(app: PanelHost, name: str) -> SettingField:
    return app.query_one(f"#setting-{name.replace('_', '-')}", SettingField)


def told(app: PanelHost) -> str:
    """What the panel, docked at column 81 of 120, says, in one line."""
    words = [line[82:].replace("▎", " ") for line in text_of(app)]
    return " ".join(" ".join(words).split())


async def test_arrows_step_and_move() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("right", "right", "down", "left")
        assert changed(app) == [
            SamplingLayer(temperature=0.65),
            SamplingLayer(temperature=0.7),
            SamplingLayer(temperature=0.7, top_p=0.9),
        ]
        assert row(app, "top_p").has_focus
        await pilot.press("up", "up")
        assert row(app, "preset").has_focus, "the preset stands above"
        await pilot.press("up")
        assert row(app, "samples").has_focus, "the rows are a ring"
        await pilot.press("tab", "tab")
        assert row(app, "temperature").has_focus


async def test_typing_begins_an_edit_and_enter_takes_it() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"0.9")
        assert changed(app) == []
        assert row(app, "temperature").editing
        await pilot.press("enter")
        assert changed(app) == [SamplingLayer(temperature=0.9)]
        assert "temperature 0.90 chat" in told(app)
        assert "too high for R1" in told(app)


async def test_the_reason_stands_below_the_field_at_once() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3")
        lines = text_of(app)
        at = next(index for index, line in enumerate(lines) if "temperature 3" in line)
        assert "temperature must be 0 to 2" in lines[at + 1]
        await pilot.press("enter", "down")
        assert changed(app) == []
        assert row(app, "temperature").has_focus, "a wrong value is not left behind"
        await pilot.press("backspace", "1", "down")
        assert changed(app) == [SamplingLayer(temperature=1.0)]
        assert row(app, "top_p").has_focus


async def test_escape_leaves_the_edit_first_and_then_the_panel() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("9", "escape")
        assert not row(app, "temperature").editing
        assert app.posted == []
        await pilot.press("escape")
        assert [type(event) for event in app.posted] == [SettingsPanel.Left]


async def test_delete_asks_for_the_server_s_default_and_r_for_the_preset() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("delete")
        assert changed(app) == [SamplingLayer(temperature=SERVER)]
        assert row(app, "temperature").state.text == "server default"
        await pilot.press("r")
        assert changed(app)[-1] == SamplingLayer()
        assert row(app, "temperature").state.text == "0.60"


async def test_enter_edits_what_stands_there_and_nothing_changed_is_nothing_set() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "enter")
        assert changed(app) == []
        await pilot.press("enter", "left", "backspace", "7", "enter")
        assert changed(app) == [SamplingLayer(temperature=0.7)]


async def test_stop_strings_are_typed_as_text() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*["down"] * 9, "E", "N", "D", "comma", "\\", "n", "enter")
        assert changed(app) == [SamplingLayer(stop=("END", "\n"))]
        await pilot.press("right")
        assert len(changed(app)) == 1


async def test_a_paste_is_typed() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        field = row(app, "temperature")
        field.post_message(events.Paste("0.55\nsecond line"))
        await pilot.pause()
        await pilot.press("enter")
        assert changed(app) == [SamplingLayer(temperature=0.55)]


async def test_what_a_flag_holds_is_told_and_not_changed() -> None:
    app = PanelHost(Layers(flags=Layer(SamplingLayer(temperature=0.0))))
    async with app.run_test(size=(120, 40)) as pilot:
        for keys in (["right"], ["1"], ["enter"], ["delete"], ["r"]):
            await pilot.press(*keys)
            assert "set by --temperature for this run" in told(app)
        await pilot.press("down", "up")
        assert row(app, "temperature").error == ""
        assert changed(app) == []


async def test_keeping_as_default_gives_what_this_chat_sets() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+s")
        assert app.posted == []
        assert "nothing is set in this chat yet" in told(app)
        await pilot.press(*"0.7", "ctrl+s")
        last = app.posted[-1]
        assert isinstance(last, SettingsPanel.SaveDefault)
        assert last.own == Layer(SamplingLayer(temperature=0.7))
        app.panel.note("The file could not be written.", error=True)
        await pilot.pause()
        assert "The file could not be written." in told(app)
        await pilot.press("right")
        assert APPLIES in told(app)


async def test_layers_shown_anew_leave_what_is_being_typed() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("1")
        app.panel.show(Layers(config=Layer(SamplingLayer(temperature=0.3))))
        await pilot.press(".", "5", "enter")
        assert changed(app) == [SamplingLayer(temperature=1.5)]


async def test_losing_the_focus_takes_what_is_right_and_keeps_what_is_not() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("1")
        row(app, "seed").focus()
        await pilot.pause()
        assert changed(app) == [SamplingLayer(temperature=1.0)]
        await pilot.press("x")
        row(app, "stop").focus()
        await pilot.pause()
        assert row(app, "seed").editing
        assert "whole number" in row(app, "seed").error


async def test_the_focused_field_is_explained() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("down", "down", "down", "down", "down")
        assert "repetition_penalty · above 0, at most 2" in told(app)
        assert "Server default: 1.00, or the model's own." in told(app)


@pytest.mark.parametrize(("width", "room"), [(36, 5), (58, 4)])
def test_the_help_of_every_row_fits_into_its_place(width: int, room: int) -> None:
    for layers in (R1, Layers()):
        for setting in SETTINGS:
            assert len(detail_lines(setting, layers, width)) <= room, setting.name


async def test_every_key_is_told_at_the_foot() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(120, 40)):
        assert all(f"{command.label} {command.title}" in told(app) for command in PANEL_COMMANDS)


def seen(app: PanelHost, field: SettingField) -> bool:
    shown = field.region.intersection(app.query_one("#panel-fields").region)
    return shown.height >= min(field.region.height, 2) > 0


@pytest.mark.parametrize("size", [(120, 40), (60, 20), (20, 5)])
async def test_every_row_can_be_reached_and_seen(size: tuple[int, int]) -> None:
    app = PanelHost(R1)
    async with app.run_test(size=size) as pilot:
        await pilot.press("up")
        for setting in SETTINGS:
            field = row(app, setting.name)
            assert field.has_focus
            await until(pilot, partial(seen, app, field), f"{setting.name} in sight")
            await pilot.press("down")


async def test_the_panel_is_docked_laid_over_or_alone() -> None:
    for width, panel_width, page_width in ((120, 39, 81), (80, 39, 80), (60, 60, 60)):
        app = PanelHost(R1)
        async with app.run_test(size=(width, 24)):
            assert app.panel.region.width == panel_width
            assert app.query_one("#page").region.width == page_width
            assert app.panel.region.right == width


async def test_what_is_wrong_with_the_last_row_is_in_view_on_a_small_screen() -> None:
    app = PanelHost(R1)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("up", "up", "x", "enter")
        await pilot.pause()
        assert row(app, "samples").has_focus
        assert "samples must be 1 to 64" in "\n".join(text_of(app))
