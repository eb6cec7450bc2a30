"""Header and footer: what is dropped first, and that nothing ever overlaps or leaves the line."""

from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.context import Room
from dsr1_tui.tui.command import Area, Command
from dsr1_tui.tui.widgets.key_bar import KeyBar, fitting
from dsr1_tui.tui.widgets.status_bar import BarState, LinkState, StatusBar, bar_line
from support.tui_hosts import WidgetHost, text_of

FULL = BarState(
    model="deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",
    endpoint="gpu-box:8000",
    state=LinkState.READY,
    room=Room(prompt=1204, reply=4096, limit=32768, exact=True),
)


def command(name: str, rank: int, key: str = "f5") -> Command:
    return Command(id=name, action=name, title=name, help=name, area=Area.APP, keys=(key,), footer=rank)


def test_wide_header_says_everything() -> None:
    line = bar_line(FULL, 120).plain
    assert line.startswith(" dsr1-chat   DeepSeek-R1-Distill-Qwen-1.5B · gpu-box:8000 ")
    assert line.endswith("● ready   ctx 1,204 / 32,768  4 % ")


def test_parts_go_in_the_agreed_order() -> None:
    widths = {
        part: min(width for width in range(20, 140) if part in bar_line(FULL, width).plain)
        for part in ("4 %", "ctx 1,204", "gpu-box", "dsr1-chat", "DeepSeek-R1-Distill-Qwen-1.5B", "ready")
    }
    assert list(widths) == sorted(widths, key=lambda part: -widths[part])
    assert widths["ready"] == 20


def test_model_is_cut_behind_a_word() -> None:
    assert bar_line(FULL, 36).plain.strip().startswith("DeepSeek-R1-Distill-Qwen… ")


def test_an_estimate_carries_its_sign() -> None:
    line = bar_line(replace(FULL, room=Room(prompt=1204, limit=32768)), 120).plain
    assert "ctx ≈1,204 / 32,768  ≈4 %" in line


def test_without_a_limit_only_the_count_is_told() -> None:
    assert "ctx 1,204 " in bar_line(replace(FULL, room=Room(prompt=1204, exact=True)), 120).plain


def test_model_names_cannot_act_on_the_terminal() -> None:
    line = bar_line(replace(FULL, model="evil\x1b]0;x\x07[bold]", endpoint="a\nb"), 120).plain
    assert "\x1b" not in line
    assert "\n" not in line
    assert "[bold]" in line


@given(
    st.builds(
        BarState,
        model=st.text(max_size=60),
        endpoint=st.text(max_size=30),
        state=st.sampled_from(LinkState),
        room=st.none()
        | st.builds(Room, prompt=st.integers(0, 10**7), limit=st.none() | st.integers(0, 10**7), exact=st.booleans()),
        note=st.text(max_size=30),
    ),
    st.integers(20, 160),
)
def test_header_fits_and_says_the_state(state: BarState, width: int) -> None:
    line = bar_line(state, width)
    assert line.cell_length <= width
    assert state.state.value in line.plain


@pytest.mark.parametrize("width", [1, 2, 7, 12])
def test_header_of_an_absurdly_narrow_screen_still_fits(width: int) -> None:
    assert bar_line(FULL, width).cell_length <= width


async def test_header_repaints_only_on_change() -> None:
    bar = StatusBar()
    app = WidgetHost(bar)
    async with app.run_test(size=(100, 4)) as pilot:
        bar.show(FULL)
        await pilot.pause()
        assert "ready" in text_of(app)[0]
        with patch.object(bar, "refresh") as refresh:
            bar.show(replace(FULL))
            assert not refresh.called
            bar.show(replace(FULL, state=LinkState.THINKING))
            assert refresh.called


def test_footer_keeps_the_highest_ranks() -> None:
    commands = [command("low", 1), command("high", 9), command("hidden", 0), command("middle", 5)]
    assert [one.id for one in fitting(commands, 100)] == ["high", "middle", "low"]
    assert [one.id for one in fitting(commands, 22)] == ["high", "middle"]
    assert fitting(commands, 3) == []


def test_footer_of_a_small_screen_keeps_three() -> None:
    assert len(fitting([command(f"c{rank}", rank) for rank in range(1, 9)], 60)) == 3


async def test_a_click_on_a_key_names_its_command() -> None:
    chosen: list[str] = []

    class Host(WidgetHost):
        def on_key_bar_chosen(self, event: KeyBar.Chosen) -> None:
            chosen.append(event.command.id)

    keys = KeyBar([command("first", 9), command("second", 5)])
    async with Host(keys).run_test(size=(60, 4)) as pilot:
        await pilot.click(KeyBar, offset=(2, 0))
        await pilot.click(KeyBar, offset=(14, 0))
        await pilot.click(KeyBar, offset=(50, 0))
    assert chosen == ["first", "second"]
