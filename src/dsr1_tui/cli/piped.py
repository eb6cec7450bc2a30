"""Reads what is piped in."""

import sys
from typing import Final

from dsr1_tui.domain.fault import FaultCode, fail

STDIN: Final = "-"
"""The argument that means it."""


def piped_text() -> str:
    """All of stdin, without newlines at its end.

    Raises:
        FaultError: (usage) it is not UTF-8 text.
    """
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise fail(FaultCode.USAGE, "What was piped in is not UTF-8 text.", "Convert it first.") from None
