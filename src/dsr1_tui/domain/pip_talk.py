"""Reads what pip writes: how far a download is, and why it failed, in one sentence."""

import re
from collections.abc import Sequence
from typing import Final

from dsr1_tui.domain.fault import Fault, FaultCode

_PROGRESS: Final = re.compile(r"Progress (\d+) of (\d+)")
_FILE: Final = re.compile(r"\s*(?:Downloading|Using cached) (?:\S+/)?([^\s/]+\.(?:whl|tar\.gz|zip))(?:\s|$)")
_AGAIN: Final = "Run the same command again: it goes on where it stopped."

_TROUBLES: Final[tuple[tuple[str, str, str], ...]] = (
    (r"No space left on device|Errno 28|Disk quota exceeded", "The disk is full.",
     f"Free some, or set TMPDIR and DSR1_ENGINE_DIR to folders on a larger disk. {_AGAIN}"),
    (r"ProxyError|Cannot connect to proxy|Tunnel connection failed",
     "pip could not get through the proxy.", f"Look at HTTPS_PROXY. {_AGAIN}"),
    (r"CERTIFICATE_VERIFY_FAILED|SSLError|SSL: ", "pip does not trust the package index's certificate.",
     f"Tell pip of the certificate with PIP_CERT. {_AGAIN}"),
    (r"NewConnectionError|Failed to establish|NameResolutionError|Temporary failure in name|ConnectTimeout",
     "The package index cannot be reached: there is no network, or pip is told of another index.", _AGAIN),
    (r"ReadTimeout|Read timed out|IncompleteRead|Connection broken: |Connection reset|RemoteDisconnected",
     "A download broke off.", _AGAIN),
    (r"HTTP error 40[137]|40[137] Client Error", "The package index refuses access.",
     f"Look at pip's settings (`pip config list`). {_AGAIN}"),
    (r"HTTP error 5\d\d|5\d\d Server Error", "The package index is in trouble.", _AGAIN),
    (r"THESE PACKAGES DO NOT MATCH THE HASHES", "A download was damaged.", _AGAIN),
    (r"Permission denied", "pip may not write there.",
     f"Look at the folder's owner, or set DSR1_ENGINE_DIR to another. {_AGAIN}"),
    (r"ensurepip is not available|No module named '?(?:venv|ensurepip)", "This Python lacks its venv module.",
     "Install it (on Debian and Ubuntu the package python3-venv)."),
)  # fmt: skip
"""A pattern, what it means, what to do; in the order in which a cause hides behind the next."""

_NOTHING_FITS: Final = re.compile(r"No matching distribution found for (\S+)")
_ERROR: Final = re.compile(r"ERROR: (?!Could not find a version)(.+)|(\w*(?:Error|Exception): .+)")


def progress(line: str) -> tuple[int, int] | None:
    """Bytes done and in all, if that is what a line of pip's raw progress tells."""
    found = _PROGRESS.fullmatch(line.strip())
    return (int(found.group(1)), int(found.group(2))) if found else None


def file_named(line: str) -> str | None:
    """The file that a line says is downloaded."""
    found = _FILE.match(line)
    return found.group(1) if found else None


def trouble(title: str, lines: Sequence[str], code: int) -> Fault:
    """Why a command failed: `title` of its step, the last lines of its output, its exit status (negative: a signal)."""
    text = "\n".join(lines)
    for pattern, message, hint in _TROUBLES:
        if re.search(pattern, text, re.IGNORECASE):
            return Fault(FaultCode.ENGINE_INSTALL, message, hint)
    if missing := _NOTHING_FITS.search(text):
        message = f"The package index has no {missing.group(1)} for this machine and Python."
        return Fault(FaultCode.ENGINE_INSTALL, message, "Look at pip's settings (`pip config list`).")
    if code < 0:
        message = f"“{title}” was ended by signal {-code}."
        return Fault(FaultCode.ENGINE_INSTALL, message, "Memory may have run out, or the processor is too old for it.")
    said = [" ".join((found.group(1) or found.group(2)).split()) for line in lines if (found := _ERROR.search(line))]
    reason = f": {said[-1][:200]}" if said else ""
    return Fault(FaultCode.ENGINE_INSTALL, f"“{title}” failed with code {code}{reason}.".replace("..", "."), _AGAIN)
