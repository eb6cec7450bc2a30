"""Characters with another form: raised, lowered, in another alphabet, or with a mark."""

import string
import unicodedata
from typing import Final

_SUPERSCRIPTS: Final = str.maketrans(
    "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW′″‴⁗*°†⊤",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ′″‴⁗*°†ᵀ",
)
_SUBSCRIPTS: Final = str.maketrans(
    "0123456789+−-=()aehijklmnoprstuvxβγρφχ",
    "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
)

PRIMES: Final = ("", "′", "″", "‴", "⁗")

ACCENTS: Final = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "check": "\u030c",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "vec": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
    "dddot": "\u20db",
    "ddddot": "\u20dc",
    "acute": "\u0301",
    "grave": "\u0300",
    "breve": "\u0306",
    "mathring": "\u030a",
    '"': "\u0308",
    "`": "\u0300",
    "^": "\u0302",
}
"""The combining character of each accent command."""

OVERLINE: Final = "\u0305"
UNDERLINE: Final = "\u0332"
STROKE: Final = "\u0336"
SLASH: Final = "\u0338"
ARROWS: Final = {"right": "\u20d7", "left": "\u20d6", "both": "\u20e1"}


def _alphabet(capital: int, small: int, digit: int = 0, holes: str = "") -> dict[int, str]:
    """A run of the Mathematical Alphanumeric Symbols; `holes` are pairs of a letter and the form it has elsewhere."""
    forms = {ord(letter): chr(capital + at) for at, letter in enumerate(string.ascii_uppercase)}
    forms |= {ord(letter): chr(small + at) for at, letter in enumerate(string.ascii_lowercase)}
    if digit:
        forms |= {ord(letter): chr(digit + at) for at, letter in enumerate(string.digits)}
    return forms | {ord(letter): form for letter, form in zip(holes[::2], holes[1::2], strict=True)}


_SCRIPT: Final = _alphabet(0x1D49C, 0x1D4B6, holes="BℬEℰFℱHℋIℐLℒMℳRℛeℯgℊoℴ")
_FRAKTUR: Final = _alphabet(0x1D504, 0x1D51E, holes="CℭHℌIℑRℜZℨ")
_DOUBLE: Final = _alphabet(0x1D538, 0x1D552, 0x1D7D8, holes="CℂHℍNℕPℙQℚRℝZℤ")
_BOLD: Final = _alphabet(0x1D400, 0x1D41A)
ALPHABETS: Final = {
    "mathbb": _DOUBLE,
    "Bbb": _DOUBLE,
    "mathds": _DOUBLE,
    "mathcal": _SCRIPT,
    "mathscr": _SCRIPT,
    "cal": _SCRIPT,
    "mathfrak": _FRAKTUR,
    "frak": _FRAKTUR,
    "mathbf": _BOLD,
    "boldsymbol": _BOLD,
    "bm": _BOLD,
    "bold": _BOLD,
    "pmb": _BOLD,
}
"""Commands that change a letter's alphabet. Bold is for single letters: of words and numbers it is left out."""


def raised(text: str) -> str | None:
    """`text` in superscript characters, or None where one of them has no such form."""
    return _mapped(text, _SUPERSCRIPTS)


def lowered(text: str) -> str | None:
    """`text` in subscript characters, or None where one of them has no such form."""
    return _mapped(text, _SUBSCRIPTS)


def _mapped(text: str, table: dict[int, int]) -> str | None:
    return text.translate(table) if all(ord(char) in table for char in text) else None


def marked(text: str, mark: str) -> str:
    """`text` with a combining `mark` on every character, after the marks that it has; composed where possible."""
    out: list[str] = []
    for char in text:
        if unicodedata.combining(char) and out:
            out[-1] += char
        else:
            out.append(char)
    return unicodedata.normalize("NFC", "".join(char if "\ufdd0" <= char <= "\ufdef" else char + mark for char in out))
