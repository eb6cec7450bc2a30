"""What SQLite and the file system say, as one plain sentence and what to do."""

import errno
import os
import sqlite3
from pathlib import Path
from typing import Final

from dsr1_tui.domain.fault import FaultCode, FaultError, fail

FATAL: Final = frozenset(
    {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
    | {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM}
)
"""After one of these the connection is not trusted: the next use opens the file anew."""
_MAY_BE_READ_ONLY: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR})
_OTHER_FOLDER: Final = "Set DSR1_DATA_DIR to a folder that you may write."
_PRIMARY: Final = 0xFF
"""An extended result code holds the primary one in its low byte."""


def primary_code(error: sqlite3.Error) -> int:
    """The primary result code (https://sqlite.org/rescode.html)."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & _PRIMARY


def shown(path: Path) -> str:
    """The path as a person writes it."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):  # elsewhere, or a user without a home
        return str(path)


def of_sqlite(error: sqlite3.Error, path: Path) -> FaultError:
    """The fault for an error of SQLite on the file `path`."""
    where = shown(path)
    code = primary_code(error)
    if code in _MAY_BE_READ_ONLY and _on_read_only(path):
        return of_system(OSError(errno.EROFS, ""), path)
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return _store(
                f"The conversations file {where} is locked by another program.", "Try again when that one is done."
            )
        case sqlite3.SQLITE_FULL:
            return disk_full(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return _store(
                f"The conversations file {where} cannot be written.", "Check its permissions and its folder's."
            )
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return _store(
                f"The conversations file {where} is damaged or not one of dsr1-chat's; it was left as it is.",
                "Move it away, and a new one is begun.",
            )
        case sqlite3.SQLITE_CANTOPEN:
            return _store(
                f"The conversations file {where} cannot be opened.", "Check its permissions and its folder's."
            )
        case sqlite3.SQLITE_IOERR:
            return _store(f"Reading or writing the conversations file {where} failed.", "Check the disk and its space.")
        case _:
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            return _store(f"The conversations file {where} could not be used ({name}).", "Trying again may help.")


def of_system(error: OSError, path: Path) -> FaultError:
    """The fault for an error of the file system at `path`."""
    where = shown(path)
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return _store(f"No permission to use {where} for the conversations.", _OTHER_FOLDER)
        case errno.EROFS:
            return _store(f"{where} is on a read-only file system.", _OTHER_FOLDER)
        case errno.ENOSPC | errno.EDQUOT:
            return disk_full(path)
        case errno.EISDIR:
            return _store(
                f"{where} is a folder, where the conversations file should be.",
                "Move it away, and a new file is begun.",
            )
        case errno.ENOTDIR | errno.EEXIST:
            return _store(f"A file is where the folder of {where} should be.", "Move that file away.")
        case _:
            reason = os.strerror(error.errno) if error.errno else type(error).__name__
            return _store(f"The conversations file {where} cannot be used: {reason}.", "Check that path.")


def disk_full(path: Path) -> FaultError:
    """The fault for a full disk."""
    return _store(f"The disk is full, so {shown(path)} could not be written.", "Free some space there.")


def newer(path: Path) -> FaultError:
    """The fault for a file of a later version of this program."""
    return fail(
        FaultCode.STORE_NEWER,
        f"The conversations file {shown(path)} was written by a newer dsr1-chat.",
        "Update dsr1-chat to open it.",
    )


def foreign(path: Path) -> FaultError:
    """The fault for a database that another program made."""
    return _store(
        f"{shown(path)} is another program's database; it was left as it is.", "Move it away, and a new file is begun."
    )


def moved(path: Path) -> FaultError:
    """The fault for a file that was moved or deleted while it was open."""
    return _store(
        f"The conversations file {shown(path)} was moved or deleted while it was open.",
        "Put it back, or go on: a new one is begun.",
    )


def closed() -> FaultError:
    """The fault for use after `aclose`."""
    return _store("The conversations file is closed already.", "Start dsr1-chat again.")


def _on_read_only(path: Path) -> bool:
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _store(message: str, hint: str) -> FaultError:
    return fail(FaultCode.STORE, message, hint)
