from collections.abc import Mapping
from pathlib import Path

import pytest

from dsr1_tui import wiring
from dsr1_tui.cli import history
from dsr1_tui.domain.target import Target
from dsr1_tui.services.kit import Kit
from support.bench_world import AnsweringEndpoint
from support.fake_endpoint import FakeEndpoint
from support.fake_kit import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    """Fakes in place of all that `wiring` would open, and an environment without the user's settings."""
    for name in ("DSR1_BASE_URL", "DSR1_API_KEY", "DSR1_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"DSR1_{name}_DIR", str(tmp_path / name.lower()))
    world = World()

    def build(environ: Mapping[str, str], *, config: Path | None = None) -> Kit:
        del environ, config
        before = world.endpoint  # each run closes its endpoint; the next has one that plays and counts on
        world.endpoint = FakeEndpoint(models=before.listed, clock=world.clock.monotonic)
        world.endpoint.scripts, world.endpoint.requests = before.scripts, before.requests
        world.endpoint.fault = before.fault
        world.endpoint.continue_scripts, world.endpoint.continuable = before.continue_scripts, before.continuable
        return world.kit()

    monkeypatch.setattr(wiring, "build_kit", build)
    monkeypatch.setattr(history, "build_kit", build)
    return world


@pytest.fixture
def answering(world: World, monkeypatch: pytest.MonkeyPatch) -> AnsweringEndpoint:
    """What every run of `bench` connects to, whatever its address; `world` comes with it."""
    made = AnsweringEndpoint(world.clock)

    def opened(target: Target) -> FakeEndpoint:
        world.opened.append(target)
        made.turn_to(target)
        return made

    monkeypatch.setattr(wiring, "open_endpoint_exact", opened)
    return made


@pytest.fixture
def sums(tmp_path: Path) -> str:
    """A set of two questions, of which the fake answers the first right where the seed is even."""
    path = tmp_path / "sums.jsonl"
    path.write_text(
        '{"id": "a", "question": "What is question 1?", "answer": 4, "tags": ["one"]}\n'
        '{"id": "b", "question": "What is question 2?", "answer": 6}\n'
    )
    return str(path)
