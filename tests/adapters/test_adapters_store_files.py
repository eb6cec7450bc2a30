"""The file itself: who may read it, what it must not overwrite, and what is said when it cannot be used."""

import asyncio
import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsr1_tui.adapters.sqlite_store import faults
from dsr1_tui.domain.fault import FaultCode
from support.fake_clock import FakeClock
from support.store_files import fault_at, fill, kept, mode_of
from support.store_samples import a_conversation

NOBODY = 65_534


def test_nothing_happens_before_first_use(tmp_path: Path) -> None:
    with kept(tmp_path / "folder" / "chat.db"):
        assert list(tmp_path.iterdir()) == []


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    path = tmp_path / "data" / "dsr1-chat" / "chat.db"
    before = os.umask(0)
    try:
        with kept(path) as store:
            asyncio.run(store.put(a_conversation(FakeClock())))
            files = {file.name: mode_of(file) for file in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert files == {"chat.db": 0o600, "chat.db-wal": 0o600, "chat.db-shm": 0o600}
    assert mode_of(path.parent) == 0o700


def test_an_open_file_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    fill(path)
    path.chmod(0o644)
    fill(path)
    assert mode_of(path) == 0o600


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    fill(tmp_path / "chat.db")
    assert mode_of(tmp_path) == 0o755


@pytest.mark.parametrize("content", [b"not a database, but a shopping list\n" * 40, b"\0" * 5000, b"xy"])
def test_what_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "chat.db"
    path.write_bytes(content)
    fault = fault_at(path)
    assert fault.code is FaultCode.STORE
    assert "Move it away" in fault.hint
    assert path.read_bytes() == content


def test_another_programs_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE message (id)")
    before = path.read_bytes()
    assert "another program" in fault_at(path).message
    assert path.read_bytes() == before


def test_damaged_pages(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    fill(path)
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert "damaged" in fault_at(path).message


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "chat.db").mkdir()
    assert "is a folder" in fault_at(tmp_path / "chat.db").message


@pytest.mark.parametrize("below", ["chat.db", "more/chat.db"])
def test_a_file_in_the_way_of_the_folder(tmp_path: Path, below: str) -> None:
    (tmp_path / "data").touch()
    assert "file is where the folder" in fault_at(tmp_path / "data" / below).message


@contextlib.contextmanager
def somebody_else() -> Iterator[Path]:
    """A folder that everyone may enter, while this process is not root (whom no permission stops)."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    was_root = os.geteuid() == 0
    try:
        yield folder
    finally:
        if was_root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def drop_root() -> bool:
    """Go on as somebody without rights, if this is root; whether it was."""
    if os.geteuid() != 0:
        return False
    os.seteuid(NOBODY)
    return True


def test_no_permission_for_the_folder() -> None:
    with somebody_else() as folder:
        folder.chmod(0o555)
        drop_root()
        assert "No permission" in fault_at(folder / "chat.db").message
        assert "No permission" in fault_at(folder / "new" / "chat.db").message


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_no_permission_for_the_file(mode: int) -> None:
    with somebody_else() as folder:
        fill(folder / "chat.db")
        folder.chmod(0o777)
        if not drop_root():
            (folder / "chat.db").chmod(mode)
        assert "permissions" in fault_at(folder / "chat.db").hint


@pytest.mark.parametrize("number", [5, 6, 13, 28, 30, 122, 110])
def test_every_system_error_has_a_sentence(number: int) -> None:
    fault = faults.of_system(OSError(number, ""), Path.home() / "chat.db").fault
    assert fault.code is FaultCode.STORE
    assert "~/chat.db" in fault.message
    assert fault.hint
