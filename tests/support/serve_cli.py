"""The command line with real supervisors and the stand-in for vLLM, in this process."""

import json
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from dsr1_tui import wiring
from dsr1_tui.cli import serve
from dsr1_tui.domain.server.command import FoundVllm, VllmSource
from support.cli import run_here
from support.fake_plan import FakePlan
from support.fault_server import unused_port
from support.server_stage import STANDIN, ServerStage

Capture = pytest.CaptureFixture[str]


def on_stage(monkeypatch: pytest.MonkeyPatch, stage: ServerStage) -> None:
    """Have the verbs find the stage's servers, and none of the user's settings."""
    for name in ("VLLM_API_KEY", "DSR1_BASE_URL", "DSR1_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DSR1_CONFIG_DIR", str(stage.path / "config"))
    monkeypatch.setattr(serve, "find_ports", stage.ports)


def play(monkeypatch: pytest.MonkeyPatch, *part: str, plan: FakePlan | None = None) -> None:
    """Have the stand-in be the vLLM that is found."""
    fake = plan or FakePlan()
    fake.vllm = FoundVllm(source=VllmSource.CONFIGURED, command=(sys.executable, str(STANDIN), *part))
    monkeypatch.setattr(wiring, "find_planner", lambda _: fake.ports())


def start(capfd: Capture, *more: str) -> dict[str, object]:
    """A server that runs on; what was printed of it."""
    said = run_here(capfd, "serve", "a/b", "--port", str(unused_port()), "--detach", "--json", *more)
    assert said.code == 0, said.err
    found: dict[str, object] = json.loads(said.out)
    return found


@contextmanager
def beside(act: Callable[[], None]) -> Generator[None]:
    """Do something in a thread meanwhile."""
    acting = threading.Thread(target=act)
    acting.start()
    try:
        yield
    finally:
        acting.join()
