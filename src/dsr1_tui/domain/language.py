"""Which language a question is in, so that what is added to it speaks the same."""

import re
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """The languages R1 thinks in, and in which the program has words for it."""

    ENGLISH = "en"
    """Also every language that is not Chinese."""
    CHINESE = "zh"


_READ: Final = 20_000
"""Code points looked at; what follows in a pasted text does not change what language the question is in."""

_HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN_CHAR: Final = re.compile(f"[{_HAN}]")
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_WORD: Final = re.compile(rf"(?:(?![{_HAN}])[^\W\d_]){{2,}}")
"""A run of letters that is not Han; one letter alone is a variable."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_CHINESE_POINT: Final = re.compile("[，。？！：；、（）【】《》＝＋－]")

_NOT_PROSE: Final = re.compile(
    r"(`{3}|~{3}).*?(?:\1|\Z)"  # fenced code
    r"|`[^`\n]{1,400}`"
    r"|\\[A-Za-z]+"  # TeX commands
    r"|https?://[!-~]+",
    re.DOTALL,
)
_QUOTED: Final = re.compile(
    "“[^”]{1,400}”|「[^」]{1,400}」|\"[^\"\n]{1,400}\"|(?<![A-Za-z])'[^'\n]{1,400}'(?![A-Za-z])"
)
_ENGLISH: Final = re.compile(
    r"\b(?:the|an|is|are|was|what|which|how|why|when|who|does|do|did|can|could|would|should|please|into|from|with|and"
    r"|this|that|these|there|of|to|in|for|my|me|you|your|translate|write|explain|solve|find|mean|means|between)\b",
    re.IGNORECASE,
)

_LITTLE: Final = 0.05
"""A share of Han below which the text only quotes a character or two."""
_MOST: Final = 0.8
"""A share of Han from which no Latin words make it anything but Chinese."""
_JAPANESE: Final = 0.4
"""A share of kana among Han and kana that Chinese does not reach by quoting a word."""


def han_share(text: str) -> float:
    """The share of Han characters among the letters of a text, 0 to 1.

    Code, TeX commands, addresses and single Latin letters are not counted: `解方程 x^2 = 4` is all Chinese.
    """
    prose = _NOT_PROSE.sub(" ", text[:_READ])
    han = len(_HAN_CHAR.findall(prose))
    if not han:
        return 0.0
    return han / (han + sum(map(len, _WORD.findall(prose))))


def language_of(text: str) -> Language:
    """The language a question is asked in; English where nothing says otherwise.

    Where both scripts stand side by side (`Python 的 asyncio 怎么用？`, `Translate 你好 into English`), quotations are
    set aside, then the script that opens the question decides, unless it opens with a foreign name in a sentence that
    has no English word to hold it together.
    """
    read = _NOT_PROSE.sub(" ", text[:_READ])
    han = len(_HAN_CHAR.findall(read))
    if not han:
        only_signs = _LETTER.search(read) is None
        return Language.CHINESE if only_signs and _CHINESE_POINT.search(read) else Language.ENGLISH
    kana = len(_KANA.findall(read))
    if kana / (han + kana) >= _JAPANESE:
        return Language.ENGLISH
    asked = _QUOTED.sub(" ", read)
    if _LETTER.search(asked) is None:
        asked = read
    share = han_share(asked)
    if share < _LITTLE or share >= _MOST:
        return Language.CHINESE if share >= _MOST else Language.ENGLISH
    first = _LETTER.search(asked)
    opens_in_han = first is not None and _HAN_CHAR.match(first.group()) is not None
    return Language.CHINESE if opens_in_han or not _ENGLISH.search(asked) else Language.ENGLISH
