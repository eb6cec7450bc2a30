"""Text cut into pieces of about a token each, because a recording has no tokenizer to ask."""

import re
from collections.abc import Iterator
from typing import Final

_PIECE: Final = re.compile(
    r"""
      [\u3040-\u30ff\u3400-\u9fff]{1,2}                                # Chinese and Japanese: one or two characters
    | [^\r\n\w]?(?:(?![\u3040-\u30ff\u3400-\u9fff])[^\W\d_]){1,12}     # a word with the space or sign before it
    | \d                                                               # Qwen's tokenizer splits numbers into digits
    | [ ]?(?:[^\s\w]|_){1,3}[\r\n]*                                    # signs, with the line breaks after them
    | \s*[\r\n]+
    | \s+(?!\S)
    | \s+
    """,
    re.VERBOSE,
)
"""Follows Qwen2's pre-tokenizer (tokenizer.json, `pre_tokenizer`), with a cap on long runs, which BPE would split."""


def pieces(text: str) -> Iterator[str]:
    """The pieces of `text`, in order; joined they are `text` again."""
    return (found.group() for found in _PIECE.finditer(text))


def count(text: str) -> int:
    """How many pieces `text` has."""
    return sum(1 for _ in pieces(text))
