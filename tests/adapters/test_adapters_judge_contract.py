from collections.abc import AsyncGenerator

import pytest

from dsr1_tui.adapters.maths_judge import MathsJudge
from dsr1_tui.ports import Judge
from support.contract_judge import BY_ALGEBRA, JudgeContract
from support.fake_judge import FakeJudge


class TestMathsJudge(JudgeContract):
    @pytest.fixture
    async def judge(self) -> AsyncGenerator[Judge]:
        judge = MathsJudge(limit_s=30)
        yield judge
        await judge.aclose()


class TestFakeJudge(JudgeContract):
    @pytest.fixture
    def judge(self) -> Judge:
        return FakeJudge(equal=BY_ALGEBRA)


async def test_the_fake_notes_what_it_was_asked() -> None:
    judge = FakeJudge()
    assert not await judge.same(r"\ln 8", r"3\ln 2")
    assert judge.asked == [(r"\ln 8", r"3\ln 2")]
