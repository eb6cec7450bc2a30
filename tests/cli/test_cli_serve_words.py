import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from dsr1_tui import wiring
from dsr1_tui.cli.reference import reference
from dsr1_tui.domain.server.profile import DEFAULT_MODEL
from dsr1_tui.domain.server.profile_fields import SPECS, FieldKind
from dsr1_tui.services.plan_serve import PlanPorts
from support.cli import run_here
from support.fake_plan import FakePlan

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def plan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakePlan:
    """A machine in memory, and folders of this test's own."""
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"DSR1_{name}_DIR", str(tmp_path / name.lower()))
    fake = FakePlan()

    def find(environ: Mapping[str, str]) -> PlanPorts:
        del environ
        return fake.ports()

    monkeypatch.setattr(wiring, "find_planner", find)
    return fake


@pytest.mark.parametrize(
    ("words", "model"),
    [
        ([], DEFAULT_MODEL),
        (["a/b"], "a/b"),
        (["start", "a/b"], "a/b"),
        (["--model", "a/b"], "a/b"),
        (["--model", "status"], "status"),
        (["start", "status"], "status"),
        (["a/b", "--model", "a/b"], "a/b"),
        (["--port", "8001", "a/b"], "a/b"),
        (["a/b", "--enforce-eager", "--", "--seed", "1"], "a/b"),
        (["--", "--seed", "1"], DEFAULT_MODEL),
        (["--host", "::1", "a/b"], "a/b"),
    ],
)
def test_what_is_no_command_is_a_model(words: list[str], model: str, capfd: Capture) -> None:
    place = words.index("--") if "--" in words else len(words)
    said = run_here(capfd, "serve", *words[:place], "--dry-run", "--json", *words[place:])
    found = json.loads(said.out)
    assert found["model"] == model
    assert found["command"][-2:] == ["--seed", "1"] or "--" not in words


@pytest.mark.parametrize("words", [["status"], ["--json", "status"], ["status", "--json"]])
def test_a_command_is_one_wherever_it_stands(words: list[str], capfd: Capture) -> None:
    said = run_here(capfd, "serve", *words)
    assert said.code == 0
    assert said.out.startswith(('{"servers": []}', "No server of ours runs"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--port", "1", "status"], "No such option '--port'"),
        (["status", "more"], "unexpected extra argument"),
        (["--profile", "status"], "There is no server profile “status”"),
        (["--port", "x", "a/b"], "port needs a whole number"),
        (["logs", "nobody"], "There is no server"),
        (["--model"], "requires an argument"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_line(words: list[str], told: str, capfd: Capture) -> None:
    said = run_here(capfd, "serve", *words)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert told in said.err


def test_the_help_page_and_the_reference_have_every_flag(capfd: Capture) -> None:
    page, table = run_here(capfd, "serve", "--help"), reference()
    assert page.code == 0
    for spec in SPECS:
        if spec.kind is not FieldKind.WORDS:
            assert spec.flag in page.out
            assert f"`{spec.flag}" in table
    for name in ("start", "status", "stop", "logs"):
        assert f"\n  {name} " in page.out
    assert "### `dsr1-chat serve start" in table
