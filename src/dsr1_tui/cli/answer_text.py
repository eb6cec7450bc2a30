"""An answer as it is printed to stdout while it comes."""

from dsr1_tui.cli.safe_stream import SafeStream


class AnswerText:
    """The answer as it is printed: safe, without the empty lines it begins with, ended by one newline."""

    def __init__(self) -> None:
        self._safe = SafeStream()
        self._last = ""

    def feed(self, text: str) -> str:
        """What to print of more of the answer."""
        return self._printed(self._safe.feed(text))

    def end(self) -> str:
        """The rest, and the last newline."""
        rest = self._printed(self._safe.rest())
        return rest if not self._last or self._last == "\n" else f"{rest}\n"

    def anew(self) -> str:
        """What parts an answer that is given up from the one that follows it: nothing, where none had begun."""
        parted = self.end()
        self._last = ""
        return parted

    def _printed(self, text: str) -> str:
        if not self._last:
            text = text.lstrip("\n")
        self._last = text[-1:] or self._last
        return text
