"""The one connection and the one thread that owns it: opened on first use, closed to cancellation in mid-write."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from dsr1_tui.adapters.sqlite_store import faults, files, migrations

BUSY_S: Final = 5.0
"""How long a lock of another process is waited for."""
_RETRY_S: Final = 0.02
_CACHE_KIB: Final = 32 * 1024
"""Memory for pages, taken only as they are read: a search as one types reads the same ones again and again."""

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class Database:
    """Runs work on one SQLite file, in order, one piece at a time.

    What a commit promises: written by WAL, every commit outlives this process (kill -9). With `lasting=True` it is also
    forced to the disk, with all commits before it; the others a power cut may take back, but it damages nothing.
    """

    def __init__(self, path: Path, *, busy_s: float = BUSY_S) -> None:
        self.path = path
        self._busy_s = busy_s
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._resting = "FULL"
        """The `synchronous` of ordinary commits; NORMAL is safe with WAL only."""
        self._closed = False
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")  # its thread starts with first use

    async def read(self, work: Work[T]) -> T:
        """The result of `work`, all of it seen at one point in time.

        Raises:
            FaultError: (store, store-newer), or what `work` raises.
        """
        return await self._run(work, begin="BEGIN")

    async def write(self, work: Work[T], *, lasting: bool = False) -> T:
        """The result of `work`, written wholly or, if it raises, not at all; done even if the caller is cancelled.

        Raises:
            FaultError: (store, store-newer), or what `work` raises.
        """
        return await self._run(work, begin="BEGIN IMMEDIATE", lasting=lasting)

    async def empty_log(self) -> None:
        """Move what the log (WAL) holds into the file, so that nothing deleted is left in it; not if others read it."""
        if not self._closed:
            await _done(self._worker.submit(self._empty_log))

    async def aclose(self) -> None:
        """Finish what was asked for, and close the file; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        await _done(self._worker.submit(self._drop))
        self._worker.shutdown(wait=False)

    async def _run(self, work: Work[T], *, begin: str, lasting: bool = False) -> T:
        if self._closed:
            raise faults.closed()
        return await _done(self._worker.submit(self._work, work, begin, lasting))

    def _work(self, work: Work[T], begin: str, lasting: bool) -> T:  # noqa: FBT001  called by the executor
        try:
            connection = self._opened()
            try:
                if lasting:
                    connection.execute("PRAGMA synchronous = FULL")
                connection.execute(begin)
                result = work(connection)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    with contextlib.suppress(sqlite3.Error):  # the first error is the one to tell
                        connection.execute("ROLLBACK")
                if lasting:
                    with contextlib.suppress(sqlite3.Error):
                        connection.execute(f"PRAGMA synchronous = {self._resting}")
        except sqlite3.Error as error:
            if faults.primary_code(error) in faults.FATAL:
                self._drop()
            raise faults.of_sqlite(error, self.path) from error
        except OSError as error:
            raise faults.of_system(error, self.path) from error
        return result

    def _empty_log(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):  # it was committed before; this only tidies
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None:
            if files.is_same(self.path, self._inode):
                return self._connection
            self._drop()  # what is written to a file without a name is lost, so say so, and open a new one next time
            raise faults.moved(self.path)
        inode = files.prepare(self.path)
        connection = sqlite3.connect(self.path, timeout=self._busy_s, isolation_level=None)
        try:
            self._set_up(connection)
        except BaseException:
            connection.close()
            raise
        self._connection, self._inode = connection, inode
        return connection

    def _set_up(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        connection.text_factory = _lenient
        connection.create_function("occurs", 2, _occurs, deterministic=True)
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is to be gone
        connection.execute("PRAGMA checkpoint_fullfsync = ON")  # macOS: a plain fsync stops at the drive's cache
        try:
            migrations.migrate(connection)
        except migrations.NewerError:
            raise faults.newer(self.path) from None
        except migrations.NotOursError:
            raise faults.foreign(self.path) from None
        self._resting = "NORMAL" if _switch_to_wal(connection, self._busy_s) else "FULL"
        connection.execute(f"PRAGMA synchronous = {self._resting}")

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


async def _done(job: Future[T]) -> T:
    """What a job of the worker comes to. Cancelling the waiter leaves the job alone: its text is not to be lost.

    (`asyncio.wrap_future` would cancel a job that still waits in the queue, and complain of a loop that has ended.)
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        if not answer.done():
            answer.set_result(None)

    def wake(_: Future[T]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop ended while the job ran on: no one waits any more
            loop.call_soon_threadsafe(settle)

    job.add_done_callback(wake)
    await answer
    return job.result()


def _switch_to_wal(connection: sqlite3.Connection, busy_s: float) -> bool:
    """Whether the file is in WAL mode now; some network file systems cannot have it.

    SQLite's own waiting does not cover this switch when two processes open a new file at once.
    """
    last = time.monotonic() + busy_s
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if faults.primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(_RETRY_S)
        else:
            return bool(mode == "wal")


def _lenient(raw: bytes) -> str:
    """Text with damaged bytes is shown with gaps; it must not hide the messages around it."""
    return raw.decode("utf-8", "replace")


def _occurs(raw: bytes, wanted: str) -> bool:
    """Whether a lower-case text occurs in a column's, case ignored in every script (SQLite's own knows ASCII only)."""
    return wanted in _lenient(raw).lower()
