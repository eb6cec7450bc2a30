"""Cuts what a program writes into lines, however it comes in pieces."""

import codecs
import re

_END = re.compile(r"\r\n|\n|\r")


class LineFeed:
    """Feed it bytes; lines come out as soon as they are whole. A lone carriage return, a progress bar's, ends one."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._open = ""

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` completes, without their ends; empty ones are left out."""
        text = self._open + self._decoder.decode(data)
        # A final “\\r” may be half of a “\\r\\n”: it waits for what comes.
        held = text.endswith("\r")
        *lines, self._open = _END.split(text.removesuffix("\r"))
        if held:
            self._open += "\r"
        return [line for line in lines if line]

    def end(self) -> list[str]:
        """What is left when nothing more comes."""
        rest = (self._open + self._decoder.decode(b"", final=True)).removesuffix("\r")
        self._open = ""
        return [rest] if rest else []
