"""How a file comes to have today's tables, from nothing and from every earlier version."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from dsr1_tui.adapters.sqlite_store import migrations
from dsr1_tui.domain.fault import FaultCode
from support.store_files import fault_at, fill


class HalfwayError(Exception):
    """Ends a step in its middle."""


@pytest.mark.parametrize("made", ["missing", "empty"])
def test_new_and_empty_files_take_the_same_path(tmp_path: Path, made: str) -> None:
    path = tmp_path / "chat.db"
    if made == "empty":
        path.touch()
    identity = fill(path)
    with contextlib.closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (len(migrations.MIGRATIONS),)
        assert raw.execute("PRAGMA application_id").fetchone() == (migrations.APPLICATION_ID,)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert raw.execute("SELECT id FROM conversation").fetchall() == [(identity,)]
        schema = raw.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrations.migrate(fresh)
        assert fresh.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall() == schema


def test_steps_are_taken_from_where_a_file_stands() -> None:
    taken: list[int] = []

    def third(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE third (x)")
        taken.append(3)
        if len(taken) == 1:
            raise HalfwayError  # half a step is no step

    steps = (*migrations.MIGRATIONS, lambda _: taken.append(2), third)
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        migrations.migrate(database)
        taken.clear()
        with pytest.raises(HalfwayError):
            migrations.migrate(database, (migrations.MIGRATIONS[0], third))
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
        assert migrations.migrate(database, steps) == len(steps)
        assert taken == [3, 2, 3]
        with pytest.raises(migrations.NewerError):
            migrations.migrate(database)


def test_newer_file(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    fill(path)
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version = 99")
    fault = fault_at(path)
    assert fault.code is FaultCode.STORE_NEWER
    assert "Update" in fault.hint
