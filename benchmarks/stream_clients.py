"""The clients that are measured, each from its start to its end: the app, and two bare openai clients beside it."""

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stream_bare import READY
from stream_measure import Server, Streamed, environment, stream
from stream_terminal import Terminal

_HERE: Final = Path(__file__).parent
_QUESTION: Final = "Which are the roots?"
_START_S: Final = 60.0
WARM_S: Final = 2.5
"""The app collects its start-up garbage two seconds after its first frame."""


@dataclass(frozen=True, slots=True)
class SlowCallback:
    """A callback of the event loop that took long."""

    at: float
    """Seconds after Enter."""
    seconds: float
    name: str


@dataclass(frozen=True, slots=True)
class AppRun:
    """One answer in the app."""

    streamed: Streamed
    slow: Sequence[SlowCallback]
    """The slowest first; at least one."""


class NotReadyError(Exception):
    """A client did not come up."""


def run_app(server: Server, limit_s: float) -> AppRun:
    """One answer in the real app; a key is typed now and then meanwhile.

    Raises:
        NotReadyError: it did not come up.
    """
    with tempfile.TemporaryDirectory(prefix="dsr1-benchmark-") as folder:
        figures = Path(folder) / "slow.json"
        argv = [sys.executable, str(_HERE / "stream_app.py"), str(figures), "--base-url", server.url]
        with Terminal(argv, environment(Path(folder))) as terminal:
            come_up(terminal, "ready")
            terminal.rest(WARM_S)
            for letter in _QUESTION:
                terminal.type(letter)
                terminal.pump()
            terminal.settle()
            streamed = stream(terminal, server, typing=True, limit_s=limit_s)
            terminal.leave("\x11")  # ctrl+q
        noted = json.loads(figures.read_text(encoding="utf-8"))
    slow = [
        SlowCallback(began - streamed.began, took, name)
        for began, took, name in noted
        if streamed.began <= began <= streamed.until
    ]
    return AppRun(streamed, sorted(slow, key=lambda callback: -callback.seconds))


def run_bare(kind: str, server: Server, limit_s: float) -> Streamed:
    """One answer in a bare client; `kind` as `stream_bare` has them.

    Raises:
        NotReadyError: it did not come up.
    """
    with tempfile.TemporaryDirectory(prefix="dsr1-benchmark-") as folder:
        argv = [sys.executable, str(_HERE / "stream_bare.py"), kind, server.url]
        with Terminal(argv, environment(Path(folder))) as terminal:
            come_up(terminal, READY)
            terminal.settle()
            streamed = stream(terminal, server, typing=False, limit_s=limit_s)
            terminal.leave("\r")
    return streamed


def come_up(terminal: Terminal, word: str) -> None:
    """Wait until a client shows a word.

    Raises:
        NotReadyError: it did not.
    """
    terminal.await_word(word)
    if not terminal.until(lambda: word in terminal.seen, _START_S):
        raise NotReadyError(f"“{word}” did not come to the terminal within {_START_S:.0f} s, but: {terminal.words}")
