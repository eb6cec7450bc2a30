"""The database's files on disk: only their owner may read them, and nothing that is there is overwritten."""

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import Final

_SIDE_FILES: Final = ("", "-wal", "-shm")
_OTHERS: Final = 0o077


def prepare(path: Path) -> int:
    """Make the folder (0700) and an empty file (0600) where they are missing; close the files to others where not.

    A folder that is there already is left as it is: it need not be ours alone.

    Returns:
        The file's inode, by which a later change of file is noticed.

    Raises:
        OSError: no permission, a read-only file system, a folder in the way, no space.
    """
    if not path.parent.exists():
        path.parent.parent.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        # O_EXCL also for this reason: to open and close a file in use drops SQLite's locks on it (POSIX locks).
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)) from None
    for suffix in _SIDE_FILES:
        _close_to_others(Path(f"{path}{suffix}"))
    return path.stat().st_ino


def is_same(path: Path, inode: int) -> bool:
    """Whether `path` still names the file with that inode."""
    try:
        return path.stat().st_ino == inode
    except OSError:
        return False


def _close_to_others(path: Path) -> None:
    with contextlib.suppress(OSError):  # not there yet, another's, or read-only: opening it tells
        mode = path.stat().st_mode
        if mode & _OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
