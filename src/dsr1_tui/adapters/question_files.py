"""Question sets from files, and the one that comes with the program."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.question_records import SetFormat
from dsr1_tui.domain.questions import QuestionSet, parse_questions

SHIPPED: Final = "dsr1-chat-40"
"""The name of the set of our own."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a set at most; the sets in use have some hundred kilobytes."""
_FORMATS: Final = {
    ".jsonl": SetFormat.JSON_LINES,
    ".ndjson": SetFormat.JSON_LINES,
    ".json": SetFormat.JSON_LINES,
    ".csv": SetFormat.CSV,
}
_AS_UTF_8: Final = "Save it as UTF-8 text."


def shipped_questions() -> QuestionSet:
    """The 40 questions that come with the program, arithmetic to competition, English and Chinese."""
    name = "questions.jsonl"
    text = (files("dsr1_tui.adapters") / "bench_data" / name).read_text(encoding="utf-8")
    return QuestionSet(name=SHIPPED, questions=parse_questions(text, SetFormat.JSON_LINES, file=name))


def read_questions(path: Path) -> QuestionSet:
    """The questions of a file: `.jsonl` (also `.ndjson`, `.json`) or `.csv`, UTF-8 with or without a byte order mark.

    Raises:
        FaultError: (not-found) there is no such file; (usage) it cannot be read, is too large, not UTF-8, of another
            ending, or holds a line that is no question: which line and what is wrong with it.
    """
    shown = str(path)
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise fail(FaultCode.USAGE, f"{shown} is no set of questions.", "Its name has to end in .jsonl or .csv.")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise fail(FaultCode.NOT_FOUND, f"There is no file {shown}.") from None
    except OSError as error:
        raise fail(FaultCode.USAGE, f"{shown} cannot be read: {error.strerror or type(error).__name__}.") from None
    if len(data) > LARGEST:
        raise fail(FaultCode.USAGE, f"{shown} is larger than {LARGEST // 2**20} MiB.", "Split it.")
    return QuestionSet(name=path.stem, questions=parse_questions(_decoded(data, shown), form, file=shown))


def _decoded(data: bytes, shown: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise fail(FaultCode.USAGE, f"{shown} is UTF-16 text.", _AS_UTF_8)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"{shown}, line {line}: byte 0x{error.object[error.start]:02x} is not UTF-8."
        raise fail(FaultCode.USAGE, message, _AS_UTF_8) from None
