"""Takes a line of vLLM's log apart (the prefixes, its level, the words), and makes one fit to be shown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST: Final = 300
"""Characters of a line that is shown."""
READ: Final = 4_096
"""Characters of a line that are looked at."""

_ANSI: Final = re.compile(r"\x1b(?:\[[0-?]{0,32}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)?|[@-Z\\-_])")
_OUTER: Final = re.compile(
    r"\s{0,64}(?:"
    r"[\w.-]{1,64}\s{0,16}\|\s"  # docker compose: the service's name
    r"|\d{4}-\d\d-\d\d[T ][\d:.,]{5,20}(?:Z|[+-]\d\d:?\d\d)?\s"  # a time stamp of docker or systemd
    r"|\((?=[^()]{0,80}\b(?:pid|ip)=)[^()]{1,80}\)\s?"  # (EngineCore_DP0 pid=7), (VllmWorker rank=1 pid=8)
    r"|\[rank\d{1,5}\]:\s?"  # torch.distributed
    r")"
)
_HEADS: Final = (
    # vLLM: “ERROR 11-22 02:44:33 [core.py:1510] text”, and “INFO 03-20 20:38:08 api_server.py:911] text” before 0.8
    re.compile(
        r"\s{0,16}(DEBUG|INFO|WARNING|ERROR|CRITICAL) \d\d-\d\d [\d:.]{5,16}"
        r"(?: \[[^\]]{0,200}\]| [\w.]{1,80}:\d{1,6}\])\s?"
    ),
    re.compile(r"(DEBUG|INFO|WARNING|ERROR|CRITICAL):(?:[\w.]{1,80}:|\s{1,8})"),  # uvicorn, logging's own form
    re.compile(r"\[?\d{4}-\d\d-\d\d [\d:,.]{5,16}\]?\s?[\[|-]?\s?(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b[\]|: -]{0,4}"),
    re.compile(r"\[([DIWEF])\d{4} [\d:.]{5,20} [^\]]{1,200}\]\s?"),  # c10: “[W1122 02:53:54.28 utils.cpp:68] text”
)
_LETTERS: Final = {"D": "DEBUG", "I": "INFO", "W": "WARNING", "E": "ERROR", "F": "CRITICAL"}
_SPOKEN: Final = re.compile(r"(?:\S{1,300}:\d{1,6}: )?\w{0,40}Warning:|\s{0,8}warnings\.warn\(|(?i:warning|warn): ")
"""What Python's `warnings` and plain prints say of themselves."""

_SECRETS: Final = (
    (re.compile(r"\b(hf_|sk-|ghp_|glpat-|nvapi-|xox[abp]-)[\w-]{4,}"), r"\1…"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{4,}"), r"\1 …"),
    (
        re.compile(
            r"(?i)\b(api[_-]?key|access[_-]?token|(?:hf|hub|auth|use_auth)[_-]?token|token|password|secret)"
            r"(['\"]?\s?(?:=|:)\s?\[?['\"]?|\s(?=\S{12}))(?!\d+\b|None\b|…)[^\s'\",;)]{4,}"
        ),
        r"\1\2…",
    ),
    (re.compile(r"(?i)(--api-key)[ =]\S+"), r"\1 …"),
    (re.compile(r"://[^\s/@:]{1,100}:[^\s/@]{1,200}@"), "://…@"),
    (re.compile(r"(https?://[^\s?]{1,300})\?[^\s'\"]{16,}"), r"\1?…"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w.-]{8,}"), "…"),
)
_PYDANTIC: Final = re.compile(r"\s*\[type=\w+, input_value=.*$")


class Level(StrEnum):
    """The level of a record."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line, taken apart."""

    text: str
    """The words, with their indentation, without any prefix."""
    level: Level | None
    """`None` where no logger wrote it (a traceback, a bar, a print)."""
    origin: str
    """The prefixes, which tell processes apart."""

    @property
    def may_blame(self) -> bool:
        """Whether it may say what went wrong: warnings and chatter may not."""
        return self.level in {None, Level.ERROR, Level.CRITICAL}


def read_line(raw: str) -> LogLine:
    """Take one line apart; it holds no line end. Any text will do."""
    rest = raw[:READ]
    if "\x1b" in rest:
        rest = _ANSI.sub("", rest)
    origin: list[str] = []
    for _ in range(4):
        if (outer := _OUTER.match(rest)) is None:
            break
        origin.append(outer.group().strip())
        rest = rest[outer.end() :]
    for head in _HEADS:
        if found := head.match(rest):
            name = found.group(1)
            rest = rest[found.end() :]
            level = Level(_LETTERS.get(name, name))
            # Inside a record a library may have logged a whole line of its own: its own word counts.
            return LogLine(rest, Level.WARNING if _SPOKEN.match(rest) else level, " ".join(origin))
    return LogLine(rest, Level.WARNING if _SPOKEN.match(rest) else None, " ".join(origin))


def bare(text: str) -> str:
    """The text without colours and other terminal sequences."""
    return _ANSI.sub("", text) if "\x1b" in text else text


def split_lines(log: str) -> Iterator[str]:
    """The lines of a log; a bar that was drawn over counts as lines of its own."""
    for line in log.replace("\r", "\n").split("\n"):
        if line:
            yield line


def masked(text: str) -> str:
    """The text without anything that looks like a key, a token or a password."""
    for pattern, shown in _SECRETS:
        text = pattern.sub(shown, text)
    return text


def shown(text: str, longest: int = LONGEST) -> str:
    """One line that may be drawn on any terminal: no control characters, no keys, not longer than `longest`."""
    text = _PYDANTIC.sub("", text[:READ])
    # Format characters go too: they turn the reading direction or hide letters.
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    plain = masked(" ".join(plain.split()))
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
