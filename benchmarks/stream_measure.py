"""Measures one answer as it streams to one client on a terminal: what the person in front of it would feel, and CPU."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from stream_terminal import Terminal
from stream_text import MARK

KEY_EVERY_S: Final = 0.3
"""A key is typed this often while the answer streams, give or take a fifth: the app's own beat must not be met."""
AFTER_S: Final = 1.0
"""Typing goes on for this long after the end, when the turn is being closed."""
AFTER_KEY_S: Final = 0.1
"""That often then."""
QUIET_S: Final = 2.0
"""CPU is counted until this long after the end: closing the turn and collecting garbage belong to the answer."""
_LETTERS: Final = "".join(map(chr, range(ord("А"), ord("я") + 1)))
"""Typed one after another: they stand nowhere else on the screen, so that each is known by its echo."""
_CLEAR: Final = "\x15"
"""ctrl+u, which empties the composer again."""
_EMPTY: Final = "for commands"
"""What an empty composer shows."""
_ECHO_LIMIT_S: Final = 5.0


class Server:
    """The stand-in endpoint in a process of its own, while the context is open."""

    def __init__(self, tokens: int, rate: float, name: str = "stream_server.py") -> None:
        script = Path(__file__).with_name(name)
        argv = [sys.executable, str(script), "--tokens", str(tokens), "--rate", str(rate)]
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self._output = self._process.stdout
        self.port = int(json.loads(self._output.readline())["port"])
        os.set_blocking(self._output.fileno(), False)
        self._rest = b""
        self.began: list[float] = []
        self.ended: list[float] = []

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        self._process.terminate()
        self._process.wait()
        self._output.close()

    def listen(self) -> None:
        """Take note of what it has said."""
        try:
            data = os.read(self._output.fileno(), 65536)
        except BlockingIOError:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            said = json.loads(line)
            self.began += [said["began"]] if "began" in said else []
            self.ended += [said["ended"]] if "ended" in said else []


class Typist:
    """Types a letter now and then and times how long it takes to show."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._chance = random.Random(3)
        self._typed = 0
        self._due = time.monotonic() + KEY_EVERY_S
        self._open: tuple[str, float] | None = None
        """The letter that has not shown yet, and when it was typed."""
        self.echoes: list[float] = []
        """Seconds from key to screen."""

    def step(self, every_s: float) -> None:
        """Look for the last letter, and type the next when it is due."""
        now = time.monotonic()
        if self._open is not None:
            letter, at = self._open
            shown = self._terminal.seen.get(letter)
            if shown is None and now - at < _ECHO_LIMIT_S:
                return
            self.echoes.append(_ECHO_LIMIT_S if shown is None else shown - at)
            self._open, self._due = None, at + every_s * self._chance.uniform(0.8, 1.2)
        if now >= self._due:
            letter = _LETTERS[self._typed % len(_LETTERS)]
            if self._typed and letter == _LETTERS[0]:
                self._clear()
            self._typed += 1
            self._terminal.await_word(letter)
            self._open = (letter, time.monotonic())
            self._terminal.type(letter)

    def _clear(self) -> None:
        self._terminal.await_word(_EMPTY)
        self._terminal.type(_CLEAR)
        self._terminal.until(lambda: _EMPTY in self._terminal.seen, _ECHO_LIMIT_S)

    def finish(self) -> None:
        """Wait for the last letter."""
        self._terminal.until(self._last_shown, _ECHO_LIMIT_S)

    def _last_shown(self) -> bool:
        self.step(every_s=2 * _ECHO_LIMIT_S)
        return self._open is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """One answer as one client took it."""

    began: float
    """When Enter was pressed (`time.monotonic`)."""
    until: float
    """When measuring ended."""
    done: bool
    """Whether the end came within the limit."""
    seconds: float
    """Enter to the end mark on the terminal."""
    lag_s: float
    """The server's last byte to the end mark on the terminal."""
    cpu_s: float
    """Of the client and all that it started."""
    written: int
    """Bytes to the terminal."""
    peak_rss: int | None
    """Bytes."""
    echoes: Sequence[float] = ()
    """Seconds from key to screen while it streamed."""
    after: Sequence[float] = ()
    """The same within `AFTER_S` after the end."""


def stream(terminal: Terminal, server: Server, *, typing: bool, limit_s: float, mark: str = MARK) -> Streamed:
    """Press Enter and measure until the answer has been quiet for `QUIET_S`.

    `typing` where keys are to echo; `mark` is what is on the terminal once all is.
    """
    answers, cpu, written = len(server.ended), terminal.cpu(), terminal.written
    terminal.await_word(mark)
    typist = Typist(terminal) if typing else None
    began = time.monotonic()
    terminal.type("\r")

    def over() -> bool:
        server.listen()
        if typist is not None:
            typist.step(KEY_EVERY_S)
        return mark in terminal.seen and len(server.ended) > answers

    done = terminal.until(over, limit_s)
    shown = terminal.seen.get(mark, time.monotonic())
    echoes, after = _after(terminal, typist)
    terminal.rest(max(shown + QUIET_S - time.monotonic(), 0))
    return Streamed(
        began=began,
        until=time.monotonic(),
        done=done,
        seconds=shown - began,
        lag_s=shown - server.ended[-1] if done else limit_s,
        cpu_s=terminal.cpu() - cpu,
        written=terminal.written - written,
        peak_rss=terminal.peak_rss(),
        echoes=echoes,
        after=after,
    )


def _after(terminal: Terminal, typist: Typist | None) -> tuple[list[float], list[float]]:
    """Echoes until the end, and those of the second after it."""
    if typist is None:
        return [], []
    streaming = len(typist.echoes)
    end = time.monotonic() + AFTER_S
    while time.monotonic() < end and terminal.open:
        typist.step(AFTER_KEY_S)
        terminal.pump()
    typist.finish()
    return typist.echoes[:streaming], typist.echoes[streaming:]


def environment(folder: Path) -> dict[str, str]:
    """What the child sees: a plain present-day terminal, folders of its own, no proxy, nobody's settings."""
    dropped = {"TMUX", "STY", "NO_COLOR", "CI", "COLUMNS", "LINES"}
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not name.startswith(("DSR1_", "TEXTUAL", "OPENAI_")) and "proxy" not in name.lower()
    }
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    return env | {f"DSR1_{name}_DIR": str(folder / name.lower()) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
