"""The database's check on real files, and what an installation of vLLM tells by its files."""

import sqlite3
from pathlib import Path

import pytest

from dsr1_tui.adapters.doctor.engine_facts import LocalEngines
from dsr1_tui.adapters.doctor.store_check import LocalStoreReader
from dsr1_tui.adapters.engine_folder import EngineFolder
from dsr1_tui.adapters.sqlite_store import SqliteStore
from dsr1_tui.domain.engine import Build, EngineRecord
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.server.command import FoundVllm, VllmSource
from support.fake_clock import FakeClock


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    path = tmp_path / "conversations.db"
    store = SqliteStore(path, FakeClock())
    await store.recent(1)
    await store.aclose()
    return path


def test_a_good_database_is_whole_and_stays_as_it_is(database: Path) -> None:
    before = database.read_bytes()
    health = LocalStoreReader(database).health()
    assert (health.there, health.problems, health.whole) == (True, (), True)
    assert health.size_bytes == len(before)
    assert database.read_bytes() == before


async def test_one_that_is_in_use_is_looked_at_too(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "c.db", FakeClock())
    await store.recent(1)
    assert LocalStoreReader(tmp_path / "c.db").health().problems == ()
    assert await store.recent(1) == (), "it still works"
    await store.aclose()


def test_none_is_no_fault_and_none_is_made(tmp_path: Path) -> None:
    assert not LocalStoreReader(tmp_path / "no.db").health().there
    assert list(tmp_path.iterdir()) == []


def test_damage_is_found(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 400)
    connection.close()
    data = bytearray(database.read_bytes())
    page = len(data) - 4096 * 3
    data[page : page + 4096] = b"\xff" * 4096
    database.write_bytes(data)
    assert LocalStoreReader(database).health().problems


def test_strangers_and_later_databases_are_told(database: Path, tmp_path: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    with pytest.raises(FaultError) as newer:
        LocalStoreReader(database).health()
    assert newer.value.fault.code is FaultCode.STORE_NEWER
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    text = tmp_path / "text.db"
    text.write_text("no database at all, but long enough to be read as one\n" * 40)
    for path in (other, text, tmp_path):
        with pytest.raises(FaultError) as fault:
            LocalStoreReader(path).health()
        assert fault.value.fault.code is FaultCode.STORE
        assert fault.value.fault.hint


def test_a_database_too_large_for_the_time_is_said_to_be(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [("y" * 50,)] * 60_000)
    connection.close()
    assert not LocalStoreReader(database, limit_s=-1).health().whole


def installed(home: Path, dist: str) -> Path:
    (home / "lib" / "python3.11" / "site-packages" / dist).mkdir(parents=True)
    (home / "bin").mkdir()
    python = home / "bin" / "python"
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    return python


def found(source: VllmSource, *command: str) -> FoundVllm:
    return FoundVllm(source=source, command=command)


def test_versions_are_read_off_the_files(tmp_path: Path) -> None:
    engine = tmp_path / "engine"
    python = installed(engine, "vllm-0.32.0+cpu.dist-info")
    (engine / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")
    EngineFolder(engine).keep(EngineRecord(recipe="r", build=Build.CPU, version="0.32.0+cpu"))
    engines = LocalEngines(engine)
    assert engines.python() == "3.11.7"
    record = engines.record()
    assert record is not None
    assert record.version == "0.32.0+cpu"
    assert engines.version(found(VllmSource.ENGINE, str(python), "-m", "x")) == "0.32.0+cpu"
    assert engines.version(found(VllmSource.NOWHERE, "vllm")) is None
    assert LocalEngines(tmp_path / "none").python() is None


@pytest.mark.parametrize("head", ["#!{}\n", '#!/bin/sh\n\'\'\'exec\' "{}" "$0" "$@"\n'])
def test_a_script_elsewhere_tells_by_its_interpreter(tmp_path: Path, head: str) -> None:
    python = installed(tmp_path / "venv", "vllm-0.8.5.dist-info")
    script = tmp_path / "bin" / "vllm"
    script.parent.mkdir()
    script.write_text(head.format(python))
    script.chmod(0o755)
    engines = LocalEngines(tmp_path / "none")
    assert engines.version(found(VllmSource.PATH, str(script))) == "0.8.5"
    assert engines.version(found(VllmSource.CONFIGURED, str(tmp_path / "nothing"))) is None
