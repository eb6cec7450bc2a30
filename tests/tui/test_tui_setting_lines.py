"""Rows of the generation panel as pure values: resolution, origin, band, edit line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.presets import AUTO, BUILT_IN, Preset
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SERVER, SamplingLayer, Value, resolve
from dsr1_tui.domain.sampling_fields import BY_NAME
from dsr1_tui.domain.steering import Steering
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.layers import Layer, Layers
from dsr1_tui.tui.widgets.band import WIDTH, band, verdict
from dsr1_tui.tui.widgets.line_edit import LineEdit
from dsr1_tui.tui.widgets.panel_state import Banded, Source
from dsr1_tui.tui.widgets.setting import Setting
from dsr1_tui.tui.widgets.setting_lines import RowLook, row_lines
from dsr1_tui.tui.widgets.settings_table import SETTING_NAMED, SETTINGS

TEMPERATURE = BY_NAME["temperature"]
CREATIVE = next(preset for preset in BUILT_IN if preset.name == "creative")
R1 = Layers(rules=Rules.R1)


def setting(**fields: Value) -> Layers:
    """R1, with this set in the chat."""
    layer = SamplingLayer()
    for name, value in fields.items():
        layer = layer.having(name, value)
    return R1.with_sampling(layer)


@pytest.mark.parametrize(
    ("layers", "text", "source"),
    [
        (R1, "0.60", Source.PRESET),
        (Layers(), "server default", Source.NOWHERE),
        (Layers(config=Layer(SamplingLayer(temperature=0.9)), rules=Rules.R1), "0.90", Source.CONFIG),
        (Layers(config=Layer(SamplingLayer(temperature=SERVER))), "server default", Source.CONFIG),
        (R1.with_sampling(SamplingLayer(temperature=SERVER)), "server default", Source.CHAT),
        (R1.with_steering(Steering(preset="marking")), "0.40", Source.PRESET),
        (Layers(own=Layer(SamplingLayer(temperature=1.0))), "1.00", Source.CHAT),
        (
            Layers(own=Layer(SamplingLayer(temperature=1.0)), flags=Layer(SamplingLayer(temperature=0.0))),
            "0.00",
            Source.FLAG,
        ),
    ],
)
def test_a_field_knows_its_value_and_where_it_is_from(layers: Layers, text: str, source: Source) -> None:
    row = SETTING_NAMED["temperature"]
    state = row.state(layers)
    assert (state.text, state.source) == (text, source)
    preset = layers.preset.layer(layers.rules)
    sent = resolve(preset, layers.config.sampling, layers.own.sampling, layers.flags.sampling)
    assert state.typed == ("" if sent.temperature is None else f"{sent.temperature:.2f}")
    assert row.origin(layers)


@pytest.mark.parametrize(
    ("value", "preset", "bar", "words"),
    [
        (0.6, AUTO, "┄┄┄─━●━─┄┄┄", "0.5–0.7 best for R1"),
        (0.75, AUTO, "┄┄┄─━━━●┄┄┄", "a bit high for R1"),
        (0.45, AUTO, "┄┄┄●━━━─┄┄┄", "a bit low for R1"),
        (2.0, AUTO, "┄┄┄─━━━─┄┄●", "too high for R1"),
        (0.0, AUTO, "●┄┄─━━━─┄┄┄", "too low for R1"),
        (None, AUTO, "┄┄┄─━━━─┄┄┄", "0.5–0.7 best for R1"),
        (0.9, AUTO, "┄┄┄─━━━─●┄┄", "too high for R1"),
        (0.9, CREATIVE, "┄┄┄─━━━─●┄┄", "a bit high for R1"),
        (0.95, CREATIVE, "┄┄┄─━━━──●┄", "too high for R1"),
    ],
)
def test_the_band_marks_the_value(value: float | None, preset: Preset, bar: str, words: str) -> None:
    banded = Banded(spec=TEMPERATURE, value=value, preset=preset)
    assert band(banded).plain == bar
    assert len(bar) == WIDTH
    assert verdict(banded)[0] == words


def rows(name: str, layers: Layers, width: int, **look: object) -> list[str]:
    row = SETTING_NAMED[name]
    state = row.state(layers)
    look.setdefault("live", state)
    return [line.plain for line in row_lines(row, state, RowLook(**look), width)]  # type: ignore[arg-type]  # by name


def test_a_row_at_the_panel_s_own_width() -> None:
    assert rows("temperature", R1, 37)[0] == " temperature 0.60              preset"
    assert rows("temperature", R1, 37)[1].endswith(" 0.5–0.7 best for R1")
    other = Layers(own=Layer(SamplingLayer(temperature=0.6, top_k=SERVER, max_tokens=4096)))
    assert rows("temperature", other, 37) == [" temperature 0.60                chat"]
    assert rows("top_k", other, 37) == [" top_k       server default      chat"]
    assert rows("max_tokens", other, 37) == [" max_tokens  4,096 tok           chat"]
    assert rows("seed", other, 37) == [" seed        random"]
    assert rows("thinking_budget", other, 37) == [" thinking budget no limit     default"]
    assert rows("loop_policy", other, 37) == [" on a loop       answer now   default"]
    assert rows("instructions", other, 37) == [" instructions    –            default"]


def test_the_band_of_a_field_without_advice_shows_only_what_is_unwise() -> None:
    assert len(rows("repetition_penalty", setting(repetition_penalty=1.05), 32)) == 1
    assert rows("repetition_penalty", setting(repetition_penalty=1.5), 32)[1].endswith("too high for R1")
    other = Layers(own=Layer(SamplingLayer(repetition_penalty=1.5)))
    assert len(rows("repetition_penalty", other, 32)) == 1


printable = st.text(st.characters(exclude_categories=["C"]), max_size=40)
steerings = st.builds(
    Steering,
    preset=st.sampled_from([None, *(preset.name for preset in BUILT_IN)]),
    instructions=st.none() | printable,
    budget_tokens=st.none() | st.integers(0, 10_000),
)
samplings = st.builds(
    SamplingLayer,
    temperature=st.floats(0, 2),
    max_tokens=st.integers(1, 10_000_000),
    repetition_penalty=st.floats(0.1, 2),
    stop=st.lists(printable.filter(bool), max_size=4).map(tuple),
)
states = st.builds(
    Layers,
    own=st.builds(Layer, samplings, steerings),
    rules=st.sampled_from(Rules),
    samples=st.integers(1, 64),
    limit=st.none() | st.just(4096),
)
errors = st.sampled_from(["", "temperature must be 0 to 2"])


@given(st.sampled_from(SETTINGS), states, st.integers(10, 70), st.none() | printable.map(LineEdit.of), errors)
def test_no_row_is_wider_than_it_may_be(
    row: Setting, layers: Layers, width: int, edit: LineEdit | None, error: str
) -> None:
    state = row.state(layers)
    for line in row_lines(row, state, RowLook(edit=edit, error=error, live=None if error else state), width):
        assert cells(line.plain) <= width


@given(st.lists(st.sampled_from(["a", "λ", "根", "left", "right", "home", "end", "back", "del"]), max_size=30))
def test_the_edit_line_keeps_its_cursor_and_shows_it(keys: list[str]) -> None:
    edit = LineEdit()
    moves = {
        "left": lambda e: e.moved(-1),
        "right": lambda e: e.moved(1),
        "home": LineEdit.home,
        "end": LineEdit.end,
        "back": LineEdit.backspace,
        "del": LineEdit.delete,
    }
    for key in keys:
        before = edit
        edit = moves[key](edit) if key in moves else edit.typed(key)
        assert 0 <= edit.cursor <= len(edit.text)
        if key not in moves:
            assert edit.text == before.text[: before.cursor] + key + before.text[before.cursor :]
        for width in (4, 9, 40):
            content = edit.shown(width)
            assert content.cell_length <= width
            assert any(span.style == "reverse" for span in content.spans)


def test_pasted_controls_are_left_out() -> None:
    assert LineEdit.of("1").typed("\x1b[0m\n2") == LineEdit.of("1[0m2")
