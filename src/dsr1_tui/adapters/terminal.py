"""Writes to the terminal itself, past whatever the screen and the standard streams are doing."""

import os
from typing import Final

TTY: Final = "/dev/tty"


def write_to_terminal(text: str, path: str = TTY) -> None:
    """Write a control sequence to the controlling terminal, in one system call where the terminal takes it at once.

    A terminal finishes one write before it begins another, so this lands between two frames of the screen.

    Raises:
        OSError: this process has no terminal, or it takes nothing.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_NOCTTY)
    try:
        view = memoryview(text.encode("utf-8"))
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)
