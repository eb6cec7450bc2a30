"""What a command must not load: seen from `sys.modules` of a process that did nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.cli import clean_environ
from support.fault_server import unused_port

SCREEN = {"textual", "rich"}
HEAVY = {"openai", "httpx2", "pydantic", "markdown_it", "pygments", "tomlkit", "tiktoken", "anyio"}
FILES_AND_TASKS = {"sqlite3", "asyncio", "platformdirs"}

REPORT = "\nimport json, sys; print(); print(json.dumps(sorted(name for name in sys.modules if '.' not in name)))"
RUN = "from dsr1_tui.cli.edge import run_safely\nfrom dsr1_tui.cli.main import run\nrun_safely(run, {})"
KIT = "import os\nfrom dsr1_tui.wiring import build_kit\nbuild_kit(os.environ)"


def loaded(code: str, folder: Path) -> set[str]:
    """Top-level modules that are loaded after `code`."""
    command = [sys.executable, "-c", code + REPORT]
    environ = clean_environ(folder)
    done = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import dsr1_tui.cli", SCREEN | HEAVY | FILES_AND_TASKS | {"click"}),
        ("import dsr1_tui.__main__", SCREEN | HEAVY | FILES_AND_TASKS | {"click"}),
        ("import dsr1_tui.cli.main", SCREEN | HEAVY | FILES_AND_TASKS),
        (RUN.format(["--help"]), SCREEN | HEAVY | FILES_AND_TASKS),
        (RUN.format(["ask", "--help"]), SCREEN | HEAVY | FILES_AND_TASKS),
        (RUN.format(["ask", "--temperature", "9", "q"]), SCREEN | HEAVY | FILES_AND_TASKS),
        (RUN.format(["math", "x^2"]), SCREEN | HEAVY | FILES_AND_TASKS),
        (RUN.format(["config", "show"]), SCREEN | HEAVY),
        (RUN.format(["history", "list"]), SCREEN | HEAVY),
        (KIT, SCREEN | HEAVY),
    ],
    ids=["cli", "main", "group", "help", "ask --help", "wrong use", "math", "config", "history", "kit"],
)
def test_a_command_loads_no_more_than_it_needs(code: str, unwanted: set[str], tmp_path: Path) -> None:
    assert loaded(code, tmp_path) & unwanted == set()


def test_asking_loads_no_screen(tmp_path: Path) -> None:
    names = loaded(RUN.format(["ask", "q", "--base-url", f"127.0.0.1:{unused_port()}"]), tmp_path)
    assert "openai" in names, "it did ask"
    assert names & (SCREEN | {"markdown_it", "pygments", "tomlkit", "tiktoken"}) == set()


def test_building_the_kit_touches_no_file(tmp_path: Path) -> None:
    loaded(KIT, tmp_path)
    assert list(tmp_path.iterdir()) == []
