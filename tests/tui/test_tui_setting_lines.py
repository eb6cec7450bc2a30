"""Rows of the generation panel as pure values: resolution, origin, band, edit line."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.rules import R1_SAMPLING, Rules
from dsr1_tui.domain.sampling import SERVER, SamplingLayer, Value, resolve
from dsr1_tui.domain.sampling_fields import BY_NAME, FIELDS, FieldSpec
from dsr1_tui.render.cells import cells
from dsr1_tui.tui.widgets.band import WIDTH, band, verdict
from dsr1_tui.tui.widgets.line_edit import LineEdit
from dsr1_tui.tui.widgets.panel_state import FieldState, PanelState, Source, field_state, origin
from dsr1_tui.tui.widgets.setting_lines import RowLook, row_lines

TEMPERATURE = BY_NAME["temperature"]
R1 = PanelState(below=R1_SAMPLING, rules=Rules.R1)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (R1, FieldState(0.6, Source.PRESET, for_r1=True)),
        (PanelState(), FieldState(None, Source.NOWHERE)),
        (PanelState(below=SamplingLayer(temperature=0.9), rules=Rules.R1), FieldState(0.9, Source.CONFIG, for_r1=True)),
        (PanelState(below=SamplingLayer(temperature=SERVER)), FieldState(None, Source.CONFIG)),
        (PanelState(conversation=SamplingLayer(temperature=SERVER), below=R1_SAMPLING), FieldState(None, Source.CHAT)),
        (PanelState(conversation=SamplingLayer(temperature=1.0)), FieldState(1.0, Source.CHAT)),
        (
            PanelState(conversation=SamplingLayer(temperature=1.0), flags=SamplingLayer(temperature=0.0)),
            FieldState(0.0, Source.FLAG),
        ),
    ],
)
def test_a_field_knows_its_value_and_where_it_is_from(state: PanelState, expected: FieldState) -> None:
    assert field_state(state, TEMPERATURE) == expected
    sent = resolve(state.below, state.conversation, state.flags)
    assert expected.value == sent.temperature
    assert origin(TEMPERATURE, expected)


@pytest.mark.parametrize(
    ("value", "bar", "words"),
    [
        (0.6, "┄┄┄─━●━─┄┄┄", "0.5–0.7 best for R1"),
        (0.75, "┄┄┄─━━━●┄┄┄", "a bit high for R1"),
        (0.45, "┄┄┄●━━━─┄┄┄", "a bit low for R1"),
        (2.0, "┄┄┄─━━━─┄┄●", "too high for R1"),
        (0.0, "●┄┄─━━━─┄┄┄", "too low for R1"),
        (None, "┄┄┄─━━━─┄┄┄", "0.5–0.7 best for R1"),
    ],
)
def test_the_band_marks_the_value(value: float | None, bar: str, words: str) -> None:
    assert band(TEMPERATURE, value).plain == bar
    assert len(bar) == WIDTH
    assert verdict(TEMPERATURE, value)[0] == words


def rows(spec: FieldSpec, state: FieldState, width: int, **look: object) -> list[str]:
    return [line.plain for line in row_lines(spec, state, RowLook(**look), width)]  # type: ignore[arg-type]  # by name


def test_a_row_at_the_panel_s_own_width() -> None:
    state = FieldState(0.6, Source.PRESET, for_r1=True)
    assert rows(TEMPERATURE, state, 32, live=0.6)[0] == " temperature 0.60      R1 preset"
    assert rows(TEMPERATURE, state, 32, live=0.6)[1].endswith(" 0.5–0.7 best for R1")
    assert rows(TEMPERATURE, FieldState(0.6, Source.CHAT), 32, live=0.6) == [" temperature 0.60           chat"]
    assert rows(BY_NAME["top_k"], FieldState(None, Source.CHAT), 32) == [" top_k       server default chat"]
    assert rows(BY_NAME["max_tokens"], FieldState(4096, Source.CHAT), 32) == [" max_tokens  4,096 tok      chat"]
    assert rows(BY_NAME["seed"], FieldState(None), 32) == [" seed        random"]


def test_the_band_of_a_field_without_advice_shows_only_what_is_unwise() -> None:
    spec = BY_NAME["repetition_penalty"]
    assert len(rows(spec, FieldState(1.05, Source.CHAT, for_r1=True), 32, live=1.05)) == 1
    assert rows(spec, FieldState(1.5, Source.CHAT, for_r1=True), 32, live=1.5)[1].endswith("too high for R1")
    assert len(rows(spec, FieldState(1.5, Source.CHAT), 32, live=1.5)) == 1


values: st.SearchStrategy[Value | None] = (
    st.none()
    | st.floats(-1e6, 1e6)
    | st.lists(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30), max_size=4).map(tuple)
)


states = st.builds(FieldState, values, st.sampled_from(Source), st.booleans())
edits = st.none() | st.text(st.characters(exclude_categories=["C"]), max_size=40).map(LineEdit.of)
errors = st.sampled_from(["", "temperature must be 0 to 2"])


@given(st.sampled_from(FIELDS), states, st.integers(10, 70), edits, errors)
def test_no_row_is_wider_than_it_may_be(
    spec: FieldSpec, state: FieldState, width: int, edit: LineEdit | None, error: str
) -> None:
    if isinstance(state.value, float) and spec.decimals == 0:
        state = replace(state, value=int(state.value))
    for line in rows(spec, state, width, edit=edit, error=error, live=state.value):
        assert cells(line) <= width


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
