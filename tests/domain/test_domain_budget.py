import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.budget import budget_layer, budget_text, leaves_no_room
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.steering import Steering, guard_rules


@pytest.mark.parametrize(
    ("value", "tokens", "seconds", "text"),
    [
        (40, 40, 0.0, "40"),
        ("40", 40, 0.0, "40"),
        (" 2,000 ", 2000, 0.0, "2000"),
        ("30s", 0, 30.0, "30s"),
        ("1.5 S", 0, 1.5, "1.5s"),
        (0, 0, 0.0, "off"),
        ("0s", 0, 0.0, "off"),
        ("off", 0, 0.0, "off"),
    ],
)
def test_as_a_person_writes_it(value: object, tokens: int, seconds: float, text: str) -> None:
    layer = budget_layer(value)
    assert layer == Steering(budget_tokens=tokens, budget_s=seconds)
    assert budget_text(layer) == text
    assert budget_layer(text) == layer


@pytest.mark.parametrize(
    "value", [True, 1.5, None, [], -1, 1_000_001, "1.5", "", "s", "30 m", "1e3", "٣", "86401s", "-1"]
)
def test_anything_else_is_told(value: object) -> None:
    with pytest.raises(SettingError, match="thinking budget"):
        budget_layer(value)


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_the_last_one_said_counts_whatever_its_kind(first: int, second: int) -> None:
    rules = guard_rules(budget_layer(f"{second}s").over(budget_layer(first)))
    assert (rules.budget_tokens, rules.budget_s) == (None, second or None)
    rules = guard_rules(budget_layer(second).over(budget_layer(f"{first}s")))
    assert (rules.budget_tokens, rules.budget_s) == (second or None, None)


def test_nothing_said_is_nothing() -> None:
    assert budget_text(Steering()) is None


def test_an_answer_needs_room() -> None:
    assert leaves_no_room(100, 100)
    assert not leaves_no_room(99, 100)
    assert not leaves_no_room(0, 1)
    assert not leaves_no_room(None, 1)
    assert not leaves_no_room(100, None)
