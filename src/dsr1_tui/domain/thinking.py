"""Inline `<think>…</think>` told apart into reasoning and answer as it streams, where the server does not do it."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

OPEN: Final = "<think>"
CLOSE: Final = "</think>"

_PARSED_LEAD: Final = 2
"""Newlines before the first text that show a reasoning parser: R1's answer begins with two, its thought with none."""


@dataclass(frozen=True, slots=True)
class Split:
    """What a piece of text turned out to be; in stream order the reasoning comes first."""

    reasoning: str = ""
    answer: str = ""


_NOTHING: Final = Split()


class _State(Enum):
    START = "only blanks, or the beginning of a tag, so far"
    THOUGHT = "reasoning until the closing tag"
    WATCHED = "taken for an answer, but a closing tag may still come"
    ANSWER = "answer to the end; tags are plain text"


class ThinkSplitter:
    """One sample's text, piece by piece; any split into pieces gives the same reasoning and answer.

    Nothing is held back but what may be the beginning of a tag (7 characters at most) and blanks before the first text.
    """

    __slots__ = ("_held", "_opens_in_thought", "_state", "_trim_answer", "_trim_reasoning")

    def __init__(self, opens_in_thought: bool | None) -> None:  # noqa: FBT001 - the one thing it is told, named at each call
        """Say how text without an opening tag is to be taken.

        Args:
            opens_in_thought: True where the prompt ends in `<think>` (DeepSeek-R1's template): text is reasoning until
                `</think>`, and stays reasoning if that never comes. False for other models: text is an answer unless it
                opens with `<think>`, and a lone `</think>` in it is dropped. None where the server takes the reasoning
                out itself: all text is answer, tags are plain text.
        """
        self._opens_in_thought = opens_in_thought is True
        self._state = _State.ANSWER if opens_in_thought is None else _State.START
        self._held = ""
        self._trim_reasoning = True
        self._trim_answer = True

    def feed(self, text: str) -> Split:
        """Take the next piece of `content`."""
        if self._state is _State.ANSWER:
            return Split("", self._answer(text))
        text = self._held + text
        self._held = ""
        if self._state is _State.START:
            begun = self._begin(text)
            if begun is None:
                self._held = text
                return _NOTHING
            return self.feed(begun)
        before, tag, after = text.partition(CLOSE)
        if not tag:
            keep = _overlap(text, CLOSE)
            if keep:
                before, self._held = text[:-keep], text[-keep:]
            return self._as_state(before)
        split = self._as_state(before)
        self._state = _State.ANSWER
        return Split(split.reasoning, split.answer + self._answer(after))

    def field(self, text: str) -> Split:
        """Take the next piece of reasoning that came in a field of its own; from here on content is answer."""
        held, self._held = self._held, ""
        split = _NOTHING if self._state is _State.START and not held.strip() else self._as_state(held)
        self._state = _State.ANSWER
        return Split(split.reasoning + self._reasoning(text), split.answer)

    def close(self) -> Split:
        """What was held back when the stream ended: the beginning of a tag that never became one."""
        held, self._held = self._held, ""
        if self._state is not _State.START:
            return self._as_state(held)
        if not held.strip():
            return _NOTHING
        self._state = self._guess(held)
        return self._as_state(held)

    def _begin(self, text: str) -> str | None:
        """Leave the start: the text that follows a tag there, all of it without one, or None while that is open."""
        body = text.lstrip()
        if body.startswith(OPEN):
            self._state = _State.THOUGHT
            return body[len(OPEN) :]
        if body.startswith(CLOSE):
            self._state = _State.ANSWER
            return body[len(CLOSE) :]
        if OPEN.startswith(body) or CLOSE.startswith(body):
            return None
        self._state = self._guess(text)
        return text

    def _guess(self, text: str) -> _State:
        """What text without a tag before it is."""
        lead = text[: len(text) - len(text.lstrip())]
        thought = self._opens_in_thought and lead.count("\n") < _PARSED_LEAD
        return _State.THOUGHT if thought else _State.WATCHED

    def _as_state(self, text: str) -> Split:
        return Split(self._reasoning(text), "") if self._state is _State.THOUGHT else Split("", self._answer(text))

    def _reasoning(self, text: str) -> str:
        if self._trim_reasoning:
            text = text.lstrip("\n")
            self._trim_reasoning = not text
        return text

    def _answer(self, text: str) -> str:
        if self._trim_answer:
            text = text.lstrip("\n")
            self._trim_answer = not text
        return text


def _overlap(text: str, tag: str) -> int:
    """Length of the longest end of `text` that is a beginning of `tag`."""
    at = text.rfind(tag[0], max(0, len(text) - len(tag) + 1))
    while at >= 0:
        if tag.startswith(text[at:]):
            return len(text) - at
        at = text.rfind(tag[0], max(0, len(text) - len(tag) + 1), at)
    return 0
