"""Runs one of the system's small tools and gives what it prints, whatever becomes of it."""

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress


def said_by(command: Sequence[str], limit_s: float, environ: Mapping[str, str]) -> str | None:
    """What a command prints; `None` if it cannot be run, fails, or takes too long."""
    try:
        process = subprocess.Popen(  # noqa: S603  fixed programs, found on this machine
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environ, "LC_ALL": "C"},
            text=True,
            errors="replace",
        )
    except OSError:
        return None
    try:
        said, _ = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        # A process stuck in the driver does not die: waiting for it would hang in its stead.
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=0.2)
        return None
    return said if process.returncode == 0 else None
