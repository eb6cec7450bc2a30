"""The context: what fits, what is cut, what goes first, and how good an estimate is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.context import (
    CannotFit,
    Fits,
    Room,
    Shortening,
    estimate_messages,
    estimate_tokens,
    fit,
    plan_shortening,
)

tokens = st.integers(0, 200_000)


@pytest.mark.parametrize(
    ("room", "label"),
    [
        (Room(prompt=1204, limit=32768, exact=True), "ctx 1,204 / 32,768  4 %"),
        (Room(prompt=1204, limit=32768), "ctx ≈ 1,204 / 32,768  4 %"),
        (Room(prompt=1204, exact=True), "ctx 1,204"),
        (Room(prompt=0, limit=0), "ctx ≈ 0"),
    ],
)
def test_meter(room: Room, label: str) -> None:
    assert room.label == label


def test_room_left() -> None:
    assert (Room(prompt=10, limit=40).free, Room(prompt=50, limit=40).free, Room(prompt=1).free) == (30, -10, None)
    assert (Room(prompt=10, limit=40).share, Room(prompt=1).share) == (0.25, None)


@pytest.mark.parametrize(
    ("asked", "prompt", "limit", "verdict"),
    [
        (4096, 100, 32768, Fits(max_tokens=4096)),
        (16384, 20000, 32768, Fits(max_tokens=12768, cut=True)),
        (12768, 20000, 32768, Fits(max_tokens=12768)),
        (None, 20000, 32768, Fits(max_tokens=None)),
        (10**6, 5, None, Fits(max_tokens=10**6)),
        (100, 32767, 32768, Fits(max_tokens=1, cut=True)),
        (100, 32768, 32768, CannotFit(over=1)),
        (None, 32768, 32768, CannotFit(over=1)),
        (100, 40000, 32768, CannotFit(over=7233)),
    ],
)
def test_fit(asked: int | None, prompt: int, limit: int | None, verdict: Fits | CannotFit) -> None:
    assert fit(asked, prompt, limit) == verdict


def test_an_estimate_keeps_its_distance() -> None:
    assert fit(16384, 10_000, 20_000, exact=False) == Fits(max_tokens=8_500, cut=True)
    assert fit(4096, 10_000, 20_000, exact=False) == Fits(max_tokens=4096)
    assert fit(4096, 19_990, 20_000, exact=False) == Fits(max_tokens=1, cut=True)


def test_a_useless_reply_is_no_fit() -> None:
    assert fit(4096, 900, 1000, least=256) == CannotFit(over=156)
    assert fit(4096, 744, 1000, least=256) == Fits(max_tokens=256, cut=True)


@given(st.none() | st.integers(1, 200_000), tokens, tokens, st.booleans())
def test_what_is_sent_never_exceeds_the_room(asked: int | None, prompt: int, limit: int, exact: bool) -> None:
    match fit(asked, prompt, limit, exact=exact):
        case Fits(max_tokens=None):
            assert asked is None
            assert prompt < limit
        case Fits(max_tokens=sent, cut=cut):
            assert asked is not None
            assert sent is not None
            assert 1 <= sent <= asked
            assert prompt + sent <= limit
            assert cut is (sent < asked)
        case CannotFit(over=over):
            assert prompt + 1 - over == limit


@pytest.mark.parametrize(
    ("counts", "limit", "reserve", "plan"),
    [
        ([10, 20, 30], 100, 40, Shortening()),
        ([10, 20, 30], 100, 41, Shortening(drop=(0, 1), freed=30)),
        ([50, 50, 5, 5, 30], 100, 50, Shortening(drop=(0, 1), freed=100)),
        ([50, 50, 50, 50, 30], 100, 50, Shortening(drop=(0, 1, 2, 3), freed=200)),
        ([5, 5, 200], 100, 10, Shortening(drop=(0, 1), freed=10, over=110)),
        ([200], 100, 10, Shortening(over=110)),
        ([], 100, 10, Shortening()),
    ],
)
def test_shortening(counts: list[int], limit: int, reserve: int, plan: Shortening) -> None:
    assert plan_shortening(counts, limit, reserve) == plan


def test_shortening_by_rounds() -> None:
    # a system message, two questions that the prompt joins, their answer, the newest question
    assert plan_shortening([1, 20, 20, 20, 5], 50, 10, starts=(1, 4)) == Shortening(drop=(0, 1, 2, 3), freed=61)
    assert plan_shortening([20, 20, 20], 80, 10, overhead=11).drop == (0, 1)
    assert plan_shortening([20, 20], 30, 0, starts=()) == Shortening(over=10)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=15).filter(lambda c: len(c) % 2 == 1), tokens, tokens)
def test_shortening_keeps_the_newest_question(counts: list[int], limit: int, reserve: int) -> None:
    plan = plan_shortening(counts, limit, reserve)
    assert plan.drop == tuple(range(len(plan.drop)))
    assert len(plan.drop) % 2 == 0, "whole rounds"
    assert len(counts) - 1 not in plan.drop
    kept = sum(counts) - plan.freed
    assert kept == sum(counts[len(plan.drop) :])
    if plan.over:
        assert len(plan.drop) == len(counts) - 1, "only then is everything else gone"
        assert kept + reserve - limit == plan.over
    else:
        assert kept + reserve <= limit
        spared = len(plan.drop) - 2
        assert not plan.drop or sum(counts[spared:]) + reserve > limit, "one round fewer would not do"


ENGLISH = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of"
    " foolishness, it was the epoch of belief, it was the epoch of incredulity. Wait, let me check the signs"
    " again. If the product is positive and the sum is five, both numbers are positive; therefore the"
    " characteristic polynomial factorises."
)
CHINESE = (
    "好的，用户问的是关于二次方程的问题。首先我需要把方程写成标准形式，然后考虑使用因式分解的方法。人工智能的发展正在深刻"
    "改变我们的生活方式，越来越多的企业开始采用大型语言模型来提高工作效率。不过，我们也应当注意数据安全和隐私保护方面的风险。"
)
TEX = (
    r"\[ \int_0^1 \frac{x^2 + 1}{\sqrt{1 - x^2}}\,dx = \sum_{n=0}^{\infty} \binom{2n}{n}"
    r" \frac{1}{4^n (2n+1)} \] so that $\alpha + \beta = \pi$ and \boxed{\frac{3\pi}{4}}."
)
RUSSIAN = "Сколько будет два плюс два? Пожалуйста, объясните подробно, как решить это уравнение."
TABLE = "| a | b | c |\n|---|---|---|\n" + "\n".join(f"| {i} | {i * i} | {i**3} |" for i in range(30))


@pytest.mark.parametrize(
    ("text", "real"),  # counted with Qwen3's tokenizer
    [(ENGLISH, 77), (CHINESE, 62), (TEX, 89), (RUSSIAN, 31), (TABLE, 460)],
)
def test_estimates_are_near(text: str, real: int) -> None:
    assert 0.9 * real <= estimate_tokens(text) <= 1.25 * real


@given(st.text(max_size=200), st.text(max_size=50))
def test_estimates_grow_with_the_text(text: str, more: str) -> None:
    assert 0 <= estimate_tokens(text) <= 2 * len(text) + 1
    assert estimate_tokens(text + "\n" + more) >= estimate_tokens(text)
    assert estimate_messages([text, more]) >= estimate_tokens(text) + estimate_tokens(more)
    assert estimate_messages([]) == estimate_tokens("") == 0
