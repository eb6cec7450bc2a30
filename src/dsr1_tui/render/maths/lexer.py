"""Cuts a formula's source into tokens, and drops on the way what could act on a terminal."""

import re
from dataclasses import dataclass
from typing import Final

from dsr1_tui.render.maths.nodes import Refused

MAX_LENGTH: Final = 4000
"""Characters of one formula; longer ones are shown as their source."""

_MARKS: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_TOKEN: Final = re.compile(rf"\\(?:[A-Za-z]+|.|$)|[^\\\s][{_MARKS}]{{0,3}}", re.DOTALL)
_UNSAFE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_BREAKS: Final = re.compile(r"[\u0085\u2028\u2029]")
_STRAY_MARKS: Final = re.compile(rf"(?:(?<=[\s\\{{}}])|^)[{_MARKS}]+|(?<=[{_MARKS}]{{3}})[{_MARKS}]+")
_COMMENT: Final = re.compile(r"(?<!\\)%\n[ \t]*|(?:(?<=\s)|^)%[^\n]*(?:\n[ \t]*)")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A formula as tokens: commands with their backslash, else single characters; white space is left out."""

    source: str
    """What was read: without comments and without characters that have no place in a formula."""
    texts: list[str]
    starts: list[int]
    """Where each token begins in `source`."""


def clean(source: str) -> str:
    r"""`source` without comments and without characters that steer a terminal or print nothing.

    A `%` counts as a comment only where it can be one: before a line's end, or after white space with a further line
    behind it. Models write `50%` and mean the sign.
    """
    text = _UNSAFE.sub("", _BREAKS.sub("\n", source)).replace("\t", " ")
    if "%" in text:
        text = _COMMENT.sub("", text)
    return text if text.isascii() else _STRAY_MARKS.sub("", text)


def tokenize(source: str) -> Tokens:
    """The tokens of a formula. Raises `Refused` where it is too long or ends in a lone backslash."""
    if len(source) > MAX_LENGTH:
        raise Refused("too long")
    text = clean(source)
    texts: list[str] = []
    starts: list[int] = []
    for match in _TOKEN.finditer(text):
        texts.append(match.group())
        starts.append(match.start())
    if texts and texts[-1] == "\\":
        raise Refused("a lone backslash")
    return Tokens(text, texts, starts)
