import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from dsr1_tui.adapters import maths_judge, maths_judge_child
from dsr1_tui.adapters.maths_judge import MathsJudge
from support.answer_pairs import HOSTILE, PAIRS

EQUAL = (r"\sin^2 x + \cos^2 x", "1")
ENDLESS = ("(a+b+c+d+e+f+g+h)^8(a-b+c-d)^8", "7")
PATIENCE_S = 120.0
"""A limit that only a hanging judge reaches."""


@pytest.fixture
async def judge() -> AsyncGenerator[MathsJudge]:
    judge = MathsJudge(limit_s=30)
    yield judge
    await judge.aclose()


async def test_the_table_both_ways(judge: MathsJudge) -> None:
    wrong = [pair for pair in PAIRS if await judge.same(pair.one, pair.other) != pair.same]
    wrong += [pair for pair in PAIRS if await judge.same(pair.other, pair.one) != pair.same]
    assert wrong == []


async def test_hostile_bodies_neither_hang_nor_grow_nor_crash() -> None:
    judge = MathsJudge(limit_s=0.5)
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert [body[:40] for body in HOSTILE if await judge.same(body, "7")] == []
            assert await judge.same("7", "7.0"), "it still works"
    finally:
        await judge.aclose()


async def test_a_pair_without_end_costs_its_process_and_no_more() -> None:
    judge = MathsJudge(limit_s=1.0)
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert not await judge.same(*ENDLESS)
            assert judge.pid is None, "it was killed"
            assert not await judge.same(*ENDLESS)
            assert judge.pid is None, "the verdict is remembered"
            assert await judge.same("1/2", "0.5")
    finally:
        await judge.aclose()


async def test_a_killed_process_is_replaced(judge: MathsJudge) -> None:
    assert await judge.same(*EQUAL)
    first = judge.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert not await judge.same(r"\ln 8", r"\ln 2"), "told by nobody"
    assert await judge.same(r"\ln 9", r"2\ln 3")
    assert judge.pid not in (None, first)


async def test_a_cancelled_call_leaves_no_answer_behind(judge: MathsJudge) -> None:
    assert await judge.same(*EQUAL)
    late = asyncio.create_task(judge.same(r"\ln 8", r"3\ln 2"))
    await asyncio.sleep(0)  # one step: the question is on its way
    assert judge._turn.locked()
    late.cancel()
    with pytest.raises(asyncio.CancelledError):
        await late
    assert not await judge.same(r"\ln 8", r"\ln 3")
    assert await judge.same(r"\ln 8", r"3\ln 2")


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not hold an address space limit")
async def test_the_process_has_its_limits_and_no_environment(judge: MathsJudge) -> None:
    assert await judge.same(*EQUAL)
    folder = Path(f"/proc/{judge.pid}")
    limits = {line[:26].strip(): line[26:].split()[:2] for line in (folder / "limits").read_text("ascii").splitlines()}
    assert limits["Max address space"] == [str(1 << 30)] * 2
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max cpu time"][0].isdecimal()
    assert (folder / "environ").read_bytes() == b""


async def test_no_room_is_no_crash() -> None:
    judge = MathsJudge(memory=32 << 20)  # half of what it starts with
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert not await judge.same(*EQUAL), "sympy does not fit"
            assert await judge.same("1/2", "0.5")
    finally:
        await judge.aclose()


async def test_it_gives_up_on_a_program_that_cannot_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "child.py"
    script.write_text("print('x' * 100_000)\n", encoding="ascii")
    monkeypatch.setattr(maths_judge, "_CHILD", script)
    judge = MathsJudge()
    async with asyncio.timeout(PATIENCE_S):
        tries = 2 * maths_judge.MOST_FAILED_STARTS
        answers = [await judge.same(rf"\ln {number}", "7") for number in range(2, 2 + tries)]
    assert not any(answers)
    assert judge._failed_starts == maths_judge.MOST_FAILED_STARTS
    assert judge.pid is None


def test_the_child_ends_with_its_input_and_prints_nothing_else() -> None:
    lines = f'{{"path": [], "memory": {1 << 30}}}\n["\\\\sin x", "\\\\sin (x)", 5]\n["\\\\frac", "{{{{", 5]\n'
    command = [sys.executable, "-I", str(Path(maths_judge_child.__file__))]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    assert (done.stdout, done.stderr) == ("true\ntrue\nfalse\n", "")
