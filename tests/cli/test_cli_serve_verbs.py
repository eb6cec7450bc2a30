import json
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from support.cli import run_here
from support.fault_server import unused_port
from support.processes import all_end, comes
from support.serve_cli import Capture, beside, on_stage, play, start
from support.server_stage import ServerStage

LOGS = Path(__file__).parent.parent / "data" / "server_logs"


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[ServerStage]:
    """Real supervisors in a state dir of this test's own."""
    stage = ServerStage(tmp_path)
    on_stage(monkeypatch, stage)
    yield stage
    stage.clear()


def test_a_detached_server_is_told_of_read_and_ended(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    play(monkeypatch, "serves")
    port = unused_port()
    said = run_here(capfd, "serve", "a/b", "--port", str(port), "--detach")
    assert (said.code, said.out) == (0, f"http://127.0.0.1:{port}/v1\n")
    assert "ready after" in said.err
    assert "starting …" in said.err
    assert "\x1b" not in said.err
    (found,) = json.loads(run_here(capfd, "serve", "status", "--json").out)["servers"]
    assert (found["served_model_name"], found["ready"], found["kept"]) == ("a/b", True, True)
    assert (found["port"], found["state"], found["owner_pid"]) == (port, "ready", os.getpid())
    assert found["up_s"] >= 0
    assert found["id"] in said.err
    shown = run_here(capfd, "serve", "status").out
    assert f"{found['id']}  a/b  http://127.0.0.1:{port}/v1\n    ready, up " in shown
    assert f", kept, process {found['pid']}" in shown
    log = run_here(capfd, "serve", "logs")
    assert log.out.startswith("flags serve a/b --served-model-name a/b")
    ended = run_here(capfd, "serve", "stop")
    assert (ended.code, ended.out) == (0, "")
    assert "a/b has ended" in ended.err
    assert all_end(found["pid"])
    assert "No server of ours runs" in run_here(capfd, "serve", "status").out
    assert run_here(capfd, "serve", "logs", found["id"][:4]).out == log.out, "the log of an ended one is still there"


def test_one_of_several_is_named(stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    play(monkeypatch, "serves")
    first, second = start(capfd), start(capfd)
    which = run_here(capfd, "serve", "stop")
    assert which.code == 2
    assert f"{first['id']} (a/b, port {first['port']})" in which.err
    assert "--all" in which.err
    assert run_here(capfd, "serve", "stop", "nobody").code == 2
    assert run_here(capfd, "serve", "stop", str(first["id"])).code == 0
    (left,) = json.loads(run_here(capfd, "serve", "--json", "status").out)["servers"]
    assert left["id"] == second["id"]
    every = run_here(capfd, "serve", "stop", "--all", "--json")
    assert [one["id"] for one in json.loads(every.out)["stopped"]] == [second["id"]]
    assert every.code == 0
    nothing = run_here(capfd, "serve", "stop")
    assert (nothing.code, nothing.err.count("\n")) == (2, 1)


def test_a_failed_start_says_why_and_what_to_run_instead(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    play(monkeypatch, "replays", str(LOGS / "kv_too_small.log"), "1")
    said = run_here(capfd, "serve", "a/b", "--port", str(unused_port()), "--max-model-len", "4096", "--", "--seed", "1")
    assert (said.code, said.out) == (5, "")
    assert "(kv-cache-too-small)" in said.err
    retry = next(line for line in said.err.splitlines() if "Try:" in line)
    assert "dsr1-chat serve a/b --max-model-len 768 " in retry
    assert retry.endswith("-- --seed 1")
    assert "estimated maximum model length is 768" in said.err
    as_json = run_here(capfd, "serve", "a/b", "--port", str(unused_port()), "--json")
    found = json.loads(as_json.out)
    assert as_json.code == 5
    assert (found["code"], found["flags"]) == ("kv-cache-too-small", {"--max-model-len": "768"})
    assert found["error"]["code"] == "server-start"


@pytest.mark.parametrize("part", ["serves", "hangs"])
def test_ctrl_c_ends_it_while_it_starts_and_while_it_serves(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture, part: str
) -> None:
    play(monkeypatch, part)
    pids: list[int] = []

    def press() -> None:
        host = stage.host()
        wanted = part == "serves"
        assert comes(lambda: any((record.ready_s is not None) == wanted for record in host.running()))
        pids.extend(stage.pids(host.running()[0], "core"))
        os.kill(os.getpid(), signal.SIGINT)

    with beside(press):
        said = run_here(capfd, "serve", "a/b", "--port", str(unused_port()))
    assert said.code == 130
    assert "a/b has ended" in said.err
    assert ("ready after" in said.err) == (part == "serves")
    assert all_end(*pids)


def test_a_server_that_dies_while_it_serves_is_told(
    stage: ServerStage, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    play(monkeypatch, "serves")

    def shoot() -> None:
        host = stage.host()
        assert comes(lambda: any(record.ready_s is not None for record in host.running()))
        server = host.running()[0].server
        assert server is not None
        os.kill(server.pid, signal.SIGKILL)

    with beside(shoot):
        said = run_here(capfd, "serve", "a/b", "--port", str(unused_port()))
    assert said.code == 5
    assert "Its log is" in said.err
