"""Runs in real files: torn at every byte, held by one program at a time, and refused with the line that is wrong."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.adapters.bench_codec import result_line, run_line
from dsr1_tui.adapters.bench_file import RunFolder, write_report
from dsr1_tui.domain.bench.result import Run, SampleResult
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.steering import ForcedThinking, LoopPolicy, Steering
from support.bench_samples import bench_plan, bench_run, failure, sample

STRANGE = '答案是 \\boxed{½} \x1b]52;c;AAAA\x07 \u202e \ud83d \u2028 "quoted"\n'


def results() -> tuple[SampleResult, ...]:
    return (
        replace(sample("q1", 0, box="4", right=True), answer=STRANGE, boxed="½\ud83d", vote="½"),
        failure("q2", 0),
        sample("q1", 1, reason=FinishReason.LOOP, latency_s=0.1 + 0.2),
    )


def whole_run() -> Run:
    plan = replace(
        bench_plan(("4", None), temperatures=(0.3, 1.2)),
        steering=Steering(
            preset="math",
            instructions="Sei kurz.",
            thinking=ForcedThinking.PREFILL,
            directive=True,
            loop_policy=LoopPolicy.STOP,
            budget_tokens=100,
            budget_s=2.5,
        ),
        settings=(Sampling(temperature=0.3, stop=("\n\n", "END"), seed=-5), Sampling(max_tokens=99)),
    )
    return bench_run(plan)


def kept(folder: Path, *measured: SampleResult) -> Path:
    log = RunFolder(folder / "bench").begin(whole_run())
    log.append(measured)
    log.close()
    (path,) = (folder / "bench").iterdir()
    return path


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path / "data" / "bench")
    log = runs.begin(whole_run())
    for one in results():
        log.append([one])
    log.close()
    log.close()
    found = runs.load("last")
    assert found == replace(whole_run(), results=results())
    assert runs.listed() == (found,)
    assert runs.load(found.id[:9]) == runs.load(str(next((tmp_path / "data" / "bench").iterdir()))) == found


def test_it_is_private_and_can_be_looked_into(tmp_path: Path) -> None:
    path = kept(tmp_path, *results())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    data = path.read_bytes()
    assert data.isascii()
    assert b"\x1b" not in data
    assert len(data.splitlines()) == 4


def test_torn_at_any_byte_of_its_last_line_it_goes_on(tmp_path: Path) -> None:
    path = kept(tmp_path, *results())
    whole = path.read_bytes()
    begins = whole.rstrip(b"\n").rfind(b"\n") + 1
    runs = RunFolder(path.parent)
    for cut in range(begins, len(whole)):
        path.write_bytes(whole[:cut])
        assert runs.load("last").results == results()[:2]
        if cut % 16 == 0 or cut in {begins, len(whole) - 1}:  # each costs a sync of the disk
            log = runs.resume("last")
            log.append([results()[2]])
            log.close()
            assert path.read_bytes() == whole


@pytest.mark.parametrize("tail", [b"\0" * 512, b'{"kind":"sam', "答".encode()])
def test_what_a_crash_leaves_behind_the_last_line_is_dropped(tmp_path: Path, tail: bytes) -> None:
    path = kept(tmp_path, *results())
    whole = path.read_bytes()
    path.write_bytes(whole + tail)
    log = RunFolder(path.parent).resume("last")
    assert log.run.results == results()
    log.close()
    assert path.read_bytes() == whole


def test_a_file_that_broke_off_in_its_first_line_holds_no_run(tmp_path: Path) -> None:
    path = kept(tmp_path)
    line = path.read_bytes()
    for cut in (0, 1, len(line) // 2, len(line) - 1):
        path.write_bytes(line[:cut])
        with pytest.raises(FaultError, match="holds no run"):
            RunFolder(path.parent).load("last")
    assert RunFolder(path.parent).listed() == ()


def test_a_sample_that_stands_there_twice_counts_once(tmp_path: Path) -> None:
    first = sample("q1", 0, box="4", right=True)
    path = kept(tmp_path, first, replace(first, answer="other"))
    assert RunFolder(path.parent).load("last").results == (first,)


def changed(line: str, **fields: object) -> str:
    return json.dumps({**json.loads(line), **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"question": "q9"}, "asks for no such sample"),
        ({"setting": 2}, "asks for no such sample"),
        ({"repeat": -1}, "asks for no such sample"),
        ({"repeat": True}, "“repeat” is not"),
        ({"began": float("inf")}, "“began” is not"),
        ({"answer": None}, "“answer” is not"),
        ({"finish_reason": "tired"}, "“finish_reason” is none of stop"),
        ({"finish_reason": None}, "either “finish_reason” or “error”"),
        ({"error": {"code": "refused", "message": "No."}}, "either “finish_reason” or “error”"),
        ({"kind": "plan"}, "it is no sample"),
    ],
)
def test_a_bad_sample_is_told_with_its_line(tmp_path: Path, fields: dict[str, object], words: str) -> None:
    path = kept(tmp_path, results()[0])
    with path.open("a") as file:
        file.write(changed(result_line(results()[2]), **fields) + "\n")
    with pytest.raises(FaultError) as caught:
        RunFolder(path.parent).load("last")
    assert caught.value.fault.code is FaultCode.STORE
    assert f"{path}, line 3: " in caught.value.fault.message
    assert words in caught.value.fault.message


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"v": 2}, "this version can read"),
        ({"settings": []}, "asks for nothing"),
        ({"settings": [{"temperature": 9}]}, "must be 0 to 2"),
        ({"settings": [{"heat": 1}]}, "“settings” is not"),
        ({"questions": [{"id": "a", "question": "?", "answer": 4, "tags": []}]}, "“answer” is not"),
        ({"questions": [{"id": "a", "question": "?", "answer": "4", "tags": []}] * 2}, "one “id”"),
        ({"rules": "r9"}, "“rules” is none of"),
        ({"steering": {"thinking": "hard"}}, "“thinking” is none of"),
        ({"steering": []}, "“steering” is not"),
        ({"swept": [1]}, "“swept” is not"),
    ],
)
def test_a_bad_plan_is_told(tmp_path: Path, fields: dict[str, object], words: str) -> None:
    path = kept(tmp_path)
    path.write_text(changed(run_line(whole_run()), **fields) + "\n")
    with pytest.raises(FaultError) as caught:
        RunFolder(path.parent).load("last")
    assert f"{path}, line 1: " in caught.value.fault.message
    assert words in caught.value.fault.message


@pytest.mark.parametrize("line", [b"[]", b"nonsense", b"\xff\xfe", b"[" * 100_000, b'{"kind": "plan"}'])
def test_what_is_no_run_is_told(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "some.jsonl"
    path.write_bytes(line + b"\n")
    with pytest.raises(FaultError, match="line 1"):
        RunFolder(tmp_path / "none").load(str(path))


def test_one_program_at_a_time_measures_a_run(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path / "bench")
    log = runs.begin(whole_run())
    with pytest.raises(FaultError, match="is being measured by another program"):
        runs.resume("last")
    assert runs.load("last").results == ()
    log.close()
    runs.resume("last").close()


def test_a_name_finds_one_run(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path / "bench")
    with pytest.raises(FaultError, match="No benchmark run is kept yet"):
        runs.load("last")
    for number in (1, 2):
        runs.begin(replace(whole_run(), id=f"0192f0c1-000{number}-7abc-8def-0123456789ab")).close()
    assert runs.load("last").id == runs.load("0192F0C1-0002").id == runs.listed()[0].id
    for name, words in (("0192", "2 kept runs begin"), ("ff", "No kept run begins"), ("", "No kept run")):
        with pytest.raises(FaultError, match=words):
            runs.load(name)
    with pytest.raises(FaultError, match="There is no file"):
        runs.load(str(tmp_path / "none.jsonl"))
    with pytest.raises(FaultError, match="cannot be read"):
        runs.load(f"{tmp_path}/bench/")


def test_a_full_disk_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = RunFolder(tmp_path / "bench")
    log = runs.begin(whole_run())
    log.append([results()[0]])
    whole = next((tmp_path / "bench").iterdir()).read_bytes()
    written: list[int] = []

    def half(descriptor: int, data: memoryview) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(real(descriptor, data[:10]))
        return 10

    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(FaultError, match="No space left on device"):
            log.append([results()[1]])
    assert next((tmp_path / "bench").iterdir()).read_bytes() == whole
    log.append([results()[1]])
    log.close()
    assert runs.load("last").results == results()[:2]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FaultError) as caught:
        RunFolder(tmp_path / "file" / "bench").begin(whole_run())
    assert caught.value.fault.code is FaultCode.STORE


def test_a_report_replaces_what_was_there(tmp_path: Path) -> None:
    write_report(tmp_path / "r.md", "one")
    write_report(tmp_path / "r.md", "two")
    assert (tmp_path / "r.md").read_text() == "two"
    with pytest.raises(FaultError, match="cannot be written"):
        write_report(tmp_path / "none" / "r.md", "x")
