"""Makes text safe for a terminal while it comes in pieces."""

from typing import Final

from dsr1_tui.render.safe import safe

_JOINING: Final = "\r\u200c\u200d\ufe0e\ufe0f"
"""What is judged by its neighbours."""
_LONGEST: Final = 64
"""More is no cluster but an attempt to have everything held back."""


class SafeStream:
    """Holds back a last character that may belong together with the next piece (an emoji's joiner, half a newline)."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """The safe text that can be written now."""
        text = self._held + text
        cut = _settled(text)
        self._held = text[cut:]
        return safe(text[:cut])

    def rest(self) -> str:
        """What was held back; the stream is as new."""
        held, self._held = self._held, ""
        return safe(held)


def _settled(text: str) -> int:
    """How much of `text` no later text can change the meaning of."""
    cut = len(text)
    while True:
        while cut > 0 and text[cut - 1] in _JOINING:
            cut -= 1
        # A joiner binds to the character before it: that one stays too. ASCII never starts such a cluster.
        if cut > 0 and (cut < len(text) or not text[cut - 1].isascii()):
            cut -= 1
        if cut == 0 or text[cut - 1] not in _JOINING:
            break
    return cut if len(text) - cut <= _LONGEST else len(text)
