"""Finds in a log why a server did not come up, did not stay up, or did not end."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from dsr1_tui.domain.server.causes import Cause, Finding
from dsr1_tui.domain.server.causes_flags import FLAG_CAUSES
from dsr1_tui.domain.server.causes_machine import MACHINE_CAUSES
from dsr1_tui.domain.server.causes_memory import MEMORY_CAUSES, killed
from dsr1_tui.domain.server.causes_model import MODEL_CAUSES
from dsr1_tui.domain.server.diagnosis import Diagnosis, StartCode
from dsr1_tui.domain.server.log_lines import shown
from dsr1_tui.domain.server.log_record import Record, gather, last_words_of

ALL_CAUSES: Final[tuple[Cause, ...]] = (*FLAG_CAUSES, *MACHINE_CAUSES, *MEMORY_CAUSES, *MODEL_CAUSES)
"""Tried in this order on a line; between lines the earlier line wins."""
_HINTS: Final = tuple({hint for cause in ALL_CAUSES for hint in cause.hints})

_AROUND: Final = 12
"""Lines after one that belong to what it says: messages of the hub and of pydantic have several."""
_SAID: Final = 600
"""Characters of each of them."""
_MOST_TRIED: Final = 2_000
"""Lines on which patterns are tried; real logs have some dozens that come into question."""
_OFTEN: Final = 3
"""How often the same line is tried."""
_BEFORE_DEATH: Final = 200
"""Lines before an engine's death among which its cause is looked for."""
_SIGKILL: Final = frozenset({-9, 137})
_ASKED: Final = frozenset({None, 0, -15, 143, -2, 130})
"""Exit codes of a server that somebody ended, or that still runs."""
_CRASHED: Final = frozenset({-6, 134, -7, 135, -11, 139, -4, 132})
_REFUSED: Final = 2
"""argparse's exit code."""
_LOOK: Final = "Look at the end of the log, or start again with VLLM_LOGGING_LEVEL=DEBUG in the environment."


@dataclass(frozen=True, slots=True)
class _Found:
    diagnosis: Diagnosis
    weak: bool


def diagnose(log: str, *, exit_code: int | None = None) -> Diagnosis:
    """What a log tells: `ok` for a good start, the first root cause otherwise, `unknown` where there is none.

    Args:
        log: the whole log, any length; of a long one the ends are read, and what stands around the start's success.
        exit_code: how the server ended (negative for a signal), where it is known.
    """
    record = gather(log)
    found = _of_good_start(record, exit_code) if record.ready else _of_failed_start(record, exit_code)
    return replace(found, line=shown(found.line))


def _of_good_start(record: Record, exit_code: int | None) -> Diagnosis:
    if record.unbound is not None and (found := _first_cause(record, (record.unbound,))):
        return found.diagnosis
    if record.died is not None:
        return _died(record)
    if _hung(record, exit_code):
        return _hang(record)
    if exit_code in _SIGKILL or record.killed:
        why = "The server was up, then it was killed, most likely by the system, which had run out of memory."
        return Diagnosis(
            code=StartCode.ENGINE_DIED,
            cause=why,
            line=last_words_of(record),
            remedy="See what else uses the memory, and start it again.",
        )
    if record.finished or exit_code in _ASKED:
        why = "The server came up" + (", and ended when it was told to." if record.stopping else ".")
        return Diagnosis(code=StartCode.OK, cause=why)
    why = f"The server was up, then it ended by itself (exit code {exit_code})."
    return Diagnosis(code=StartCode.ENGINE_DIED, cause=why, line=last_words_of(record), remedy="Start it again.")


def _died(record: Record) -> Diagnosis:
    assert record.died is not None
    around = range(max(record.died - _BEFORE_DEATH, record.ready_at), len(record.lines))
    root = _first_cause(record, around)
    line = record.lines[record.died].text
    if root is None or root.weak or root.diagnosis.code is StartCode.PORT_IN_USE:
        why = "The server was up, then its engine died."
        return Diagnosis(code=StartCode.ENGINE_DIED, cause=why, line=last_words_of(record) or line, remedy=_AGAIN)
    said = root.diagnosis
    why = f"The server was up, then its engine died. {said.cause}"
    return replace(said, code=StartCode.ENGINE_DIED, cause=why)


