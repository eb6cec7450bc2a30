"""Whether a question is plainly mathematics, so that R1's directive is added where it helps and nowhere else."""

import re
from functools import lru_cache
from typing import Final

from dsr1_tui.domain import mathsy_words as words

LONGEST: Final = 4_000
"""Code points: a longer text is something pasted, not a problem (the longest of MATH-500 and AIME are under 2,500)."""

_FEW, _MANY = 2, 3
_ANY_HAN: Final = re.compile("[\u4e00-\u9fff]")
_STATEMENT: Final = re.compile(r"(?s).*\b(?=how\b|what\b|find\b)", re.IGNORECASE)
_IF: Final = re.compile(r"\bif\b", re.IGNORECASE)
_STRONG_SIGN: Final = re.compile(
    r"\d\s*[-+*/×÷^−]\s*\(?-?\d.*[=＝]|[+*×÷^√²³]|->|plus|minus|times|divided|squared|cubed|\)\(|%\s*of\s"
)


def is_mathsy(question: str) -> bool:
    """Whether a question is plainly a mathematics problem, English or Chinese.

    Conservative: what may also be code, a date, a translation or small talk with numbers in it is not. A directive that
    is missing can be asked for; one that is wrong makes the model box a poem. No model is asked: patterns only.
    """
    text = question.strip()
    return 0 < len(text) <= LONGEST and _judged(text)


@lru_cache(maxsize=1024)  # every earlier question is asked about again with each new one; a judgement takes up to 20 ms
def _judged(text: str) -> bool:
    if words.CODE.search(text) or words.OTHER_TASK.search(text):
        return False
    text = words.DATE.sub(" ", text)
    if words.ONLY_SIGNS.fullmatch(text):
        return _bare(text)
    if words.TEX.search(text) or words.LARGER.search(text):
        return True
    return _chinese(text) if _ANY_HAN.search(text) else _english(text)


def _bare(text: str) -> bool:
    """Nothing but signs: an equation or a sum, not a date, a range or a telephone number."""
    return any(c.isdigit() for c in text) and _STRONG_SIGN.search(text) is not None and _formula(text)


def _formula(text: str) -> bool:
    return words.RELATION.search(text) is not None or words.SUM.search(text) is not None


def _numbers(text: str) -> int:
    """Quantities; a bare year is none."""
    return sum(words.YEAR.fullmatch(found) is None for found in words.NUMBER.findall(text))


def _english(text: str) -> bool:
    formula, numbers = _formula(text), _numbers(text)
    noun = words.NOUN.search(text) is not None
    measured = numbers > 0 or words.FUNCTION.search(text) is not None
    amount = words.AMOUNT.search(text) is not None and numbers >= _FEW
    if words.TASK.search(text):
        if formula or (noun and measured) or amount:
            return True
        if (noun and words.PROVE.search(text)) or (numbers >= _FEW and words.RECKON.search(text)):
            return True
    if words.IS.match(text) and noun and measured:
        return True
    if words.ASK.search(text) or words.HOW_MANY.search(text):
        if words.SUM.search(text) or (noun and measured) or amount:
            return True
        if formula and words.SETUP.search(text):
            return True
    return _story(text)


def _story(text: str) -> bool:
    """A word problem: quantities, something done with them, and only then the question for another quantity."""
    if not (words.HOW_MANY.search(text) and words.CUE.search(text)):
        return False
    statement = _STATEMENT.match(text)
    before = text if _IF.search(text) or statement is None else statement.group()
    return _numbers(before) >= _FEW


def _chinese(text: str) -> bool:
    formula = _formula(text)
    numbers = len(words.ZH_NUMBER.findall(text))
    noun = words.ZH_NOUN.search(text) is not None
    measured = numbers > 0 or words.FUNCTION.search(text) is not None
    if words.ZH_TASK.search(text) and (formula or (noun and (measured or words.ZH_PROVE.search(text) is not None))):
        return True
    if words.ZH_EQUALS.search(text) and (formula or numbers >= _FEW):
        return True
    if words.ZH_HOW_MANY.search(text):
        return (noun and measured) or numbers >= _MANY or (numbers >= _FEW and words.ZH_CUE.search(text) is not None)
    return False
