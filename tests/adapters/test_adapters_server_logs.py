"""A server's log, written within bounds and read while it grows; and how long starts took."""

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters.server_host.log_reader import read_log
from dsr1_tui.adapters.server_host.log_writer import LogWriter, remove_log, set_aside
from dsr1_tui.adapters.server_host.start_times import StartTimes
from dsr1_tui.domain.server.record import ServerRecord
from support.processes import comes
from support.server_stage import QUICK, ServerStage, standin_plan


@settings(max_examples=60)
@given(pieces=st.lists(st.text(max_size=40), max_size=12), limit=st.integers(8, 64), most=st.integers(4, 50))
def test_a_reader_that_keeps_up_reads_all(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], limit: int, most: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "a.log"
    writer = LogWriter(path, limit)
    read, offset = "", 0
    for piece in pieces:
        writer.write(piece.encode())
        while (part := read_log(path, offset, most)).offset != offset:
            read, offset = read + part.text, part.offset
    writer.close()
    assert read == "".join(pieces)
    assert offset == len(read.encode())


def test_a_log_holds_at_most_twice_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path, 1000)
    for number in range(100):
        writer.write(b"%098d\n\n" % number)
    writer.close()
    files = list(tmp_path.iterdir())
    assert len(files) == 2
    assert sum(file.stat().st_size for file in files) <= 2000
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert set_aside(path)[0][0] == 8000
    late = read_log(path, 0)
    assert late.text.startswith(f"{80:098d}"), "what is gone is passed over"
    assert read_log(path, late.offset).text.endswith(f"{99:098d}\n\n")
    remove_log(path)
    assert list(tmp_path.iterdir()) == []


def test_a_character_that_is_half_written_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path)
    whole = "深".encode()
    writer.write(b"a" + whole[:2])
    part = read_log(path, 0)
    assert part == type(part)("a", 1)
    writer.write(whole[2:] + b"\xff")
    assert read_log(path, 1).text == "深\ufffd"
    writer.close()


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_log(tmp_path / "none" / "a.log", 7).offset == 7
    assert set_aside(tmp_path / "none" / "a.log") == []


def test_a_server_that_writes_without_end_is_set_aside_while_it_runs(tmp_path: Path) -> None:
    words = tmp_path / "words.log"
    words.write_text("".join(f"line {number}\n" for number in range(30_000)))
    stage = ServerStage(tmp_path, limits=type(QUICK)(abandoned_s=2.0, orphans_s=0.2, log_bytes=100_000))
    host = stage.host()
    record: ServerRecord = host.launch(standin_plan("replays", str(words), "3"), keep=False)
    assert comes(lambda: not host.look(record).runs)
    assert record.log.stat().st_size <= 100_000
    assert record.log.read_text().endswith("line 29999\n")
    assert len(set_aside(record.log)) == 1
    stage.clear()


def test_the_median_of_the_last_five_starts_is_the_estimate(tmp_path: Path) -> None:
    times = StartTimes(tmp_path)
    assert times.median("deepseek-ai/R1") is None
    for seconds in (900.0, 10.0, 20.0, 30.0, 40.0, 50.0):
        times.add("deepseek-ai/R1", seconds)
    times.add("other", 1.0)
    assert times.median("deepseek-ai/R1") == 30.0
    assert times.median("other") == 1.0
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.write_text("{")
    assert times.median("deepseek-ai/R1") is None
    StartTimes(tmp_path / "none").add("x", 1.0)
