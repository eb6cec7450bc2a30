"""A program on a terminal of its own, typed at and watched as a person would, with the CPU and memory that it takes."""

import os
import re
import select
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pexpect
import psutil  # type: ignore[import-untyped]  # it has no types

SIZE: Final = (40, 120)
"""Rows, columns."""
_ANSWERS: Final = {
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62;c",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
}
"""What programs ask a terminal, and what a present-day one says: where the cursor is, what it is, that it can show a
frame at once (synchronised output)."""
_KEPT: Final = 64
"""Bytes of earlier output that are looked through again, because a word may be cut between two reads."""
_TOLD: Final = 4000
"""Bytes of output kept to tell what went wrong."""
_CONTROL: Final = re.compile(r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[^\[]|[\x00-\x1f\x7f]+")
_STEP_S: Final = 0.02


class Terminal:
    """A child on a pty. Its output is looked through for the words one waits for, then forgotten."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], size: tuple[int, int] = SIZE) -> None:
        self._child = pexpect.spawn(argv[0], list(argv[1:]), env=dict(env), dimensions=size, timeout=None)
        self._fd = self._child.child_fd
        self._process = psutil.Process(self._child.pid)
        self._kept = b""
        self._last = b""
        self._waiting: set[str] = set()
        self.seen: dict[str, float] = {}
        """When each word that was waited for came to the terminal (`time.monotonic`)."""
        self.written = 0
        """Bytes of output so far."""
        self.open = True
        """False once the child has closed its end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        self._child.close(force=True)

    def await_word(self, word: str) -> None:
        """Note when `word` comes, in output from now on."""
        self.seen.pop(word, None)
        self._waiting.add(word)

    def type(self, keys: str) -> None:
        """Type."""
        os.write(self._fd, keys.encode())

    def pump(self, seconds: float = _STEP_S) -> None:
        """Read what it writes, if it writes within `seconds`, and answer what it asks its terminal."""
        if not self.open:
            time.sleep(seconds)
            return
        if not select.select([self._fd], [], [], max(seconds, 0))[0]:
            return
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            data = b""
        now = time.monotonic()
        if not data:
            self.open = False
            return
        self.written += len(data)
        for question, answer in _ANSWERS.items():
            if question in data:
                os.write(self._fd, answer)
        self._look(data, now)

    def _look(self, data: bytes, now: float) -> None:
        text = self._kept + data
        for word in [word for word in self._waiting if word.encode() in text]:
            self._waiting.discard(word)
            self.seen[word] = now
        self._kept = text[-_KEPT:]
        self._last = (self._last + data)[-_TOLD:]

    @property
    def words(self) -> str:
        """What it wrote last, for a message."""
        return " ".join(_CONTROL.sub(" ", self._last.decode("utf-8", "replace")).split())[-500:]

    def until(self, ready: Callable[[], bool], limit_s: float) -> bool:
        """Let it work until something is true; whether that came within the limit."""
        end = time.monotonic() + limit_s
        while not ready():
            if time.monotonic() >= end or not self.open:
                return ready()
            self.pump()
        return True

    def rest(self, seconds: float) -> None:
        """Let it work for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.pump(min(left, _STEP_S))

    def settle(self, limit_s: float = 30) -> None:
        """Wait until it has done nothing for half a second, or for the limit."""
        end, busy = time.monotonic() + limit_s, True
        while busy and time.monotonic() < end:
            before = self.cpu()
            self.rest(0.5)
            busy = self.cpu() - before > 0.02  # two of the kernel's ticks

    def cpu(self) -> float:
        """CPU seconds of the child and of what it started, so far."""
        total = 0.0
        for process in (self._process, *self._process.children(recursive=True)):
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue
            total += times.user + times.system
        return total

    def peak_rss(self) -> int | None:
        """The most memory the child has held, bytes; `None` where the system does not tell (it is Linux that does)."""
        try:
            status = Path(f"/proc/{self._child.pid}/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            return None
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return None if found is None else int(found[1]) * 1024

    def leave(self, keys: str, limit_s: float = 10) -> None:
        """Type what ends it, and wait for that."""
        self.type(keys)
        self.until(lambda: not self.open, limit_s)
        end = time.monotonic() + limit_s
        while self._child.isalive() and time.monotonic() < end:
            time.sleep(_STEP_S)
