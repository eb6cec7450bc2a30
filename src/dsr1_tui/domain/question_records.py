"""Reads a set's text into records, one for each question, and says which line of it cannot be read."""

import csv
import difflib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final, NoReturn

from dsr1_tui.domain.fault import FaultCode, FaultError, fail

FIELDS: Final = ("question", "answer", "id", "tags")
EXAMPLE: Final = 'A line of JSON looks like {"question": "1+1?", "answer": "2"}; a CSV begins with question,answer.'
_DELIMITERS: Final = ",;\t"


class SetFormat(StrEnum):
    """How a set is written."""

    JSON_LINES = "jsonl"
    """One object a line; blank lines are skipped."""
    CSV = "csv"
    """A header, then a row for each question; separated by commas, semicolons or tabs."""


class Number(str):
    """A JSON number as it was written: an answer `0.50` stays that."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, to say in a fault."""

    file: str
    number: int

    def fault(self, what: str, hint: str = "") -> FaultError:
        """A ready exception that begins with the place."""
        return fail(FaultCode.USAGE, f"{self.file}, line {self.number}: {what}", hint)


Record = Mapping[str, object]
"""A question's fields: texts, `Number`s, True and False, None, lists and objects of these; from CSV only texts."""


def records(text: str, form: SetFormat, *, file: str) -> Iterator[tuple[Line, Record]]:
    """The records of a text, each with the line it begins on; field names are as written, from CSV in lower case.

    Raises:
        FaultError: (usage) a line that is not what `form` says, a field twice, or a field that looks misspelt.
    """
    return _csv_records(text, file) if form is SetFormat.CSV else _json_records(text, file)


def _json_records(text: str, file: str) -> Iterator[tuple[Line, Record]]:
    # Not splitlines(): a JSON text may hold U+2028 and its like as they are.
    for number, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        line = Line(file, number)
        try:
            record: object = json.loads(
                raw,
                parse_int=Number,
                parse_float=Number,
                parse_constant=partial(_no_number, line),
                object_pairs_hook=partial(_once, line),
            )
        except json.JSONDecodeError as error:
            hint = "Each question is one line." if raw.strip() in "[{" else ""
            raise line.fault(f"not JSON: {error.msg} at column {error.colno}.", hint) from None
        except RecursionError:
            raise line.fault("not a question: brackets are nested too deep.") from None
        if not isinstance(record, dict):
            raise line.fault(f"{kind(record)}, not an object with a “question”.", EXAMPLE)
        _refuse_misspelt(line, record)
        yield line, record


def _no_number(line: Line, name: str) -> NoReturn:
    raise line.fault(f"not JSON: {name} is not a number there.")


def _once(line: Line, pairs: list[tuple[str, object]]) -> dict[str, object]:
    _no_doubles(line, [name for name, _ in pairs])
    return dict(pairs)


def _csv_records(text: str, file: str) -> Iterator[tuple[Line, Record]]:
    head = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    while True:
        line = Line(file, reader.line_num + 1)
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise line.fault(f"not CSV: {error}.", "A text with quotes or line ends needs quotes around it.") from None
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        if not names:
            names = _header(line, row)
            continue
        if len(row) != len(names):
            hint = "A text that holds the separator needs quotes around it."
            raise line.fault(f"{len(row)} columns where the header has {len(names)}.", hint)
        yield line, {name: cell for name, cell in zip(names, row, strict=True) if cell.strip()}


def _header(line: Line, row: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in row]
    if "question" not in names:
        _refuse_misspelt(line, names)
        raise line.fault("the header has no column “question”.", EXAMPLE)
    if "" in names:
        raise line.fault(f"column {names.index('') + 1} of the header has no name.")
    _no_doubles(line, names)
    _refuse_misspelt(line, names)
    return names


def _no_doubles(line: Line, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise line.fault(f"“{shown(name)}” is there twice.")
        seen.add(name)


def _refuse_misspelt(line: Line, names: Iterable[str]) -> None:
    given = list(names)
    for name in given:
        if name in FIELDS:
            continue
        meant = difflib.get_close_matches(name[:40].lower(), [field for field in FIELDS if field not in given], 1, 0.75)
        if meant:
            raise line.fault(f"the field “{shown(name)}” is not known.", f"Is it to be “{meant[0]}”?")


def kind(value: object) -> str:
    """What a value is, for a fault."""
    match value:
        case bool():
            return "true or false"
        case Number() | int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case None:
            return "null"
        case _:
            return "an object"


def shown(name: str) -> str:
    """A field's name, short and printable."""
    return "".join(char if char.isprintable() else "?" for char in name[:40])
