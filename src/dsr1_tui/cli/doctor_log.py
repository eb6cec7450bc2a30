"""`dsr1-chat doctor --log`: the code, the cause, the decisive line, and the flags that would work."""

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

import click

from dsr1_tui.cli.result import json_line
from dsr1_tui.domain.doctor import typed_all
from dsr1_tui.domain.fault import ExitCode, FaultCode, fail
from dsr1_tui.domain.server.diagnose import diagnose
from dsr1_tui.domain.server.diagnosis import Diagnosis
from dsr1_tui.render.safe import safe

END: Final = 2 * 1024 * 1024
"""Bytes that are read of each end: more is not looked at by the diagnosis either."""
_HEAD: Final = 8192
"""Bytes in which a file shows that it is no text."""
_NOT_OK: Final = 1


def tell_log(name: str, *, as_json: bool) -> int:
    """Print what a log tells; the exit code.

    Args:
        name: a file, or `-` for stdin.
        as_json: print one JSON object.

    Raises:
        FaultError: (usage) it cannot be read, or is no text.
    """
    found = diagnose(read_log(name))
    click.echo(json_line(as_object(found)) if as_json else as_text(found))
    return ExitCode.DONE if found.ok else _NOT_OK


def as_object(found: Diagnosis) -> dict[str, object]:
    """As `--json` prints it."""
    return {
        "code": found.code.value,
        "cause": found.cause,
        "line": found.line,
        "remedy": found.remedy,
        "flags": typed_all(found.flags),
    }


def as_text(found: Diagnosis) -> str:
    """The code alone on the first line, then what there is to say, a line each."""
    rest = (
        ("cause", found.cause),
        ("line", found.line.strip()),
        ("remedy", found.remedy),
        ("flags", ", ".join(typed_all(found.flags))),
    )
    lines = [found.code.value, *(f"{label + ':':<8}{' '.join(text.split())}" for label, text in rest if text)]
    return "\n".join(safe(line) for line in lines)


def read_log(name: str) -> str:
    """Both ends of a file, or of stdin, as text.

    Raises:
        FaultError: (usage) it is not there, is a folder, may not be read, or is no text.
    """
    shown = "stdin" if name == "-" else name
    try:
        if name == "-":
            data = _ends(sys.stdin.buffer)
        else:
            # A pipe that nobody writes to would keep a plain open waiting for ever.
            with os.fdopen(os.open(Path(name).expanduser(), os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
                os.set_blocking(file.fileno(), True)
                data = _ends(file)
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "it is not a path"
        raise fail(
            FaultCode.USAGE, f"The log {shown} cannot be read: {why}.", "Give a vLLM log, or - for stdin."
        ) from None
    if b"\0" in data[:_HEAD] or b"\0" in data[-_HEAD:]:
        what = f"The log {shown} is a binary file."
        raise fail(FaultCode.USAGE, what, "Give a text; unpack it first: zcat FILE | dsr1-chat doctor --log -")
    return data.decode("utf-8", "replace")


def _ends(file: BinaryIO) -> bytes:
    """The first and last bytes of a file; a file of gigabytes is not read through, a pipe is not kept."""
    head = _read(file, END)
    if len(head) < END:
        return head
    with suppress(OSError):
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            size = os.fstat(file.fileno()).st_size
            file.seek(max(size - END, END))
            return head + _between(size) + _read(file, END)
    tail, seen = b"", END
    while data := file.read(1024 * 1024):
        seen += len(data)
        tail = (tail + data)[-END:]
    return head + _between(seen) + tail


def _between(size: int) -> bytes:
    """A line's end where something was left out, so that two halves of lines do not become one line."""
    return b"\n" if size > 2 * END else b""


def _read(file: BinaryIO, limit: int) -> bytes:
    data = b""
    while len(data) < limit and (more := file.read(limit - len(data))):
        data += more
    return data
