"""Finds in vLLM's log the words that say why it ended."""

import re
from typing import Final

LONGEST: Final = 300
_HEAD: Final = re.compile(
    r"^\s*(?:\(\w+ pid=\d+\)\s*)?(?:(INFO|WARNING|ERROR|DEBUG|CRITICAL) \d\d-\d\d [\d:]+ \[[^\]]*\]\s?)?"
)
_CAUSE: Final = re.compile(r"^(?:[\w.]+(?:Error|Exception|Interrupt)|[Vv]alue error|[\w -]+: error)\b[:,]\s*(.+)$")
_FOLLOWS: Final = re.compile(
    r"Engine core initialization failed|\d+ validation errors? for |EngineDeadError|resource_tracker"
)
"""What is said of a failure whose cause stands elsewhere."""
_PYDANTIC: Final = re.compile(r"\s*\[type=\w+, input_value=.*$")


def last_words(log: str) -> str:
    """The cause that a failed start told last, on one line; empty where it told none.

    Warnings are passed over: most failed starts hold an error of no consequence inside one.
    """
    cause = ""
    for line in log.splitlines():
        head = _HEAD.match(line)
        assert head is not None, "every part of it is optional"
        rest = line[head.end() :].strip()
        if head.group(1) != "WARNING" and not _FOLLOWS.search(rest) and (found := _CAUSE.match(rest)):
            cause = _PYDANTIC.sub("", found.group(1))
    cause = " ".join(cause.split())
    return cause if len(cause) <= LONGEST else cause[: LONGEST - 1] + "…"
