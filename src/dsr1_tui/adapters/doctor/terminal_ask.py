"""Asks the terminal what it can do, by two questions of which every terminal answers the second."""

import os
import re
import select
import termios
import time
import tty
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from dsr1_tui.adapters.terminal import TTY

LIMIT_S: Final = 0.4
"""Over a slow line the answer may come later; then nothing is known, and the rest of it is thrown away."""
QUESTION: Final = b"\x1b[?u\x1b[c"
"""kitty's keyboard protocol (progressive enhancement, query), then the primary device attributes (DA1)."""
_ATTRIBUTES: Final = re.compile(rb"\x1b\[\?([\d;]*)c")
_KEYS: Final = re.compile(rb"\x1b\[\?\d+u")
_CLIPBOARD: Final = b"52"
"""The attribute of terminals that let a program write to the clipboard."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What it said."""

    kitty_keys: bool
    clipboard: bool | None
    """True where it says so; `None` else: many that take OSC 52 do not say it."""


def ask_terminal(path: str = TTY, limit_s: float = LIMIT_S) -> Answer | None:
    """Ask the controlling terminal; `None` where there is none, where it is another's, or where it does not answer."""
    try:
        terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return None
    try:
        if os.tcgetpgrp(terminal) != os.getpgrp():  # in the background it would stop us
            return None
        before = termios.tcgetattr(terminal)
        try:
            tty.setcbreak(terminal, termios.TCSANOW)
            os.write(terminal, QUESTION)
            return read_answer(_read(terminal, limit_s))
        finally:
            with suppress(termios.error):
                termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
    except (OSError, termios.error):
        return None
    finally:
        os.close(terminal)


def read_answer(data: bytes) -> Answer | None:
    """What the bytes say; `None` where the second answer is not among them."""
    attributes = _ATTRIBUTES.search(data)
    if attributes is None:
        return None
    told = _CLIPBOARD in attributes[1].split(b";")
    return Answer(kitty_keys=_KEYS.search(data) is not None, clipboard=True if told else None)


def _read(terminal: int, limit_s: float) -> bytes:
    data = b""
    until = time.monotonic() + limit_s
    while _ATTRIBUTES.search(data) is None:
        left = until - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            break
        more = os.read(terminal, 256)
        if not more:
            break
        data += more
    return data
