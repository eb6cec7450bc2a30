import stat
from pathlib import Path

import pytest

from dsr1_tui.adapters.paths import find_paths, make_private
from dsr1_tui.domain.fault import FaultCode, FaultError


def test_each_folder_follows_its_variable(tmp_path: Path) -> None:
    names = {"data": "DSR1_DATA_DIR", "config": "DSR1_CONFIG_DIR", "state": "DSR1_STATE_DIR", "cache": "DSR1_CACHE_DIR"}
    paths = find_paths({name: str(tmp_path / folder) for folder, name in names.items()})
    for folder in names:
        assert getattr(paths, folder) == tmp_path / folder
    assert paths.database == tmp_path / "data" / "conversations.db"
    assert paths.config_file == tmp_path / "config" / "config.toml"
    assert paths.engine == tmp_path / "data" / "engine"
    assert not list(tmp_path.iterdir()), "naming folders makes none"


def test_the_engine_can_live_elsewhere(tmp_path: Path) -> None:
    assert find_paths({"DSR1_ENGINE_DIR": str(tmp_path)}).engine == tmp_path


def test_without_variables_the_platform_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    paths = find_paths({"DSR1_DATA_DIR": "  "})
    assert paths.data.is_relative_to(tmp_path)
    assert paths.data.name == "dsr1-chat"


def test_a_relative_or_home_folder_becomes_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    paths = find_paths({"DSR1_DATA_DIR": "~/here", "DSR1_CACHE_DIR": "there"})
    assert paths.data == tmp_path / "here"
    assert paths.cache == tmp_path / "there"


def test_a_home_that_does_not_exist_is_wrong_use() -> None:
    with pytest.raises(FaultError) as caught:
        find_paths({"DSR1_STATE_DIR": "~nobody-of-that-name/x"})
    assert caught.value.fault.code is FaultCode.USAGE
    assert "DSR1_STATE_DIR" in caught.value.fault.line


def test_a_private_folder_is_entered_by_its_owner_only(tmp_path: Path) -> None:
    folder = make_private(tmp_path / "a" / "b")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o750)
    make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750, "what the user allowed stays allowed"


def test_a_folder_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FaultError, match="cannot be made: ") as caught:
        make_private(tmp_path / "file" / "folder", code=FaultCode.CONFIG)
    assert caught.value.fault.code is FaultCode.CONFIG
