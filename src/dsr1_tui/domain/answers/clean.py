"""A boxed body before it is read: one spelling for signs, blanks, wrappers and full-width characters."""

import re
import unicodedata
from typing import Final

_SUPERSCRIPTS: Final = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n", strict=True))
_SUBSCRIPTS: Final = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_SIGNS: Final = {
    **dict.fromkeys("−‐‑‒–—―﹣－", "-"),
    **dict.fromkeys("×✕⋅·∙•∗＊", "*"),
    "÷": "/",
    "⁄": "/",
    "∕": "/",
    "、": ",",
    "；": ";",
    "。": ".",
    "≤": r"\le ",
    "⩽": r"\le ",
    "≥": r"\ge ",
    "⩾": r"\ge ",
    "≠": r"\ne ",
    "≈": r"\approx ",
    "∞": r"\infty ",
    "±": r"\pm ",
    "∓": r"\mp ",
    "∪": r"\cup ",
    "∩": r"\cap ",
    "∈": r"\in ",
    "∅": r"\emptyset ",
    "√": r"\sqrt",
    "º": "°",
    "˚": "°",
    "∘": "°",
}
_NOTHING: Final = re.compile(
    r"\\(?:displaystyle|textstyle|scriptstyle|left|right|middle|[Bb]igg?[lrm]?|limits|nolimits|strut|hfill|phantom\{\})"
    r"(?![A-Za-z])\s*\.?|(?<!\\)\\[!;:>]|\\label\{[^{}]*\}"
)
_BLANKS: Final = re.compile(r"\\q?quad(?![A-Za-z])|(?<!\\)\\[ ,]|~|\s+")
_WRAPS: Final = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("`", "`"))
_BOX: Final = re.compile(r"\\(?:f?boxed|fbox|ensuremath|displaylines)\s*\{")
_LEADS: Final = re.compile(
    r"(?:the\s+)?(?:final\s+)?answer\s*(?:is\b\s*:?|:)\s*|答案\s*(?:是|为|:)\s*:?\s*|(?:option|choice)\s+(?=\(?[A-H]\)?$)"
    r"|(?:选项?|故选)\s*(?=\(?[A-H]+\)?$)|(?:约为?|大约)(?=\s*[-\d\\])|\\(?:therefore|because)(?![A-Za-z])",
    re.IGNORECASE,
)
_ROUNDS: Final = 8
"""Wrappers taken off one another; more is no answer."""


def cleaned(body: str) -> str:
    """The body with one spelling for what is only typesetting; the meaning is not touched."""
    text = _plain_characters(body)
    text = _NOTHING.sub("", text)
    text = _BLANKS.sub(" ", text).strip()
    for _ in range(_ROUNDS):
        bare = _unwrapped(text)
        if bare == text:
            break
        text = bare
    return text


def _plain_characters(body: str) -> str:
    """NFKC, but what it would run together (x², 1½) is spelt out before."""
    parts: list[str] = []
    raised = lowered = False
    for char in body:
        if raised and char not in _SUPERSCRIPTS:
            parts.append("}")
        if lowered and char not in _SUBSCRIPTS:
            parts.append("}")
        if char in _SUPERSCRIPTS:
            parts.append(_SUPERSCRIPTS[char] if raised else "^{" + _SUPERSCRIPTS[char])
        elif char in _SUBSCRIPTS:
            parts.append(_SUBSCRIPTS[char] if lowered else "_{" + _SUBSCRIPTS[char])
        else:
            parts.append(_plain(char))
        raised, lowered = char in _SUPERSCRIPTS, char in _SUBSCRIPTS
    if raised or lowered:
        parts.append("}")
    return "".join(parts)


def _plain(char: str) -> str:
    if char in _SIGNS:
        return _SIGNS[char]
    if char.isascii():
        return char if char.isprintable() else " "
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
        return ""
    spelt = unicodedata.normalize("NFKC", char)
    if "\u2044" in spelt:
        above, _, below = spelt.partition("\u2044")
        return f"\\frac{{{above or 1}}}{{{below}}}"
    return "".join(_SIGNS.get(part, part) for part in spelt)


def _unwrapped(text: str) -> str:
    text = text.strip().rstrip(".;,").strip() if not text.endswith(("\\!", "\\,", "\\;", "...")) else text[:-2].strip()
    if led := _LEADS.match(text):
        return text[led.end() :]
    for before, after in _WRAPS:
        inner = text[len(before) : -len(after)]
        if (
            len(text) > len(before) + len(after)
            and text.startswith(before)
            and text.endswith(after)
            and before not in inner
            and not inner.endswith("\\")
        ):
            return inner
    box = _BOX.match(text)
    if box and _closing(text, box.end() - 1) == len(text) - 1:
        return text[box.end() : -1]
    if text.startswith("{") and _closing(text, 0) == len(text) - 1 and "," not in text:
        return text[1:-1]
    return text


def _closing(text: str, opening: int) -> int:
    """Where the brace that opens at `opening` is closed; -1 if nowhere."""
    depth = 0
    place = opening
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 1
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if not depth:
                return place
        place += 1
    return -1
