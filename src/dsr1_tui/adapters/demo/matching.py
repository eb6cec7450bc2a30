"""Which recording answers a question: only one asked in these words, so that no answer is passed off as another's."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dsr1_tui.adapters.demo.transcript import Transcript

_COURTESY: Final = frozenset(
    (
        *("a", "an", "and", "are", "can", "do", "does", "for", "from", "given", "hello", "hi", "i", "is", "it", "me"),
        *("now", "of", "please", "same", "show", "step", "tell", "the", "then", "there", "to", "us", "you"),
        *("calculate", "compute", "equation", "evaluate", "find", "solution", "solutions", "solve"),
        *("what", "what's", "which"),
    )
)
"""Words that do not change what is asked."""
_INSTRUCTION: Final = re.compile(r"please reason step by step.*|请(?:逐步|一步一步)推理.*", re.IGNORECASE | re.DOTALL)
"""What R1's model card has a client add to a maths question."""
_HURRY: Final = re.compile(r"\s*answer now, in a few words, without thinking any further\.?", re.IGNORECASE)
"""What the chat asks where a thought is to be closed and the endpoint cannot continue it."""
_TEX: Final = re.compile(r"\\[()\[\]]|\$")
_OPERATOR: Final = re.compile(r"(?<=[\w)}\]])\s*([-+*/=<>])\s*(?=[\w({\\])")
_CHINESE_GAP: Final = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=\w)|(?<=\w)\s+(?=[\u3400-\u9fff])")
_WORD: Final = re.compile(r"[^\s.,;:!?。，；：！？“”\"]+")


Index = Mapping[frozenset[str], Transcript]
"""Recordings by the words of their questions."""


def index(transcripts: Sequence[Transcript]) -> Index:
    """The recordings under each of their wordings."""
    return {words(wording): found for found in transcripts for wording in (found.question, *found.also)}


def pick(known: Index, text: str) -> Transcript | None:
    """The recording of the question in the user's message `text`, or `None` for any other question.

    A question and an instruction may share a message, and so may two questions, when the answer between them was
    dropped: the whole is tried first, then its paragraphs, the last first. Asked to answer now, it does not think.
    """
    bare = _HURRY.sub("", text)
    found = next((known[key] for key in map(words, _parts(bare)) if key in known), None)
    return found.hurried if found is not None and bare != text else found


def _parts(text: str) -> Iterator[str]:
    bare = _INSTRUCTION.sub("", text)
    yield bare
    yield from reversed(bare.split("\n\n"))


def words(text: str) -> frozenset[str]:
    """What a question is about: its words and formulas without courtesy, case, punctuation and TeX marks."""
    plain = (
        _TEX.sub(" ", unicodedata.normalize("NFKC", text)).casefold().replace("\N{MINUS SIGN}", "-").replace("^", "")
    )
    found = _WORD.findall(_CHINESE_GAP.sub("", _OPERATOR.sub(r"\1", plain)))
    return frozenset(word for word in found if word not in _COURTESY) or frozenset(found)
