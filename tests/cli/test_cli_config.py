from pathlib import Path

import pytest

from dsr1_tui.cli.main import COMMANDS
from dsr1_tui.cli.reference import reference
from dsr1_tui.domain.sampling_fields import FIELDS
from support.cli import Said, run_here

Capture = pytest.CaptureFixture[str]

FILE = """\
endpoint = "lab"
[endpoints.lab]
base_url = "gpu:8000"
api_key_env = "LAB_KEY"
[endpoints.other]
base_url = "other:1"
[sampling]
temperature = 0.3
top_p = "server"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DSR1_BASE_URL", "DSR1_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DSR1_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("LAB_KEY", "sk-secret")
    return tmp_path / "config.toml"


def test_the_path_is_told_whether_it_exists_or_not(file: Path, capfd: Capture) -> None:
    assert run_here(capfd, "config", "path") == Said(0, f"{file}\n", "")
    assert run_here(capfd, "config", "path", "--config", "/else.toml").out == "/else.toml\n"


def test_show_names_each_source_and_no_key(file: Path, capfd: Capture) -> None:
    file.write_text(FILE)
    said = run_here(capfd, "config", "show", "--seed", "4")
    assert said.code == 0
    assert [line.split(maxsplit=1)[1] for line in said.out.splitlines()[1:3]] == [
        "http://gpu:8000/v1 ([endpoints.lab])",
        "the first served",
    ]
    for words in ("from $LAB_KEY", "lab, other", "0.30 (file)", "server default (file)", "4 (--seed)"):
        assert words in said.out
    assert "sk-secret" not in said.out


def test_show_without_anything(file: Path, capfd: Capture) -> None:
    said = run_here(capfd, "config", "show")
    assert "(not there)" in said.out
    assert "none named" in said.out
    assert "demo (--demo)" in run_here(capfd, "--demo", "config", "show").out


def test_a_broken_file_is_told_with_its_line(file: Path, capfd: Capture) -> None:
    file.write_text("[sampling]\ntemperature = 3\n")
    said = run_here(capfd, "config", "show")
    assert said.code == 2
    assert said.err.startswith(f"dsr1-chat: {file}:2: temperature must be 0 to 2. ")
    assert run_here(capfd, "config", "show", "--config", f"{file}x").code == 2


def test_maths_are_laid_out(capfd: Capture) -> None:
    assert run_here(capfd, "math", r"\frac{1}{2}", "--display").out == " 1\n───\n 2\n"
    for written in (r"\frac{1}{2}", r"$\frac{1}{2}$", r"\(\frac{1}{2}\)", "$$\n\\frac{1}{2}\n$$", r"\[\frac{1}{2}\]"):
        assert run_here(capfd, "math", written, "--inline").out == "1/2\n"


def test_both_forms_are_printed(capfd: Capture) -> None:
    assert run_here(capfd, "math", r"\frac{1}{2}").out == "1/2\n\n 1\n───\n 2\n"
    assert run_here(capfd, "math", "x^2").out == "x²\n", "one form where they are the same"


@pytest.mark.parametrize(
    "arguments", [[r"\frac{1}{2} + \frac{3}{4}", "--display", "--width", "4"], ["$ $"], [r"\frac{1"]]
)
def test_maths_that_cannot_be_laid_out(capfd: Capture, arguments: list[str]) -> None:
    said = run_here(capfd, "math", *arguments)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)


def test_the_gallery_fits(capfd: Capture) -> None:
    said = run_here(capfd, "math", "--gallery", "--width", "80")
    assert said.code == 0
    assert "Basel problem" in said.out
    assert "(shown as its source)" not in said.out


def test_the_reference_lists_every_flag_and_command_once() -> None:
    text = reference()
    for spec in FIELDS:
        assert text.count(f"`{spec.flag} ") == 1
    for name in COMMANDS:
        assert f"### `dsr1-chat {name}" in text
    assert text.count("`--base-url URL`") == 1
