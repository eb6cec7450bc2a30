import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pexpect
import pytest

from dsr1_tui.adapters.config_toml import TomlConfigFile
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.sampling import SERVER, SamplingLayer
from dsr1_tui.domain.server.record import ServerRecord
from dsr1_tui.domain.steering import ForcedThinking, LoopPolicy, Steering
from dsr1_tui.services.kit import Kit, Launch
from dsr1_tui.tui import app
from support.cli import Said, clean_environ, run_here
from support.serve_samples import RECORD

Capture = pytest.CaptureFixture[str]


@dataclass
class Shown:
    """What the chat was opened with."""

    launches: list[Launch] = field(default_factory=list)
    kits: list[Kit] = field(default_factory=list)
    resumable: str | None = None
    kept: tuple[ServerRecord, ...] = ()

    def run_chat(self, prepare: Callable[[], tuple[Kit, Launch]]) -> app.Left:
        kit, launch = prepare()
        self.kits.append(kit)
        self.launches.append(launch)
        return app.Left(0, self.resumable, self.kept)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shown:
    for name, value in clean_environ(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DSR1_BASE_URL", raising=False)
    found = Shown()
    monkeypatch.setattr(app, "run_chat", found.run_chat)
    return found


def start(capfd: Capture, *arguments: str) -> Said:
    """Run as on a terminal. (The streams are swapped between a fixture and its test, so they are patched here.)"""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        patch.setattr("sys.stdout.isatty", lambda: True)
        return run_here(capfd, *arguments)


def test_a_bare_start_knows_no_target(shown: Shown, capfd: Capture) -> None:
    assert start(capfd).code == 0
    (launch,) = shown.launches
    assert (launch.target, launch.resume, launch.demo, launch.rules) == (None, None, False, None)
    assert launch.flags == SamplingLayer()


def test_the_flags_reach_the_chat(shown: Shown, capfd: Capture) -> None:
    start(
        capfd,
        "--base-url",
        "gpu:8000",
        "--model",
        "m",
        "-c",
        "--rules",
        "off",
        "--temperature",
        "server",
        "--seed",
        "1",
    )
    (launch,) = shown.launches
    assert launch.target is not None
    assert (launch.target.base_url, launch.target.model) == ("http://gpu:8000/v1", "m")
    assert (launch.resume, launch.rules) == ("", Rules.OFF)
    assert launch.flags == SamplingLayer(temperature=SERVER, seed=1)


def test_the_chat_is_steered_as_asked(shown: Shown, capfd: Capture) -> None:
    start(capfd, "--preset", "talk", "--instructions", "Be kind.", "--think", "prefill", "--no-boxed",
          "--loop-policy", "retry", "--thinking-budget", "30s")  # fmt: skip
    (launch,) = shown.launches
    assert launch.steering == Steering(
        preset="talk",
        instructions="Be kind.",
        thinking=ForcedThinking.PREFILL,
        directive=False,
        loop_policy=LoopPolicy.RETRY,
        budget_tokens=0,
        budget_s=30.0,
    )


def test_a_preset_that_is_none_is_told(shown: Shown, capfd: Capture) -> None:
    said = start(capfd, "--preset", "poetry")
    assert said.code == 2
    assert "There is no preset “poetry”" in said.err
    assert not shown.launches


def test_the_demo_needs_no_target(shown: Shown, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSR1_BASE_URL", "gpu:8000")
    start(capfd, "--demo", "--resume", "0199")
    (launch,) = shown.launches
    assert (launch.target, launch.demo, launch.resume) == (None, True, "0199")


def test_the_way_back_is_printed_and_the_store_closed(shown: Shown, capfd: Capture) -> None:
    shown.resumable = "0199abcd"
    said = start(capfd)
    assert said.out == "Come back to this conversation with: dsr1-chat --resume 0199abcd\n"
    with pytest.raises(FaultError):
        asyncio.run(shown.kits[0].conversations.find(""))


def test_the_file_is_read_and_a_target_found_by_its_name(shown: Shown, capfd: Capture, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("[endpoints.lab]\nbase_url='gpu:1'\n[sampling]\nseed = 5\n")
    start(capfd)
    (launch,) = shown.launches
    assert launch.target is not None
    assert (launch.target.label, launch.config.sampling.seed) == ("lab", 5)
    kit = shown.kits[0]
    assert isinstance(kit.config_file, TomlConfigFile)
    assert kit.find_target(" lab ").base_url == "http://gpu:1/v1"
    assert kit.find_target("other:2").base_url == "http://other:2/v1"


def test_a_broken_file_ends_a_real_start_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("[sampling\n")
    environ = clean_environ(tmp_path, TERM="xterm-256color")
    child = pexpect.spawn(
        sys.executable, ["-m", "dsr1_tui", "--config", str(file)], env=environ, dimensions=(24, 120), encoding="utf-8"
    )
    child.expect(pexpect.EOF, timeout=60)
    child.close()
    assert child.exitstatus == 2
    assert child.before is not None
    assert f"dsr1-chat: {file}:1: not valid TOML" in child.before.rpartition("\x1b")[2]
    assert "Traceback" not in child.before


def test_a_server_that_was_kept_is_named_with_what_ends_it(shown: Shown, capfd: Capture) -> None:
    shown.kept = (RECORD,)
    said = start(capfd)
    ends = f"end it with: dsr1-chat serve stop {RECORD.id}"
    assert said.out == f"{RECORD.served_name} runs on at {RECORD.target.base_url}; {ends}\n"
