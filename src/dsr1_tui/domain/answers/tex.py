"""Pieces of a body as plain TeX, for a computer algebra system."""

from collections.abc import Iterable
from typing import Final

from dsr1_tui.domain.answers.spelling import FUNCTIONS
from dsr1_tui.domain.answers.tokens import Kind, Token

_COMMANDS: Final = {
    "*": "\\cdot",
    "<=": "\\leq",
    ">=": "\\geq",
    "!=": "\\neq",
    "±": "\\pm",
    "∓": "\\mp",
    "∪": "\\cup",
    "∩": "\\cap",
    "∈": "\\in",
    "∞": "\\infty",
    "%": "\\cdot \\frac{1}{100}",
    "frac": "\\frac",
    "sqrt": "\\sqrt",
    "binom": "\\binom",
    "overline": "\\overline",
    "emptyset": "\\emptyset",
    "$": "",
}
_SIMPLE: Final = frozenset({Kind.NUMBER, Kind.LETTER})
_OPEN: Final = Token(Kind.SIGN, "(")
_CLOSE: Final = Token(Kind.SIGN, ")")
_RADIANS: Final = (Token(Kind.SIGN, "*"), Token(Kind.LETTER, "pi"), Token(Kind.SIGN, "/"), Token(Kind.NUMBER, "180"))


def rendered(tokens: Iterable[Token]) -> str:
    r"""One spelling in plain TeX: `\frac { 1 } { 2 }`; the same pieces always give the same text.

    What systems read in several ways is made plain: degrees become radians, the argument of `\sin 2x` gets brackets.
    """
    return " ".join(filter(None, map(_rendered, _bracketed(_in_radians(tokens)))))


def _in_radians(tokens: Iterable[Token]) -> list[Token]:
    done: list[Token] = []
    closes = False
    for token in tokens:
        if token.text == "°" and token.kind is Kind.SIGN:
            while done and done[-1].text in {"^", "{"}:
                closes |= done.pop().text == "{"
            start = len(done)
            while start and done[start - 1].kind in _SIMPLE:
                start -= 1
            done[start:] = [_OPEN, *done[start:], *_RADIANS, _CLOSE]
        elif closes and token.text == "}":
            closes = False
        else:
            done.append(token)
    return done


def _bracketed(tokens: list[Token]) -> list[Token]:
    done: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        done.append(token)
        place += 1
        end = place
        while token.text in FUNCTIONS and end < len(tokens) and tokens[end].kind in _SIMPLE:
            end += 1
        if end > place and (end == len(tokens) or tokens[end].text not in {"^", "_"}):
            done += [_OPEN, *tokens[place:end], _CLOSE]
            place = end
    return done


def _rendered(token: Token) -> str:
    text = token.text
    match token.kind:
        case Kind.NUMBER:
            return text
        case Kind.LETTER if text in _COMMANDS:
            return _COMMANDS[text]
        case Kind.LETTER if ":" in text:
            style, _, name = text.partition(":")
            return f"\\{style}{{{name}}}"
        case Kind.LETTER:
            return text if len(text) == 1 or not text.isascii() else f"\\{text}"
        case Kind.WORD:
            return f"\\text{{{text}}}"
        case Kind.SEPARATOR:
            return ","
        case Kind.SIGN if text in FUNCTIONS:
            return f"\\{text}"
        case Kind.SIGN if text.startswith(("begin:", "end:")):
            return "\\" + text.replace(":", "{") + "}"
        case Kind.SIGN:
            return _COMMANDS.get(text, text)
