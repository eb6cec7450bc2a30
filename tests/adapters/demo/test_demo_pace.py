import random
from itertools import pairwise

import pytest

from dsr1_tui.adapters.demo.library import load
from dsr1_tui.adapters.demo.pace import FIRST_TOKEN_S, HumanPace, gap
from dsr1_tui.adapters.demo.reply import Token, tokens


class FakeTime:
    """A clock that only sleeping moves, and that can oversleep."""

    def __init__(self, late: float = 0.0) -> None:
        self.now = 100.0
        self.late = late
        self.slept = 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept += 1
        self.now += seconds + self.late


async def played(time: FakeTime, texts: list[str], speed: float = 1.0, seed: int = 7) -> list[float]:
    """When each text was due to be sent, in seconds from the start."""
    beat = HumanPace(speed, time, time.sleep).begin(seed)
    sent = []
    for text in texts:
        await beat.before(text)
        sent.append(time.now - 100.0)
    return sent


def recorded() -> list[list[Token]]:
    return [list(tokens(item, item.samples[0], 600)) for item in load()]


async def test_the_first_token_takes_its_time_and_the_rest_comes_at_reading_pace() -> None:
    sent = await played(FakeTime(), [token.text for run in recorded() for token in run])
    assert sent[0] == pytest.approx(FIRST_TOKEN_S)
    rate = (len(sent) - 1) / (sent[-1] - sent[0])
    assert 40 <= rate <= 60


async def test_late_wake_ups_do_not_add_up() -> None:
    texts = [" word"] * 400
    exact = await played(FakeTime(), texts)
    late = await played(FakeTime(late=0.004), texts)
    assert max(b - a for a, b in zip(exact, late, strict=True)) == pytest.approx(0.004)


async def test_a_long_stall_is_made_up_without_sleeping() -> None:
    time = FakeTime()
    beat = HumanPace(1.0, time, time.sleep).begin(1)
    time.now += 60
    for _ in range(100):
        await beat.before(" word")
    assert time.slept == 0


async def test_speed_divides_every_wait() -> None:
    texts = ["So", " it", " is", ".\n\n", "Next", "."]
    slow, fast = await played(FakeTime(), texts), await played(FakeTime(), texts, speed=4)
    assert fast == pytest.approx([seconds / 4 for seconds in slow])


async def test_the_same_seed_gives_the_same_rhythm_and_it_is_uneven() -> None:
    texts = [" word"] * 50
    first, again, other = [await played(FakeTime(), texts, seed=seed) for seed in (1, 1, 2)]
    assert first == again
    assert first != other
    assert len({round(b - a, 6) for a, b in pairwise(first)}) > 10


def test_a_paragraph_s_end_is_a_longer_breath_than_a_sentence_s() -> None:
    def mean(text: str) -> float:
        chance = random.Random(3)
        return sum(gap(text, chance) for _ in range(200)) / 200

    assert mean(" word") < mean(".") < mean(".\n\n")


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        HumanPace(speed)
