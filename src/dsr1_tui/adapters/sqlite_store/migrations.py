"""How the tables came to be: numbered steps, one path for new databases and old ones."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

APPLICATION_ID: Final = int.from_bytes(b"dsR1")
"""Marks the file as ours in its header, so that another program's database is never migrated."""

Migration = Callable[[sqlite3.Connection], None]


class NotOursError(Exception):
    """The database was made by another program."""


class NewerError(Exception):
    """The database was made by a later version of this program."""


def migrate(connection: sqlite3.Connection, steps: Sequence[Migration] | None = None) -> int:
    """Take the steps a database has not seen; each is done wholly or not at all, also among several processes.

    Returns:
        The version it has now, the number of steps.

    Raises:
        NewerError: it has seen more steps than this program knows.
        NotOursError: it has tables, but another program's mark or none.
    """
    known = MIGRATIONS if steps is None else steps
    with _transaction(connection, "BEGIN"):  # a file that is up to date is not locked
        version = _checked_version(connection, len(known))
    while version < len(known):
        with _transaction(connection, "BEGIN IMMEDIATE"):
            version = _checked_version(connection, len(known))  # anew: another process may have been quicker
            if version < len(known):
                known[version](connection)
                version += 1
                connection.execute(f"PRAGMA user_version = {version}")
    return version


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _checked_version(connection: sqlite3.Connection, known: int) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and (tables or version):
        raise NotOursError
    if version > known:
        raise NewerError
    return int(version)


def _m001_first(connection: sqlite3.Connection) -> None:
    for statement in _FIRST:
        connection.execute(statement)


MIGRATIONS: Final[tuple[Migration, ...]] = (_m001_first,)
"""Only ever added to: a step that has been released is never changed."""

_FIRST: Final = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    """
    CREATE TABLE conversation (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        created REAL NOT NULL,
        updated REAL NOT NULL,
        active_leaf TEXT,
        pinned INTEGER NOT NULL,
        settings TEXT NOT NULL,
        steering TEXT
    )
    """,
    "CREATE INDEX conversation_by_use ON conversation (pinned, updated, id)",
    # `reasoning` stands last: it is the longest, and SQLite reads a row's overflow pages only as far as it is asked.
    # `parent_id` has no foreign key: an answer is kept even where its question could not be written.
    """
    CREATE TABLE message (
        id TEXT PRIMARY KEY,
        conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        parent_id TEXT,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        finish_reason TEXT,
        boxed TEXT,
        model TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        rules TEXT NOT NULL,
        sample_group TEXT,
        created REAL NOT NULL,
        updated REAL NOT NULL,
        usage TEXT,
        timings TEXT,
        guards TEXT,
        error TEXT,
        content TEXT NOT NULL,
        reasoning TEXT NOT NULL
    )
    """,
    "CREATE INDEX message_by_conversation ON message (conversation_id, id)",
    "CREATE INDEX message_live ON message (id) WHERE status = 'streaming'",
    """
    CREATE TABLE segment (
        message_id TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        from_char INTEGER NOT NULL,
        cause TEXT NOT NULL,
        sampling TEXT NOT NULL,
        PRIMARY KEY (message_id, position)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE journal (
        message_id TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        at REAL NOT NULL,
        reasoning TEXT NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (message_id, seq)
    )
    """,
    """
    CREATE TABLE owner (
        message_id TEXT PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
        pid INTEGER NOT NULL,
        started TEXT NOT NULL,
        boot TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)
