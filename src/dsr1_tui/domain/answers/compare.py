"""From two bodies to a likeness, in bounded time."""

import re
from functools import lru_cache
from typing import Final

from dsr1_tui.domain.answers.algebra import TooHardError
from dsr1_tui.domain.answers.clean import cleaned
from dsr1_tui.domain.answers.form import FormKind, Likeness, NormalForm, compare_forms
from dsr1_tui.domain.answers.item import WordsError
from dsr1_tui.domain.answers.reading import read
from dsr1_tui.domain.answers.tex import rendered
from dsr1_tui.domain.answers.tokens import Kind, Token, tokens_of
from dsr1_tui.domain.answers.words import meaning

MOST_CHARACTERS: Final = 2000
"""Longest body that is read; longer ones are equal only letter for letter."""
MOST_LEFT_TO_ALGEBRA: Final = 800
"""Longest formula in plain TeX that is not read here and yet handed on."""
_KEPT: Final = 1024
_COMMAND: Final = re.compile(r"\\([A-Za-z]+)|[{}]|\\")
_STYLES: Final = frozenset(["text", "textbf", "textit", "textrm", "mathrm", "mathbf", "mbox", "operatorname"])


def compare(one: str, other: str) -> Likeness:
    """Whether two bodies mean the same; never raises."""
    return Likeness.EQUAL if one == other else compare_forms(normal_form(one), normal_form(other))


def normal_form(body: str) -> NormalForm:
    """The one spelling of a body (what stands in the braces of a box); never raises."""
    if len(body) > MOST_CHARACTERS:
        return NormalForm(FormKind.UNREAD, body)
    return _read(body)


@lru_cache(maxsize=_KEPT)
def _read(body: str) -> NormalForm:
    text = cleaned(body)
    spelt = meaning(_words(text))
    if spelt == "nothing":
        return NormalForm(FormKind.VALUE, "1*∅^1", exact=True, plain="\\emptyset")
    if spelt in {"yes", "no"}:
        return NormalForm(FormKind.TEXT, spelt)
    tokens: tuple[Token, ...] = ()
    try:
        tokens = tokens_of(text)
        return read(tokens)
    except WordsError:
        return NormalForm(FormKind.TEXT, spelt)
    except (TooHardError, ZeroDivisionError):
        if any(token.kind is Kind.WORD and len(token.text) > 1 for token in tokens):
            return NormalForm(FormKind.TEXT, spelt)
        plain = rendered(tokens)
        if len(plain) > MOST_LEFT_TO_ALGEBRA:
            return NormalForm(FormKind.UNREAD, plain)
        return NormalForm(FormKind.UNREAD, plain or text, plain=plain, whole=plain)


def _words(text: str) -> str:
    return _COMMAND.sub(lambda found: "" if found[1] in _STYLES else f" {found[1] or ''} ", text)
