"""Gathers from a log what a diagnosis needs: who may be blamed, whether it came up, died, or was told to end."""

import re
from dataclasses import dataclass, field
from typing import Final

from dsr1_tui.domain.server.log_facts import GIVEN_MARK, Given, read_given, told
from dsr1_tui.domain.server.log_lines import Level, LogLine, read_line, split_lines
from dsr1_tui.domain.server.progress import ServerFacts

WINDOW: Final = 2_000_000
"""Characters that are read from either end of a long log."""
_READY_WORDS: Final = "Application startup complete"
_MARGIN: Final = 2_000
_MOST_LINES: Final = 80_000
"""Lines that may be blamed and are kept; real logs have some hundreds."""
_SHORTEST: Final = 6
"""Characters of a line that can say anything (“Killed”)."""

_START: Final = re.compile(r"API server version \d|non-default args: ?\{|^usage: ")
"""What a new start says first, in a log that holds several."""
_STOPS: Final = re.compile(r"shutdown triggered|^Shutting down\b|Received SIGTERM|Gracefully shut(?:ting)? ?down")
_WAITS: Final = re.compile(r"Waiting for (?:connections to close|background tasks to complete)")
_ENDS: Final = re.compile(r"Application shutdown complete|Finished server process")
_DIES: Final = re.compile(
    r"EngineDeadError|EngineCore encountered a fatal error|EngineCore encountered an issue|died unexpectedly"
    r"|engine dead\b|Engine loop has died|[Bb]ackground loop (?:has errored|is not running)|Segfault encountered"
    r"|Fatal Python error|Got fatal signal from worker|Engine (?:process|core).{0,40}\bdied"
)
_UNBOUND: Final = re.compile(r"error while attempting to bind on address")
"""uvicorn binds its port only after it called the startup complete."""
_FAILS: Final = re.compile(
    r"Engine core initialization failed|EngineCore failed to start|WorkerProc (?:initialization failed|failed to start)"
    r"|Engine process failed to start|EngineDeadError|Got fatal signal from worker|died unexpectedly"
)
_KILLED: Final = re.compile(r"^\s*Killed\s*$")
_VLLM: Final = re.compile(r"(?i)vllm|EngineCore|APIServer|uvicorn")
_CODE: Final = re.compile(r'\s+(?:File "|\S.{0,300}\^\^|\^+\s*$)')
_WORDS: Final = re.compile(
    r"\s*(?:[\w.]{1,200}(?:Error|Exception|Interrupt|Failed)|[Vv]alue error|[\w .-]{1,60}: error)\b[:,]"
)
_FOLLOWS: Final = re.compile(r"\d+ validation errors? for |resource_tracker|EngineDeadError|Engine core initialization")


@dataclass(slots=True)
class Record:
    """What one start's log tells, in the order of the log."""

    given: Given = field(default_factory=Given)
    facts: ServerFacts = field(default_factory=ServerFacts)
    lines: list[LogLine] = field(default_factory=list)
    """The lines that may say what went wrong: no chatter, no warnings, no source code of tracebacks."""
    lines_seen: int = 0
    of_vllm: bool = False
    last: str = ""
    """The last line that says anything."""
    ready: bool = False
    ready_at: int = 0
    """How many of `lines` came before it was ready."""
    died: int | None = None
    """Where in `lines` a server that was up says that its engine died."""
    unbound: int | None = None
    failed: int | None = None
    """Where in `lines` the engine is said to have failed, without a cause."""
    killed: bool = False
    stopping: bool = False
    waiting: bool = False
    finished: bool = False
    stop_line: str = ""


def gather(log: str) -> Record:
    """Read a log, linear in what is read of it: all of a short one, both ends of a long one."""
    reader = _Reader()
    for piece in _pieces(log):
        for raw in split_lines(piece):
            reader.read(raw)
    return reader.record


def _pieces(log: str) -> list[str]:
    if len(log) <= 2 * WINDOW:
        return [log]
    first, last = log[:WINDOW], log[-WINDOW:]
    middle = log.find(_READY_WORDS, WINDOW, len(log) - WINDOW)
    # A start that came late (debug logs are long) is still a good one.
    between = [_whole_lines(log[middle - _MARGIN : middle + _MARGIN])] if middle >= 0 else []
    return [first, *between, _whole_lines(last)]


def _whole_lines(piece: str) -> str:
    """Without the line that the cut has halved."""
    return piece[piece.find("\n") + 1 :]


class _Reader:
    """Reads line after line; it knows which processes are in the middle of a traceback."""

    def __init__(self) -> None:
        self.record = Record()
        self._tracing: set[str] = set()

    def read(self, raw: str) -> None:
        if len(raw) < _SHORTEST:
            return
        line = read_line(raw)
        record = self.record
        if not line.text.strip():
            return
        record.lines_seen += 1
        record.last = line.text
        record.of_vllm = record.of_vllm or _VLLM.search(raw[:2000]) is not None
        if line.level is Level.WARNING:
            return
        if _START.search(line.text) and (record.ready or record.lines):
            self.record = record = Record(lines_seen=record.lines_seen, of_vllm=True, last=line.text)
        if not record.ready:
            self._read_start(line)
        self._read_end(line)
        if line.may_blame and not self._is_code(line) and len(record.lines) < _MOST_LINES:
            self._blame(line)

    def _read_start(self, line: LogLine) -> None:
        record = self.record
        if GIVEN_MARK.search(line.text):
            record.given = read_given(line.text)
        elif line.may_blame is False:
            record.facts = told(record.facts, line.text)
        if _READY_WORDS in line.text:
            record.ready, record.ready_at = True, len(record.lines)

    def _read_end(self, line: LogLine) -> None:
        record = self.record
        if _STOPS.search(line.text):
            record.stopping = True
            record.stop_line = record.stop_line or line.text
        if record.stopping and _WAITS.search(line.text):
            record.waiting, record.stop_line = True, line.text
        if _ENDS.search(line.text):
            record.finished = True

    def _is_code(self, line: LogLine) -> bool:
        """Whether it is source code that a traceback quotes (which may quote any message)."""
        if line.text.startswith("Traceback (most recent call last)"):
            self._tracing.add(line.origin)
            return True
        if _CODE.match(line.text):
            self._tracing.add(line.origin)
            return True
        if line.origin in self._tracing:
            if line.text[0].isspace():
                return True
            self._tracing.discard(line.origin)
        return False

    def _blame(self, line: LogLine) -> None:
        record, here = self.record, len(self.record.lines)
        record.lines.append(line)
        record.killed = _KILLED.match(line.text) is not None or (record.killed and not record.stopping)
        if record.ready:
            if record.died is None and not record.stopping and _DIES.search(line.text):
                record.died = here
            if record.unbound is None and _UNBOUND.search(line.text):
                record.unbound = here
        elif record.failed is None and _FAILS.search(line.text):
            record.failed = here


def last_words_of(record: Record) -> str:
    """The last line that looks like an error and not like its consequence; empty where there is none."""
    for line in reversed(record.lines):
        if _WORDS.match(line.text) and not _FOLLOWS.search(line.text):
            return line.text.strip()
    return ""