def _of_failed_start(record: Record, exit_code: int | None) -> Diagnosis:
    if (found := _first_cause(record, range(len(record.lines)))) is not None:
        return found.diagnosis
    words = last_words_of(record)
    if exit_code in _SIGKILL or record.killed:
        return replace(killed(exit_code or 137), line=words)
    if record.failed is not None or exit_code in _CRASHED:
        why = "The engine ended while it started, and the log does not say why."
        line = words or (record.lines[record.failed].text if record.failed is not None else "")
        return Diagnosis(code=StartCode.ENGINE_DIED, cause=why, line=line, remedy=_LOOK)
    if _hung(record, exit_code):
        return _hang(record)
    if exit_code == _REFUSED:
        why = "vLLM does not accept its command line."
        return Diagnosis(
            code=StartCode.BAD_FLAG, cause=why, line=words, remedy="Check the flags with `vllm serve --help=all`."
        )
    return _unknown(record, words)


def _unknown(record: Record, words: str) -> Diagnosis:
    if record.stopping:
        why = "The server was told to end before it had come up."
    elif not record.lines_seen:
        why = "The log is empty."
    elif not record.of_vllm:
        why = "This does not look like a log of vLLM."
    elif words:
        why = "The log names no cause that is known here."
    else:
        why = "The log ends before the server came up, and names no cause."
    return Diagnosis(code=StartCode.UNKNOWN, cause=why, line=words or record.last, remedy=_LOOK)


def _hung(record: Record, exit_code: int | None) -> bool:
    """Whether it was told to end and did not: it waited for ever, or had to be killed."""
    if not record.stopping or record.finished or exit_code in {0, -15, 143}:
        return False
    return record.waiting or exit_code in _SIGKILL or record.killed


def _hang(record: Record) -> Diagnosis:
    why = "The server was told to end and did not: it waited for connections that stayed open."
    remedy = "Kill its process group (SIGKILL), and see that no EngineCore is left."
    return Diagnosis(code=StartCode.SHUTDOWN_HANG, cause=why, line=record.stop_line, remedy=remedy)


def _first_cause(record: Record, where: range | tuple[int, ...]) -> _Found | None:
    """The first plain cause in the log; a weak one only where there is no plain one."""
    weak: _Found | None = None
    tried: Counter[str] = Counter()
    patience = _MOST_TRIED
    for index in where:
        text = record.lines[index].text
        if tried[text] >= _OFTEN or not _in_question(text):
            continue
        if patience == 0:
            break
        patience -= 1
        tried[text] += 1
        if (found := _cause_of(record, index)) is not None:
            if not found.weak:
                return found
            weak = weak or found
    return weak


def _in_question(text: str) -> bool:
    low = text.lower()
    return any(hint in low for hint in _HINTS)


def _cause_of(record: Record, index: int) -> _Found | None:
    line = record.lines[index]
    low = line.text.lower()
    joined = ""
    for cause in ALL_CAUSES:
        if not any(hint in low for hint in cause.hints):
            continue
        joined = joined or _joined(record, index)
        match = cause.pattern.search(joined)
        if match is None or match.start() >= len(line.text):
            continue
        said = cause.explain(Finding(match=match, text=joined, given=record.given, facts=record.facts))
        # The library tries again: only if nothing plainer follows was this the end of it.
        return _Found(replace(said, line=line.text), weak=cause.weak or "retrying" in low)
    return None


def _joined(record: Record, index: int) -> str:
    """The line as it is, and after it what the same process said next, stripped."""
    line = record.lines[index]
    after = [other for other in record.lines[index + 1 : index + 1 + _AROUND] if other.origin == line.origin]
    return " ".join([line.text, *(other.text.strip()[:_SAID] for other in after)])


_AGAIN: Final = "Start it again; if it comes back look at the log before the engine's death."
