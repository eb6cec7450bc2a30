"""What steers, as rows of the panel: what is typed, stepped and set back gives the layers it should; and its advice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.advice import Level
from dsr1_tui.domain.presets import Presets
from dsr1_tui.domain.presets_own import with_own
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SamplingLayer
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.steering import ByPreset, ForcedThinking, LoopPolicy, Steering
from dsr1_tui.tui.layers import Layer, Layers, kept_as_default
from dsr1_tui.tui.widgets.panel_state import Source, conflicts
from dsr1_tui.tui.widgets.setting import Setting
from dsr1_tui.tui.widgets.settings_table import SETTING_NAMED, SETTINGS

R1 = Layers(rules=Rules.R1)
OFF = Steering(budget_tokens=0, budget_s=0.0)
DOWN, UP = -1, 1


def shown(layers: Layers, name: str) -> tuple[str, Source]:
    state = SETTING_NAMED[name].state(layers)
    return state.text.removesuffix(" ▾"), state.source


@pytest.mark.parametrize(
    ("name", "typed", "steering", "text"),
    [
        ("preset", "math", Steering(preset="math"), "math"),
        ("preset", "CR", Steering(preset="creative"), "creative"),
        ("thinking_budget", "2,048", Steering(budget_tokens=2048, budget_s=0.0), "2,048 tok"),
        ("thinking_budget", "30s", Steering(budget_tokens=0, budget_s=30.0), "30 s"),
        ("thinking_budget", "off", OFF, "no limit"),
        ("thinking_budget", "", Steering(), "no limit"),
        ("loop_policy", "answer now", Steering(loop_policy=LoopPolicy.ANSWER), "answer now"),
        ("loop_policy", "answer", Steering(loop_policy=LoopPolicy.ANSWER), "answer now"),
        ("loop_policy", "s", Steering(loop_policy=LoopPolicy.STOP), "stop"),
        ("thinking", "newline-after", Steering(thinking=ForcedThinking.NEWLINE_AFTER), "newline-after"),
        ("directive", "always", Steering(directive=True), "always"),
        ("directive", "never", Steering(directive=False), "never"),
        ("directive", "auto", Steering(), "auto"),
        (
            "instructions",
            "In French,\nbriefly.\n",
            Steering(instructions="In French,\nbriefly."),
            "In French, briefly.",
        ),
        ("instructions", "off", Steering(instructions=""), "–"),
    ],
)
def test_what_is_typed_is_what_steers(name: str, typed: str, steering: Steering, text: str) -> None:
    after = SETTING_NAMED[name].typed(R1, typed)
    assert after.own.steering == steering
    assert shown(after, name) == (text, Source.DEFAULT if steering == Steering() else Source.CHAT)
    assert SETTING_NAMED[name].reset(after) == R1


@pytest.mark.parametrize(
    ("name", "typed", "reason"),
    [
        ("preset", "nonsense", "There is no preset “nonsense”; there are: auto, talk"),
        ("preset", "ma", "There is no preset “ma”"),
        ("loop_policy", "perhaps", "“perhaps” is none of: tell, stop, answer, retry"),
        ("loop_policy", "\x1b[31m", "none of"),
        ("thinking_budget", "many", "number of tokens"),
        ("samples", "0", "samples must be 1 to 64"),
        ("samples", "65", "samples must be 1 to 64"),
        ("samples", "²", "samples must be 1 to 64"),
        ("instructions", "x" * 20_001, "at most 20,000"),
    ],
)
def test_a_bad_word_is_refused_in_a_line(name: str, typed: str, reason: str) -> None:
    with pytest.raises(SettingError, match=reason.replace("(", r"\(")) as caught:
        SETTING_NAMED[name].typed(R1, typed)
    assert str(caught.value).isprintable()


def test_choices_go_round_and_the_user_s_own_presets_are_among_them() -> None:
    layers = Layers(presets=with_own({"proofs": {"temperature": 0.5, "title": "Proofs"}}), rules=Rules.R1)
    preset, seen = SETTING_NAMED["preset"], list[str]()
    for _ in range(len(layers.presets.all)):
        seen.append(shown(layers, "preset")[0])
        layers = preset.stepped(layers, UP)
    assert seen == ["auto", "talk", "math", "summary", "marking", "code", "creative", "proofs"]
    layers = preset.stepped(layers, DOWN)
    assert preset.state(layers).about == "Proofs"
    assert shown(layers, "temperature") == ("0.50", Source.PRESET)


def test_flags_stand_above_the_chat_and_the_chat_above_the_file() -> None:
    layers = Layers(
        flags=Layer(steering=Steering(loop_policy=LoopPolicy.TELL)),
        own=Layer(steering=Steering(loop_policy=LoopPolicy.STOP, budget_tokens=512, budget_s=0.0)),
        config=Layer(steering=Steering(budget_tokens=2048, budget_s=0.0, instructions="Be brief.", directive=True)),
    )
    assert shown(layers, "loop_policy") == ("tell", Source.FLAG)
    assert SETTING_NAMED["loop_policy"].held(layers)
    assert shown(layers, "thinking_budget") == ("512 tok", Source.CHAT)
    assert shown(SETTING_NAMED["thinking_budget"].reset(layers), "thinking_budget") == ("2,048 tok", Source.CONFIG)
    assert shown(layers, "instructions") == ("Be brief.", Source.CONFIG)
    assert shown(SETTING_NAMED["instructions"].left_to_server(layers), "instructions") == ("–", Source.CHAT)
    boxed = SETTING_NAMED["directive"]
    auto = boxed.typed(layers, "auto")
    assert shown(auto, "directive") == ("auto", Source.CHAT), "over a file that says otherwise"
    assert (auto.steering.boxes, auto.own.steering.directive) == (None, ByPreset.AUTO)
    assert shown(boxed.stepped(auto, UP), "directive") == ("always", Source.CHAT)
    assert shown(boxed.stepped(layers, DOWN), "directive") == ("auto", Source.CHAT)


def test_what_is_kept_as_default_is_the_chat_s_over_the_file_s() -> None:
    own = Layer(SamplingLayer(seed=1), Steering(preset="gone", instructions="", budget_tokens=40))
    file = Layer(SamplingLayer(temperature=0.5), Steering(preset="math", instructions="Be kind.", directive=True))
    assert kept_as_default(own, file, Presets()) == Layer(
        SamplingLayer(seed=1, temperature=0.5),
        Steering(preset="math", directive=True, budget_tokens=40, budget_s=0.0),
    )


@given(st.integers(0, 20_000), st.booleans(), st.lists(st.sampled_from([UP, DOWN]), max_size=30))
def test_budget_steps_stay_in_range_and_of_one_kind(start: int, in_seconds: bool, steps: list[int]) -> None:
    row = SETTING_NAMED["thinking_budget"]
    layers = row.typed(R1, f"{start}s" if in_seconds else str(start))
    for step in steps:
        before, layers = layers.steering, row.stepped(layers, step)
        after = layers.steering
        assert not (after.budget_tokens and after.budget_s)
        if before.budget_tokens or before.budget_s:
            grown = (after.budget_tokens or 0) - (before.budget_tokens or 0) or (after.budget_s or 0) - (
                before.budget_s or 0
            )
            assert grown * step > 0
        assert row.typed(R1, row.state(layers).typed or "off").steering == after


def test_forced_thinking_is_a_row_where_r1_s_rules_hold_or_it_was_set_in_vain() -> None:
    row = SETTING_NAMED["thinking"]
    assert row.shows(R1)
    assert not row.shows(Layers())
    vain = Layers(own=Layer(steering=Steering(thinking=ForcedThinking.PREFILL)))
    assert row.shows(vain)
    assert [one.level for one in row.state(vain).advice] == [Level.NOTE]


def test_advice_stands_at_the_row_it_names_and_conflicts_are_known() -> None:
    layers = SETTING_NAMED["max_tokens"].typed(SETTING_NAMED["thinking_budget"].typed(R1, "4096"), "2048")
    assert conflicts(layers) == ("thinking_budget",)
    (one,) = SETTING_NAMED["thinking_budget"].state(layers).advice
    assert (one.level, "max_tokens (2,048)" in one.text) == (Level.CONFLICT, True)
    hot = SETTING_NAMED["temperature"].typed(R1, "0.9")
    assert [one.level for one in SETTING_NAMED["temperature"].state(hot).advice] == [Level.HARM]
    creative = SETTING_NAMED["preset"].typed(hot, "creative")
    assert [one.level for one in SETTING_NAMED["temperature"].state(creative).advice] == [Level.CAUTION]
    assert all(not row.state(R1).advice for row in SETTINGS), "nothing speaks against what R1 is given by itself"


def test_samples_are_the_window_s() -> None:
    row = SETTING_NAMED["samples"]
    eight = row.typed(R1, "8")
    assert (eight.samples, row.state(eight).about) == (8, "votes over 8 samples")
    assert row.stepped(R1, DOWN).samples == 1
    assert row.stepped(row.typed(R1, "64"), UP).samples == 64
    greedy = eight.with_sampling(SamplingLayer(temperature=0.0))
    assert [one.level for one in row.state(greedy).advice] == [Level.CONFLICT]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_row_says_what_it_is(setting: Setting) -> None:
    assert setting.help.endswith(".")
    for layers in (R1, Layers()):
        assert setting.origin(layers).endswith(".")
        assert setting.state(layers).text
    assert SETTING_NAMED[setting.name] is setting
