"""Reads a server's log from any place on, while it is written and set aside."""

import codecs
from pathlib import Path
from typing import Final

from dsr1_tui.adapters.server_host.log_writer import set_aside
from dsr1_tui.ports import LogPart

PART_BYTES: Final = 256 * 1024
_TRIES: Final = 5


def read_log(path: Path, offset: int, most: int = PART_BYTES) -> LogPart:
    """What a log holds from a byte of the whole on, whole characters only; bytes that are gone are passed over."""
    for _ in range(_TRIES):
        aside = set_aside(path)
        try:
            with path.open("rb") as file:
                if set_aside(path) != aside:
                    continue  # it was being set aside: the base would not fit the file
                base, held = _base(aside)
                if offset >= base:
                    file.seek(offset - base)
                    return _decoded(file.read(most), offset)
            begin = max(offset, held)
            first, part = max(item for item in aside if item[0] <= begin)
            with part.open("rb") as file:
                file.seek(begin - first)
                return _decoded(file.read(most), begin)
        except OSError:
            continue
    return LogPart("", offset)


def _base(aside: list[tuple[int, Path]]) -> tuple[int, int]:
    """The byte of the whole that the current file begins with, and the first that is still held."""
    if not aside:
        return 0, 0
    last, path = aside[-1]
    return last + path.stat().st_size, aside[0][0]


def _decoded(data: bytes, offset: int) -> LogPart:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(data)
    pending = len(decoder.getstate()[0])  # the beginning of a character whose end is not written yet
    return LogPart(text, offset + len(data) - pending)
