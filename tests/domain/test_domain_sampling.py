"""Layers of sampling settings and the table of their fields."""

import math
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.sampling import INHERIT, SERVER, Sampling, SamplingLayer, resolve
from dsr1_tui.domain.sampling_fields import (
    BY_NAME,
    FIELDS,
    FieldSpec,
    Grade,
    Kind,
    SettingError,
    check,
    grade,
    parse,
    shown,
    stepped,
)


def test_table_and_classes_name_the_same_fields() -> None:
    names = [spec.name for spec in FIELDS]
    assert names == [field.name for field in fields(SamplingLayer)] == [field.name for field in fields(Sampling)]


def test_nothing_set_sends_nothing() -> None:
    assert resolve() == Sampling()
    assert Sampling().sent() == {}


def test_higher_layers_win_and_server_unsets() -> None:
    preset = SamplingLayer(temperature=0.6, top_p=0.95)
    config = SamplingLayer(temperature=0.7, seed=1)
    chat = SamplingLayer(top_p=SERVER)
    assert resolve(preset, config, chat).sent() == {"temperature": 0.7, "seed": 1}
    assert resolve(preset, config, chat, SamplingLayer(top_p=0.5)).top_p == 0.5


def test_inherit_leaves_what_is_below() -> None:
    below = SamplingLayer(top_k=5)
    assert SamplingLayer(top_k=INHERIT).over(below) == below


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("temperature", "0.7", 0.7),
        ("temperature", " 1 ", 1.0),
        ("temperature", "", SERVER),
        ("temperature", "server", SERVER),
        ("max_tokens", "4,096", 4096),
        ("seed", "-5", -5),
        ("stop", "END, \\n\\n", ("END", "\n\n")),
        ("top_k", "default", SERVER),
        ("seed", "random", SERVER),
    ],
)
def test_parse(name: str, text: str, value: object) -> None:
    assert parse(BY_NAME[name], text) == value


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("temperature", "hot", "temperature needs a number, got “hot”"),
        ("temperature", "3", "temperature must be 0 to 2"),
        ("temperature", "nan", "temperature must be 0 to 2"),
        ("temperature", "inf", "temperature must be 0 to 2"),
        ("top_p", "0", "top_p must be above 0, at most 1"),
        ("top_k", "1.5", "top_k needs a whole number, got “1.5”"),
        ("top_k", "-5", "top_k must be 0 to 1,000,000"),
        ("max_tokens", "0", "max_tokens must be 1 to 10,000,000"),
        ("stop", "a,b,c,d,e", "stop takes at most 4 texts"),
    ],
)
def test_parse_says_why_not(name: str, text: str, reason: str) -> None:
    with pytest.raises(SettingError) as error:
        parse(BY_NAME[name], text)
    assert str(error.value) == reason


@pytest.mark.parametrize("value", [True, "0.6", None, [], math.nan, math.inf, 10**400])
def test_check_refuses_what_is_no_number(value: object) -> None:
    with pytest.raises(SettingError):
        check(BY_NAME["temperature"], value)


def test_check_takes_what_toml_gives() -> None:
    assert check(BY_NAME["stop"], ["a", "b"]) == ("a", "b")
    assert check(BY_NAME["temperature"], 1) == 1.0
    assert isinstance(check(BY_NAME["top_k"], 3.0), int)


@given(st.sampled_from([spec for spec in FIELDS if spec.kind is not Kind.STRINGS]), st.data())
def test_stepping_stays_in_range(spec: FieldSpec, data: st.DataObject) -> None:
    low, high = max(spec.low, -1e6), min(spec.high, 1e6)
    if spec.kind is Kind.INT:
        value: int | float = data.draw(st.integers(int(low), int(high)))
    else:
        value = data.draw(st.floats(low, high))
    for direction in (-1, 1):
        moved = stepped(spec, value, direction)
        assert moved is not None
        check(spec, moved)


@given(st.sampled_from([spec for spec in FIELDS if spec.kind is not Kind.STRINGS]), st.data())
def test_what_is_shown_parses_back(spec: FieldSpec, data: st.DataObject) -> None:
    value = stepped(spec, None, 1)
    for _ in range(data.draw(st.integers(0, 8))):
        value = stepped(spec, value, data.draw(st.sampled_from([-1, 1])))
    assert parse(spec, shown(spec, value)) == value


def test_bands() -> None:
    spec = BY_NAME["temperature"]
    assert [grade(spec, value) for value in (0.6, 0.45, 0.1, 1.2, None)] == [
        Grade.GOOD,
        Grade.FAIR,
        Grade.BAD,
        Grade.BAD,
        Grade.NONE,
    ]
    assert grade(BY_NAME["seed"], 1) is Grade.NONE


def test_unset_words() -> None:
    assert shown(BY_NAME["temperature"], None) == "server default"
    assert shown(BY_NAME["seed"], None) == "random"
    assert shown(BY_NAME["max_tokens"], 4096) == "4,096"
    assert shown(BY_NAME["stop"], ("\n\n", "END")) == "\\n\\n, END"
