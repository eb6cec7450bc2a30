"""A server's log, written within bounds; the supervisor imports it, so it knows little."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

LOG_BYTES: Final = 20 * 1024 * 1024
"""A log that grows beyond it is set aside; one that was set aside is kept, so twice as much is held at most."""


class LogWriter:
    """The log at `path`; what was set aside lies at `path` plus the byte of the whole that it begins with."""

    def __init__(self, path: Path, limit: int = LOG_BYTES) -> None:
        """Begin it.

        Raises:
            OSError: it cannot be made, or there is one.
        """
        self._path = path
        self._limit = limit
        self._base = 0
        self._size = 0
        self._file = self._open()

    def write(self, data: bytes) -> None:
        """Add to it; what a full disk does not take is lost."""
        if self._size and self._size + len(data) > self._limit:
            self._set_aside()
        with suppress(OSError):
            while data:
                done = os.write(self._file, data)
                self._size += done
                data = data[done:]

    def close(self) -> None:
        """Nothing more comes."""
        os.close(self._file)

    def _set_aside(self) -> None:
        older = set_aside(self._path)
        try:
            self._path.rename(f"{self._path}.{self._base}")
            file = self._open()
        except OSError:  # the folder is gone or closed to us: the old file goes on
            return
        os.close(self._file)
        self._file = file
        self._base += self._size
        self._size = 0
        for _, path in older:
            path.unlink(missing_ok=True)

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)


def set_aside(path: Path) -> list[tuple[int, Path]]:
    """The parts of a log that were set aside, each with the byte of the whole that it begins with, in order."""
    try:
        names = [file.name for file in path.parent.iterdir()]
    except OSError:
        return []
    ends = ((name.removeprefix(f"{path.name}."), name) for name in names if name.startswith(f"{path.name}."))
    return sorted((int(end), path.with_name(name)) for end, name in ends if end.isdigit())


def remove_log(path: Path) -> None:
    """Remove a log and what was set aside of it, as far as that can be done."""
    for part in (path, *(aside for _, aside in set_aside(path))):
        with suppress(OSError):
            part.unlink(missing_ok=True)
