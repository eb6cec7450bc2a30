"""Sets of questions to measure a model by: what one is, and which fields it may have."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.question_records import EXAMPLE, FIELDS, Line, Number, Record, SetFormat, kind, records, shown

LONGEST_LABEL: Final = 100
"""Characters of an id or a tag."""
_SEPARATOR: Final = ";"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchQuestion:
    """One question, and what is right."""

    question: str
    answer: str | None
    r"""What the final `\boxed{}` should be equal to; None where nobody knows: then only agreement is measured."""
    id: str
    """Unique in its set; `q` and the question's number where the file gives none."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """A set as it was read."""

    name: str
    """The file's name without its ending; may be the name of a published set."""
    questions: tuple[BenchQuestion, ...]
    """At least one; ids are unique."""

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that change with any question, answer, id or tag: whether a run can be resumed."""
        rows = [[item.id, item.question, item.answer, item.tags] for item in self.questions]
        return sha256(json.dumps(rows).encode("ascii")).hexdigest()


def parse_questions(text: str, form: SetFormat, *, file: str) -> tuple[BenchQuestion, ...]:
    r"""The questions of a file's text.

    Fields are `question` (needed), `answer` (text or a number), `id` and `tags` (a list of texts, or one text separated
    by semicolons). Any other field with a short plain value becomes the tag `field:value`; one that looks like a
    misspelt known field, or holds more than a tag can, is refused, so that nothing is dropped without a word.

    Args:
        text: decoded; a leading byte order mark is skipped, lines end in `\n` or `\r\n`.
        form: how the text is written.
        file: the file's name, for faults.

    Raises:
        FaultError: (usage) the first bad line and which field of it, a doubled id, or no question at all.
    """
    found: list[BenchQuestion] = []
    lines: dict[str, int] = {}
    for line, record in records(text.removeprefix("\ufeff"), form, file=file):
        item = _question(line, record, default_id=f"q{len(found) + 1}")
        if (first := lines.setdefault(item.id, line.number)) != line.number:
            raise line.fault(f"“id” is “{item.id}”, as on line {first}.", "Give every question an id of its own.")
        found.append(item)
    if not found:
        raise fail(FaultCode.USAGE, f"{file} holds no question.", EXAMPLE)
    return tuple(found)


def _question(line: Line, record: Record, *, default_id: str) -> BenchQuestion:
    asked = record.get("question")
    if asked is None:
        there = f"; there is {', '.join(map(shown, record))}" if record else ""
        raise line.fault(f"“question” is missing{there}.", EXAMPLE)
    if not isinstance(asked, str) or isinstance(asked, Number):
        raise line.fault(f"“question” is {kind(asked)}, not a text.")
    if not asked.strip():
        raise line.fault("“question” is empty.")
    return BenchQuestion(
        question=_sound(line, "question", asked),
        answer=_text(line, "answer", record.get("answer")),
        id=_label(line, "id", _text(line, "id", record.get("id")) or default_id),
        tags=tuple(dict.fromkeys((*_tags(line, record.get("tags")), *_other_fields(line, record)))),
    )


def _text(line: Line, field: str, value: object) -> str | None:
    """A text or a number as written; None where it is null or blank."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise line.fault(f"“{field}” is {kind(value)}, not a text or a number.")
    return _sound(line, field, str(value)).strip() or None


def _tags(line: Line, value: object) -> Iterator[str]:
    if value is not None and not isinstance(value, str | list):
        raise line.fault(f"“tags” is {kind(value)}, not a list of texts.")
    for tag in value.split(_SEPARATOR) if isinstance(value, str) else value or ():
        if not isinstance(tag, str):
            raise line.fault(f"“tags” holds {kind(tag)}, not only texts.")
        if tag.strip():
            yield _label(line, "tags", tag.strip())


def _other_fields(line: Line, record: Record) -> Iterator[str]:
    for field, value in record.items():
        if field in FIELDS or value is None or (isinstance(value, str) and not value.strip()):
            continue
        text = str(value).lower() if isinstance(value, bool) else value
        if not isinstance(text, str):
            hint = "Leave it out, or write it as a short text."
            raise line.fault(f"the field “{shown(field)}” is {kind(value)}, which makes no tag.", hint)
        yield _label(line, shown(field), f"{field}:{text.strip()}")


def _label(line: Line, field: str, text: str) -> str:
    if len(text) > LONGEST_LABEL or not text.isprintable():
        hint = "" if field in FIELDS else "Leave the field out, or shorten it."
        raise line.fault(f"“{field}” is longer than {LONGEST_LABEL} characters or not one printable line.", hint)
    return text


def _sound(line: Line, field: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise line.fault(f"“{field}” holds half a character (a lone surrogate).") from None
    return text
