"""Says whether two boxed answers mean the same: by exact comparison, else by math-verify in a process of its own."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Final

from dsr1_tui.domain.answers import Likeness, algebra_pair, compare_forms, normal_form, same_but_for_label

LIMIT_S: Final = 2.0
"""Longest comparison of one pair."""
START_LIMIT_S: Final = 30.0
"""Longest start of the process: sympy takes a second, on a busy machine many."""
MEMORY: Final = 1 << 30
"""Address space of the process, bytes."""
MOST_CHARACTERS: Final = 2000
"""Longest body that is read."""
KEPT: Final = 2048
"""Pairs whose verdict is remembered."""
MOST_FAILED_STARTS: Final = 3
_CHILD: Final = Path(__file__).with_name("maths_judge_child.py")
_LINE: Final = 1024
"""Longest line that the process may send, bytes."""


class MathsJudge:
    """Satisfies `ports.Judge`: one process, started by the first pair that needs algebra; calls queue for it."""

    def __init__(self, *, limit_s: float = LIMIT_S, memory: int = MEMORY) -> None:
        self._limit_s = limit_s
        self._memory = memory
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._verdicts: OrderedDict[tuple[str, str], bool] = OrderedDict()
        self._failed_starts = 0
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process at work; `None` if there is none now."""
        return None if self._process is None else self._process.pid

    async def same(self, one: str, other: str) -> bool:
        """Whether two boxed bodies are equal; False where it cannot be told in time. Never raises."""
        left, right = normal_form(one), normal_form(other)
        match compare_forms(left, right):
            case Likeness.EQUAL:
                return True
            case Likeness.UNEQUAL:
                return False
            case Likeness.UNSURE:
                if same_but_for_label(left, right):
                    return True
                pair = algebra_pair(left, right)
                return pair is not None and await self._by_algebra(min(pair), max(pair))

    async def aclose(self) -> None:
        """End the process; what still waits for it is told False. Safe to call twice."""
        self._closed = True
        await self._end()

    async def _by_algebra(self, one: str, other: str) -> bool:
        if one == other:
            return True
        if max(len(one), len(other)) > 2 * MOST_CHARACTERS:
            return False
        async with self._turn:
            known = self._verdicts.get((one, other))
            if known is None:
                known = await self._asked(one, other)
                self._verdicts[one, other] = known
                if len(self._verdicts) > KEPT:
                    self._verdicts.popitem(last=False)
            self._verdicts.move_to_end((one, other))
            return known

    async def _asked(self, one: str, other: str) -> bool:
        """The verdict of the process, which is killed if it gives none: what it computes is worth nothing then."""
        process = await self._started()
        if process is None:
            return False
        verdict = None
        try:
            async with asyncio.timeout(self._limit_s):
                verdict = await _ask(process, [one, other, self._limit_s])
        except (TimeoutError, OSError, ValueError):
            verdict = None
        finally:  # cancelled in between, its late answer would be taken for the next pair's
            if verdict is None:
                await self._end()
        return bool(verdict)

    async def _started(self) -> Process | None:
        if self._process is not None or self._closed or self._failed_starts >= MOST_FAILED_STARTS:
            return self._process
        try:
            self._process = process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",  # neither the user's variables nor the folder it is started in can change what is imported
                "-W",
                "ignore",
                str(_CHILD),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env={},
                limit=_LINE,
                start_new_session=True,  # ctrl+c is for us
            )
        except OSError:
            self._failed_starts += 1
            return None
        ready = None
        try:
            async with asyncio.timeout(START_LIMIT_S):
                ready = await _ask(process, {"path": sys.path, "memory": self._memory})
        except (TimeoutError, OSError, ValueError):
            ready = None
        finally:
            if not ready:
                await self._end()
        self._failed_starts = 0 if ready else self._failed_starts + 1
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        if process.stdout is not None:
            await process.stdout.read()  # what it said last: until it is read the pipe stays open
        await process.wait()


async def _ask(process: Process, message: object) -> bool | None:
    """Send one line and read one; `None` if the process ended or said anything else than a verdict."""
    assert process.stdin is not None, "it was asked for"
    assert process.stdout is not None, "it was asked for"
    process.stdin.write(json.dumps(message).encode("ascii") + b"\n")
    await process.stdin.drain()
    return {b"true\n": True, b"false\n": False}.get(await process.stdout.readline())
