"""What words mean as answers: yes and no, nothing, Chinese numerals; and one spelling for a text."""

import re
import unicodedata
from fractions import Fraction
from typing import Final

_YES: Final = ["yes", "true", "correct", "right", "是", "是的", "对", "正确", "真", "成立"]
_NO: Final = ["no", "false", "incorrect", "wrong", "否", "不", "不是", "错", "错误", "不对", "不正确", "假", "不成立"]
_NOTHING: Final = "no solution|no solutions|no real solution|no real solutions|none|empty set|无解|无实数解|空集|没有解"
_MEANS: Final = {
    **dict.fromkeys(_YES, "yes"),
    **dict.fromkeys(_NO, "no"),
    **dict.fromkeys(_NOTHING.split("|"), "nothing"),
}
_DIGITS: Final = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_HEAPS: Final = {"万": 10**4, "亿": 10**8}
_NUMERAL: Final = re.compile("负?[零〇一二两三四五六七八九十百千万亿点分之]{1,30}")
_BETWEEN_CHINESE: Final = re.compile(r"(?<=[\u2e80-\uffff]) (?=\S)|(?<=\S) (?=[\u2e80-\uffff])")


def folded(text: str) -> str:
    """One spelling of a text: NFKC, no case, no punctuation, single blanks, none beside Chinese."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(" " if _is_blank(plain, place) else char for place, char in enumerate(plain))
    return _BETWEEN_CHINESE.sub("", " ".join(kept.split()))


def _is_blank(text: str, place: int) -> bool:
    """Whether a character says nothing: blanks, controls, and punctuation that is no part of a number."""
    char = text[place]
    if char in "-.,/:" and text[place + 1 : place + 2].isdecimal():
        return False
    return char != "%" and unicodedata.category(char)[0] in "PZC"


def meaning(text: str) -> str:
    """What a text says as an answer: `yes`, `no`, `nothing`, or itself, folded."""
    plain = folded(text)
    return _MEANS.get(plain, plain)


def numeral_length(text: str) -> int:
    """How many characters at the start may be a Chinese numeral."""
    found = _NUMERAL.match(text)
    return found.end() if found else 0


def numeral(text: str) -> Fraction | None:
    """The number that a whole text spells in Chinese: 十二, 三分之一, 百分之五, 零点五, 负三; `None` if none.

    Source: GB/T 15835-2011 spellings; no financial (壹贰叁) ones.
    """
    if text.startswith("负"):
        found = numeral(text[1:]) if not text.startswith("负负") else None
        return None if found is None else -found
    below, parted, above = text.partition("分之")
    if parted:
        under, over = (Fraction(100) if below == "百" else _decimal(below)), _decimal(above)
        return over / under if under and over is not None else None
    return _decimal(text)


def _decimal(text: str) -> Fraction | None:
    before, point, after = text.partition("点")
    whole = _whole(before)
    if whole is None or (point and not (after and all(char in _DIGITS for char in after))):
        return None
    digits = "".join(str(_DIGITS[char]) for char in after)
    return whole + (Fraction(int(digits), 10 ** len(digits)) if digits else 0)


def _whole(text: str) -> Fraction | None:
    if not text:
        return None
    if len(text) > 1 and all(char in _DIGITS for char in text):
        return Fraction("".join(str(_DIGITS[char]) for char in text))  # read digit by digit: 二〇二五
    total, heap, digit = 0, 0, None
    for place, char in enumerate(text):
        if char in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[char]
        elif char in _TENS:
            if digit is None and not (char == "十" and place == 0):
                return None
            heap += (1 if digit is None else digit) * _TENS[char]
            digit = None
        elif char in _HEAPS:
            heap += digit or 0
            if not heap + total:
                return None
            total = (total + heap) * _HEAPS[char] if char == "亿" else total + heap * _HEAPS[char]
            heap, digit = 0, None
        else:
            return None
    return Fraction(total + heap + (digit or 0))
