"""A recorded question with its samples, and the file format they are kept in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

FENCE: Final = "+++"
"""Opens and closes the TOML head of a file."""
SAMPLE: Final = "+++ sample +++"
"""A line between two samples."""
AGAIN: Final = "+++ again +++"
"""A line after which a thought repeats for ever."""
LIMIT: Final = 6_000
"""Tokens after which a sample that never ends is cut off."""

_OPEN: Final = "<think>\n"
_CLOSE: Final = "\n</think>\n\n"


class TranscriptError(ValueError):
    """A file that is not a transcript; names the file and says why."""


class Ending(StrEnum):
    """How the samples of a transcript end."""

    STOP = "stop"
    LENGTH = "length"
    """Cut off where the text ends."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One recorded reply."""

    thought: str
    """Without the tags and the line breaks at them; empty where the model did not think."""
    answer: str
    """Without the line breaks before it; empty where the thought never ends."""
    again: str = ""
    """What the thought goes on to repeat for ever; empty where it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One recorded question."""

    name: str
    """The file's name without its ending; keeps the order of the list."""
    title: str
    """A few words for the list of suggestions."""
    question: str
    also: tuple[str, ...] = ()
    """Other wordings that mean the same."""
    samples: tuple[Sample, ...]
    ending: Ending = Ending.STOP
    limit: int = LIMIT
    """The most tokens a sample may have."""
    short: str = ""
    """The answer where it is asked for at once, if it is not the recorded one."""

    @property
    def hurried(self) -> "Transcript":
        """The same question answered at once, without a thought."""
        answers = tuple(Sample("", self.short or sample.answer) for sample in self.samples)
        return replace(self, samples=answers, ending=Ending.STOP, limit=LIMIT)


def parse(name: str, text: str) -> Transcript:
    """Read a transcript: a TOML head between `+++` lines, then samples as the model writes them, `<think>` first.

    Raises:
        TranscriptError: the text is not one.
    """
    before, _, rest = text.partition(f"{FENCE}\n")
    head, fence, body = rest.partition(f"\n{FENCE}\n")
    if before or not fence:
        raise TranscriptError(f"{name}: no head between {FENCE} lines")
    try:
        fields: Mapping[str, object] = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        raise TranscriptError(f"{name}: {error}") from None
    unknown = fields.keys() - {"title", "question", "also", "finish", "limit", "short"}
    if unknown:
        raise TranscriptError(f"{name}: unknown field {min(unknown)!r}")
    also = fields.get("also", [])
    limit = fields.get("limit", LIMIT)
    if not isinstance(also, list) or not all(isinstance(item, str) for item in also):
        raise TranscriptError(f"{name}: also must be a list of texts")
    if not isinstance(limit, int) or limit < 1:
        raise TranscriptError(f"{name}: limit must be a whole number of tokens")
    return Transcript(
        name=name,
        title=_text(name, fields, "title"),
        question=_text(name, fields, "question"),
        also=tuple(also),
        samples=tuple(_sample(name, part) for part in body.split(f"\n{SAMPLE}\n")),
        ending=Ending.LENGTH if fields.get("finish") == "length" else Ending.STOP,
        limit=limit,
        short=_text(name, fields, "short") if "short" in fields else "",
    )


def _text(name: str, fields: Mapping[str, object], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not value.strip():
        raise TranscriptError(f"{name}: {key} must be a text")
    return value


def _sample(name: str, part: str) -> Sample:
    if not part.startswith(_OPEN):
        raise TranscriptError(f"{name}: a sample must begin with <think>")
    # A thought that is nothing leaves one line break between the tags, which both tags' own breaks share.
    thought, closed, answer = part.removeprefix(_OPEN).removesuffix("\n").partition(_CLOSE)
    if closed:
        return Sample(thought, answer)
    head, mark, again = thought.partition(f"\n{AGAIN}\n")
    if not mark:
        raise TranscriptError(f"{name}: a thought has neither an end nor an “again”")
    return Sample(head, "", f"\n{again}")
