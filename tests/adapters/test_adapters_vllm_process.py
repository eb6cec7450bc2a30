import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from dsr1_tui.adapters.vllm_process import HOST, VllmLaunch, VllmProcess, is_healthy, port_is_free
from dsr1_tui.domain.fault import FaultCode, FaultError
from support.processes import all_end, runs

STANDIN = Path(__file__).parent.parent / "support" / "standin_vllm.py"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def launch(tmp_path: Path, part: str, port: int | None = None) -> VllmLaunch:
    """A server played by the stand-in, which stands where the engine's interpreter would."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} {STANDIN} {part} "$@"\n')
    python.chmod(0o755)
    return VllmLaunch(
        python=python,
        model="/models/r1",
        port=port or free_port(),
        log=tmp_path / "logs" / "vllm.log",
        flags=("--dtype", "bfloat16"),
        environment={"VLLM_CPU_KVCACHE_SPACE": "1"},
    )


def core_of(process: VllmProcess) -> int:
    said = process.launch.log.read_text()
    return int(said.split("core ")[1].split()[0])


async def test_it_is_started_watched_and_ended_with_all_its_children(tmp_path: Path) -> None:
    process = VllmProcess(launch(tmp_path, "serves"), os.environ)
    await process.ready(20)
    assert process.running
    assert await is_healthy(process.launch.port)
    log = process.launch.log.read_text()
    assert f"serve /models/r1 --host 127.0.0.1 --port {process.launch.port} --dtype bfloat16" in log
    assert process.launch.log.stat().st_mode & 0o777 == 0o600
    assert os.getsid(process.pid) == process.pid, "a session of its own"
    core = core_of(process)
    assert runs(core)
    await process.stop()
    assert not process.running
    assert all_end(core)
    assert port_is_free(process.launch.port)
    await process.stop()


async def test_one_that_does_not_listen_to_reason_is_killed(tmp_path: Path) -> None:
    process = VllmProcess(launch(tmp_path, "stubborn"), os.environ)
    await process.ready(20)
    core = core_of(process)
    await process.stop(grace_s=0.2)
    assert not process.running
    assert all_end(core)


async def test_the_core_of_a_server_that_was_killed_is_ended_too(tmp_path: Path) -> None:
    process = VllmProcess(launch(tmp_path, "serves"), os.environ)
    await process.ready(20)
    core = core_of(process)
    os.kill(process.pid, signal.SIGKILL)
    await process.stop()
    assert not process.running
    assert all_end(core)


async def test_a_failed_start_is_told_with_its_cause(tmp_path: Path) -> None:
    process = VllmProcess(launch(tmp_path, "fails"), os.environ)
    with pytest.raises(FaultError) as caught:
        await process.ready(20)
    await process.stop()
    assert caught.value.fault.code is FaultCode.ENGINE_DIED
    assert caught.value.fault.message == "vLLM ended while it started (code 1): the model does not fit"
    assert str(process.launch.log) in caught.value.fault.hint


async def test_one_that_is_never_ready_is_told(tmp_path: Path) -> None:
    process = VllmProcess(launch(tmp_path, "hangs"), os.environ)
    with pytest.raises(FaultError, match="not ready within 0 s"):
        await process.ready(0.3)
    await process.stop(grace_s=2)
    assert not process.running


def test_a_taken_port_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(FaultError, match=f"Port {port} is taken"):
            VllmProcess(launch(tmp_path, "serves", port), os.environ)
    assert not (tmp_path / "logs").exists()


def test_an_interpreter_that_is_not_there_is_told(tmp_path: Path) -> None:
    order = launch(tmp_path, "serves")
    order.python.unlink()
    with pytest.raises(FaultError, match="cannot be started") as caught:
        VllmProcess(order, os.environ)
    assert "engine install" in caught.value.fault.hint
