"""The real program in a terminal of its own: keys go in, and what stands on the screen can be read and waited for."""

import codecs
import re
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pexpect
import pyte
import pytest

PATIENCE_S = 60.0
"""Longest wait for something to appear; a machine may be busy, so it is far more than is ever needed."""
KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "ctrl+t": "\x14",
    "ctrl+u": "\x15",
    "ctrl+q": "\x11",
    "ctrl+c": "\x03",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "f2": "\x1bOQ",
    "f5": "\x1b[15~",
    "f8": "\x1b[19~",
    "f12": "\x1b[24~",
}

# What the emulator would misread: private and intermediate CSI, strings (OSC, DCS, APC), colons in SGR.
_UNKNOWN = re.compile(
    r"\x1b\[[<>=][0-9;]*[ -/]*[@-~]"
    r"|\x1b\[\?[0-9;]*u"
    r"|\x1b\[[0-9;?]*[ -/]+[@-~]"
    r"|\x1b\[[0-9;:]*:[0-9;:]*m"
    r"|\x1b[P_^\]].*?(?:\x07|\x1b\\)",
    re.DOTALL,
)
_HALF = re.compile(r"\x1b(?:\[[0-9;:?<>= -/]*|[P_^\]][^\x07]*)?\Z")
"""A sequence that may not have come whole."""


class Terminal:
    """Runs a command; the context ends it."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], *, columns: int = 120, lines: int = 40) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.raw = ""
        """All that was written, sequences included."""
        terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            command[0], list(command[1:]), env={**env, **terminal}, dimensions=(lines, columns), echo=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close(force=True)

    @property
    def pid(self) -> int:
        assert self._child.pid is not None
        return self._child.pid

    @property
    def text(self) -> str:
        """What stands on the screen, one line a row, without trailing blanks."""
        return "\n".join(row.rstrip() for row in self._screen.display)

    def type(self, text: str) -> None:
        self._child.send(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._child.send(KEYS[key])

    def ask(self, text: str) -> None:
        """Type a line and send it."""
        self.until(text, lambda: self.type(text))
        self.press("enter")

    def until(
        self, what: str | Callable[[str], bool], do: Callable[[], None] | None = None, *, limit_s: float = PATIENCE_S
    ) -> str:
        """Do something, then wait until a text (or what a function looks for) stands on the screen; the screen."""
        if do is not None:
            do()
        until = time.monotonic() + limit_s
        while not (what in self.text if isinstance(what, str) else what(self.text)):
            if not self._take() or time.monotonic() > until:
                pytest.fail(f"{what!r} did not come to stand on the screen:\n{self.text}", pytrace=False)
        return self.text

    def end(self) -> int:
        """Wait until the program has ended; its exit code (negative: a signal). It must not have shown a traceback."""
        until = time.monotonic() + PATIENCE_S
        while self._take():
            assert time.monotonic() < until, f"it did not end:\n{self.text}"
        assert "Traceback" not in self.raw, self.text
        self._child.close()
        if self._child.signalstatus is not None:
            return -self._child.signalstatus
        assert self._child.exitstatus is not None
        return self._child.exitstatus

    def _take(self) -> bool:
        """Show what has been written; whether more can come."""
        try:
            data = self._child.read_nonblocking(65536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        text = self._decoder.decode(data)
        self.raw += text
        text = _UNKNOWN.sub("", self._held + text)
        half = _HALF.search(text)
        self._held = text[half.start() :] if half else ""
        self._stream.feed(text[: half.start()] if half else text)
        return True
