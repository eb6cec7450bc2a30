import sys
from pathlib import Path

import pytest

from dsr1_tui.adapters import find_vllm as module
from dsr1_tui.adapters.api_keys import KeyFolder
from dsr1_tui.adapters.engine_folder import EngineFolder
from dsr1_tui.adapters.find_vllm import find_vllm
from dsr1_tui.domain.engine import Build, EngineRecord
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.server.command import MODULE, FoundVllm, VllmSource


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def engine(folder: Path, build: Build | None) -> Path:
    """An environment that holds vLLM."""
    program(folder / "bin" / "python")
    package = folder / "lib" / "python3.12" / "site-packages" / "vllm"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    if build is not None:
        EngineFolder(folder).keep(EngineRecord(recipe="r", build=build, version="1"))
    return folder


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """This program's own environment holds no vLLM."""
    monkeypatch.setattr(module, "_is_here", lambda: False)


def test_it_is_looked_for_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: None) -> None:
    environ = {"PATH": str(tmp_path / "bin")}
    lost = tmp_path / "none"
    assert find_vllm((), lost, environ, gpu=False) == FoundVllm(source=VllmSource.NOWHERE, command=("vllm",))
    on_path = program(tmp_path / "bin" / "vllm")
    found = find_vllm((), lost, environ, gpu=True)
    assert found == FoundVllm(source=VllmSource.PATH, command=(str(on_path),))
    monkeypatch.setattr(module, "_is_here", lambda: True)
    here = find_vllm((), lost, environ, gpu=False)
    assert here == FoundVllm(source=VllmSource.HERE, command=(sys.executable, *MODULE), cpu=True)
    home = engine(tmp_path / "engine", Build.CUDA)
    ours = find_vllm((), home, environ, gpu=False)
    assert ours == FoundVllm(source=VllmSource.ENGINE, command=(str(home / "bin/python"), *MODULE))
    named = find_vllm(("vllm", "--x"), home, environ, gpu=True)
    assert named == FoundVllm(source=VllmSource.CONFIGURED, command=(str(on_path), "--x"))


def test_the_engines_build_is_known_from_its_record(tmp_path: Path) -> None:
    assert find_vllm((), engine(tmp_path / "cpu", Build.CPU), {}, gpu=True).cpu
    assert not find_vllm((), engine(tmp_path / "cuda", Build.CUDA), {}, gpu=False).cpu
    assert find_vllm((), engine(tmp_path / "strange", None), {}, gpu=False).cpu, "no record, no GPU"


def test_a_configured_command_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(FaultError, match="/nope/vllm cannot be run") as caught:
        find_vllm(("/nope/vllm",), tmp_path, {"PATH": ""}, gpu=True)
    assert caught.value.fault.code is FaultCode.SERVER_START
    python = program(tmp_path / "python3.12")
    assert find_vllm((str(python),), tmp_path, {"PATH": ""}, gpu=True).command == (str(python), *MODULE)


def test_a_key_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "state" / "keys")
    key = keys.key("lab")
    assert len(key.value) >= 32
    assert keys.key("lab") == key
    assert keys.key("other").value != key.value
    assert key.file is not None
    assert key.file.stat().st_mode & 0o777 == 0o600
    assert key.file.parent.stat().st_mode & 0o777 == 0o700
    assert key.value not in repr(key)
    assert keys.path("../a/b").parent == keys.folder


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path)
    key = keys.key("lab")
    assert key.file is not None
    key.file.chmod(0o644)
    with pytest.raises(FaultError, match="Others can read") as caught:
        keys.key("lab")
    assert key.value not in caught.value.fault.line
    key.file.unlink()
    assert keys.key("lab").value != key.value
