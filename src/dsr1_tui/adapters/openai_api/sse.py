"""The bytes of a server-sent event stream cut into the payloads of its `data:` lines, however they were split."""

from typing import Final

_DATA: Final = b"data:"

MAX_LINE: Final = 8 * 1024 * 1024
"""Bytes a line may grow to before the stream is given up; a chunk of vLLM's has some 300."""


class LineTooLongError(Exception):
    """A line without an end, which would eat the memory."""


class SSELines:
    """Cuts bytes into payloads; any split of the same bytes gives the same payloads.

    Each `data:` line is one payload (OpenAI's form; the joining of several lines to one event is not used there).
    Comments, other fields and empty lines are passed over. Lines end in LF, CRLF or CR.
    """

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads that are whole now, blanks around them removed.

        Raises:
            LineTooLongError: a line has passed `MAX_LINE` bytes.
        """
        if b"\r" in data:  # CRLF then counts as two line ends, and the empty line between them is passed over
            data = data.replace(b"\r", b"\n")
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > MAX_LINE:
            raise LineTooLongError
        return [line[5:].strip() for line in lines if line.startswith(_DATA)]

    def end(self) -> list[bytes]:
        """The payload of a last line that no line end closed."""
        rest, self._rest = self._rest, b""
        return [rest[5:].strip()] if rest.startswith(_DATA) else []
