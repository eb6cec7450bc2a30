"""What any `ports.Judge` must do: one suite, run against the real adapter and against the fake."""

import asyncio
from typing import Final

from dsr1_tui.ports import Judge

PATIENCE_S: Final = 60.0
"""A limit that only a hanging judge reaches."""
BY_ALGEBRA: Final = frozenset({frozenset({r"\sin^2x+\cos^2x", "1"}), frozenset({r"\ln 8", r"3\ln 2"})})
"""Pairs that are equal, and that exact arithmetic does not tell."""


class JudgeContract:
    """Inherit, give a fixture `judge`."""

    async def test_exact_pairs(self, judge: Judge) -> None:
        async with asyncio.timeout(PATIENCE_S):
            assert await judge.same(r"\frac12", "0.5")
            assert not await judge.same(r"\frac12", "0.51")

    async def test_labels_do_not_matter_where_only_one_has_them(self, judge: Judge) -> None:
        async with asyncio.timeout(PATIENCE_S):
            assert await judge.same("x = 5", "5")
            assert await judge.same("5 cm", "5")
            assert not await judge.same("5 cm", "5 kg")

    async def test_algebra_in_both_orders(self, judge: Judge) -> None:
        async with asyncio.timeout(PATIENCE_S):
            for one, other in map(tuple, BY_ALGEBRA):
                assert await judge.same(one, other)
                assert await judge.same(other, one)
            assert not await judge.same(r"\ln 8", r"\ln 2")

    async def test_calls_at_once(self, judge: Judge) -> None:
        async with asyncio.timeout(PATIENCE_S):
            pairs = [(r"\ln 8", r"3\ln 2"), (r"\ln 8", r"\ln 2"), ("1", "1.0"), ("A", "B")]
            assert await asyncio.gather(*(judge.same(*pair) for pair in pairs)) == [True, False, True, False]

    async def test_closed_it_still_answers_what_needs_no_help(self, judge: Judge) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await judge.aclose()
            await judge.aclose()
            assert await judge.same("1/2", "0.5")
            assert not await judge.same(r"\sin^2x+\cos^2x", "1")
