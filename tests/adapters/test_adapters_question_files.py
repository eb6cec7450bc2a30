"""Sets of questions from real files, and the shipped one."""

from pathlib import Path

import pytest

from dsr1_tui.adapters.question_files import LARGEST, SHIPPED, read_questions, shipped_questions
from dsr1_tui.domain.fault import FaultCode, FaultError

LINE = '{"question": "二加二？", "answer": "4"}\n'


def fault_of(path: Path) -> FaultError:
    with pytest.raises(FaultError) as caught:
        read_questions(path)
    assert "\n" not in caught.value.fault.line
    return caught.value


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("set.jsonl", LINE.encode()),
        ("set.NDJSON", LINE.encode("utf-8-sig")),
        ("set.json", LINE.replace("\n", "\r\n").encode()),
        ("set.csv", "question,answer\r\n二加二？,4\r\n".encode("utf-8-sig")),
    ],
)
def test_files_are_read(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    found = read_questions(path)
    assert found.name == "set"
    assert [(item.question, item.answer, item.id) for item in found.questions] == [("二加二？", "4", "q1")]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("set.txt", LINE.encode(), "set.txt is no set of questions. Its name has to end in .jsonl or .csv."),
        ("set.jsonl", LINE.encode() + LINE.encode("gbk"), "set.jsonl, line 2: byte 0xb6 is not UTF-8. Save it as"),
        ("set.csv", "question\n二加二？".encode("utf-16"), "set.csv is UTF-16 text. Save it as UTF-8 text."),
        ("set.csv", b"", "set.csv holds no question."),
        ("set.jsonl", LINE.encode() + b"{", "set.jsonl, line 2: not JSON"),
    ],
)
def test_bad_files_are_told_in_a_line(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    fault = fault_of(path).fault
    assert fault.code is FaultCode.USAGE
    assert says in fault.line


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    assert fault_of(tmp_path / "none.jsonl").fault.code is FaultCode.NOT_FOUND
    folder = tmp_path / "folder.jsonl"
    folder.mkdir()
    assert "folder.jsonl cannot be read: Is a directory." in fault_of(folder).fault.line


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    assert "is larger than 64 MiB" in fault_of(path).fault.line


def test_the_shipped_set_is_there() -> None:
    found = shipped_questions()
    assert found.name == SHIPPED
    assert len(found.questions) == 40
