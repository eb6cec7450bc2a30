"""The rules that no single file's test can hold: size, layers, lint, types; so `pytest` alone checks all."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "dsr1_tui"
FILES = sorted(path for folder in ("src", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))

MOST_LINES = 300
BARE = re.compile(r"#\s*(?:noqa(?:: *[A-Z0-9, ]+)?|type: ignore(?:\[[a-z, -]*\])?)\s*$")

ROOMS = {
    "click": ("cli",),
    "markdown_it": ("render",),
    "pygments": ("render",),
    "wcwidth": ("render",),
    "math_verify": ("adapters",),
    "sympy": ("adapters",),
    "openai": ("adapters",),
    "httpx2": ("adapters",),
    "platformdirs": ("adapters",),
    "sqlite3": ("adapters",),
    "tiktoken": ("adapters",),
    "tomlkit": ("adapters",),
    "rich": ("tui",),
    "textual": ("tui",),
}
"""What each outside package may be imported by."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_over_300_lines() -> None:
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert len(sizes) > 100, "the files were found"
    assert {name: size for name, size in sizes.items() if size > MOST_LINES} == {}


def test_every_exception_to_a_check_gives_its_code_and_reason() -> None:
    bare = [
        f"{name_of(path)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if BARE.search(line)
    ]
    assert bare == []


def test_test_modules_have_names_of_their_own() -> None:
    names = Counter(path.name for path in FILES if path.name.startswith("test_"))
    assert [name for name, count in names.items() if count > 1] == []


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_each_outside_package_is_known_in_one_room_only() -> None:
    known = [
        (name_of(path), package)
        for path in sorted(SOURCE.rglob("*.py"))
        for package in imported(path)
        if package in ROOMS and path.relative_to(SOURCE).parts[0] not in ROOMS[package]
    ]
    assert known == []


def tool(name: str, *arguments: str) -> list[str]:
    """A check's command, from the environment that runs the tests."""
    return [str(Path(sys.executable).with_name(name)), *arguments]


@pytest.mark.parametrize(
    "command",
    [tool("lint-imports"), tool("ruff", "check"), tool("ruff", "format", "--check"), tool("mypy")],
    ids=["layers", "lint", "format", "types"],
)
def test_the_checks_pass(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
