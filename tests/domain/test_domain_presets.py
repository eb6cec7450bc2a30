"""The presets: what they say word for word, what a user may change, and what his slips are told as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.language import Language
from dsr1_tui.domain.presets import (
    AUTO,
    BUILT_IN,
    DIRECTIVE_EN,
    DIRECTIVE_ZH,
    Preset,
    Presets,
    already_said,
    directive_for,
    grade_in,
)
from dsr1_tui.domain.presets_own import KEYS, PresetError, preset_from, with_own
from dsr1_tui.domain.rules import R1_SAMPLING, Rules
from dsr1_tui.domain.sampling import SERVER, SamplingLayer, resolve
from dsr1_tui.domain.sampling_fields import BY_NAME, Grade, check

EN, ZH = Language.ENGLISH, Language.CHINESE
TEMPERATURE = BY_NAME["temperature"]


def test_the_table_is_the_promised_one() -> None:
    told = [
        (p.name, resolve(p.layer(Rules.R1)).sent(), p.suffix(EN), p.suffix(ZH), p.directive, p.leads) for p in BUILT_IN
    ]
    common = {"top_p": 0.95, "repetition_penalty": 1.0}
    assert told == [
        ("auto", {"temperature": 0.6, "top_p": 0.95}, "", "", None, False),
        ("talk", {**common, "temperature": 0.6, "max_tokens": 2048}, "Answer concisely.", "请简洁回答", False, False),
        ("math", {**common, "temperature": 0.6, "max_tokens": 16384}, "", "", True, False),
        (
            "summary",
            {**common, "temperature": 0.5, "max_tokens": 1024},
            "Summarise the following in at most 100 words.",
            "请总结以下内容，不超过100字",
            False,
            True,
        ),
        ("marking", {**common, "temperature": 0.4, "max_tokens": 16384}, "", "", False, False),
        ("code", {**common, "temperature": 0.6, "max_tokens": 16384}, "", "", False, False),
        (
            "creative",
            {**common, "temperature": 0.7, "max_tokens": 16384},
            "Use your imagination.",
            "请发挥想象力",
            False,
            False,
        ),
    ]


def test_the_directive_is_the_model_card_s() -> None:
    assert (
        directive_for(EN) == DIRECTIVE_EN == "Please reason step by step, and put your final answer within \\boxed{}."
    )
    assert directive_for(ZH) == DIRECTIVE_ZH == "请逐步推理，并将最终答案放在\\boxed{}内。"


def test_auto_goes_by_the_model_alone() -> None:
    assert AUTO.layer(Rules.R1) == R1_SAMPLING
    assert AUTO.layer(Rules.OFF) == SamplingLayer()
    assert (AUTO.reply_limit, Presets().named("math").reply_limit) == (None, 16384)


def test_every_number_is_one_the_field_takes() -> None:
    for preset in BUILT_IN:
        for name, value in resolve(preset.layer(Rules.R1)).sent().items():
            assert check(BY_NAME[name], value) == value


def test_presets_are_found_by_name() -> None:
    assert Presets().named(" Math ").name == "math"
    assert Presets().has("talk")
    assert not Presets().has("maths")
    with pytest.raises(FaultError) as error:
        Presets().named("maths\n\x1b[31m")
    assert error.value.fault.code is FaultCode.USAGE
    assert "auto, talk, math, summary, marking, code, creative" in error.value.fault.line
    assert error.value.fault.line.isprintable()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("talk", "Why is the sky blue? Answer concisely.", True),
        ("talk", "Why is the sky blue?\nanswer  CONCISELY", True),
        ("talk", "天空为什么是蓝的？请简洁回答。", True),
        ("talk", "Explain briefly why the sky is blue.", True),
        ("talk", "Why is the sky blue?", False),
        ("summary", "Please summarize this in 50 words: …", True),
        ("summary", "用50字概括：……不超过50字", True),
        ("summary", "Summarise this.", False),
        ("summary", "x" * 500 + " a summary of ten words " + "x" * 500, False),
        ("creative", "Use your imagination and write.", True),
        ("creative", "写一个故事，请发挥想象力", True),
        ("math", "2+2", False),
    ],
)
def test_what_is_said_already(name: str, text: str, *, said: bool) -> None:
    assert already_said(Presets().named(name), text) is said


def test_creative_bears_more_heat() -> None:
    creative, talk = Presets().named("creative"), Presets().named("talk")
    heats = (0.7, 0.75, 0.85, 0.9, 0.95, 0.3)
    good, fair, bad = Grade.GOOD, Grade.FAIR, Grade.BAD
    assert [grade_in(creative, TEMPERATURE, heat) for heat in heats] == [good, fair, fair, fair, bad, bad]
    assert [grade_in(talk, TEMPERATURE, heat) for heat in heats] == [good, fair, bad, bad, bad, bad]
    assert grade_in(creative, BY_NAME["top_p"], 0.5) is bad
    assert grade_in(creative, TEMPERATURE, None) is Grade.NONE


def test_own_presets() -> None:
    own = with_own(
        {
            "exam": {"temperature": 0.55, "max_tokens": 8000, "suffix_en": " Show your work. ", "directive": True},
            "math": {"repetition_penalty": 1.1},
            "plain": {"temperature": "server", "directive": "auto", "title": "Plain", "suffix": "!", "stop": ["END"]},
        }
    )
    assert [p.name for p in own.all] == [*(p.name for p in BUILT_IN), "exam", "plain"]
    exam, maths, plain = own.named("exam"), own.named("math"), own.named("plain")
    assert (exam.suffix(ZH), exam.directive, exam.reply_limit) == ("Show your work.", True, 8000)
    assert resolve(exam.layer(Rules.R1)).top_p == 0.95, "what is left open goes by the model"
    assert resolve(exam.layer(Rules.OFF)).top_p is None
    assert (maths.directive, maths.sampling.temperature, maths.sampling.repetition_penalty) == (True, 0.6, 1.1)
    assert (plain.sampling.temperature, plain.directive, plain.suffix(EN), plain.suffix(ZH)) == (SERVER, None, "!", "!")
    assert plain.sampling.stop == ("END",)


def test_an_own_suffix_is_known_by_its_own_words_only() -> None:
    talk = preset_from("talk", {"suffix_en": "Short!"})
    assert already_said(talk, "why? short")
    assert not already_said(talk, "Tell me briefly")


@pytest.mark.parametrize(
    ("name", "table", "line"),
    [
        ("x", {"temprature": 1}, "unknown key “temprature” in the preset “x”. Did you mean temperature?"),
        ("x", {"q": 1}, f"unknown key “q” in the preset “x”. Known: {', '.join(KEYS)}."),
        ("x", {"temperature": 3}, "preset “x”: temperature must be 0 to 2. Correct the value."),
        ("x", {"temperature": "hot"}, "preset “x”: temperature needs a number. Correct the value."),
        ("x", {"max_tokens": 10**400}, "preset “x”: max_tokens must be 1 to 10,000,000. Correct the value."),
        ("x", {"amber_up_to": 9}, "preset “x”: amber_up_to must be 0 to 2. Correct the value."),
        ("x", {"directive": "yes"}, 'preset “x”: directive is true or false or "auto". Without quotes.'),
        ("x", {"leads": 1}, "preset “x”: leads is true or false. Without quotes."),
        ("x", {"title": 1}, "preset “x”: title needs a text of at most 4,000 characters. Put it in quotes."),
        ("x", 3, "presets.x must be a table. Write it as [presets.x]."),
        ("auto", {}, "“auto” goes by the model and cannot be changed. Give the preset another name."),
        ("My Own", {}, "A preset's name is 1 to 32 of a-z, 0-9, - and _. Rename it."),
    ],
)
def test_a_slip_is_one_plain_line(name: str, table: object, line: str) -> None:
    with pytest.raises(PresetError) as error:
        with_own({name: table})
    assert error.value.fault.line == line
    assert error.value.fault.code is FaultCode.CONFIG
    assert error.value.where[:2] == ("presets", name)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.text(max_size=5))


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=10), scalars, max_size=4))
def test_any_values_make_a_preset_or_one_line(table: dict[str, object]) -> None:
    made: Preset | PresetError
    try:
        made = preset_from("x", table)
    except PresetError as error:
        made = error
    if isinstance(made, PresetError):
        assert "\n" not in made.fault.line
        assert made.where[0] == "presets"
    else:
        assert made.name == "x"
        assert already_said(made, "") in {True, False}
