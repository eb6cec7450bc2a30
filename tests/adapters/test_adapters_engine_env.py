import asyncio
import os
import re
import shutil
import socket
import sys
from contextlib import aclosing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.adapters.engine_env import LocalEngineHost, clean_environment, shipped_files
from dsr1_tui.adapters.line_feed import LineFeed
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.pip_talk import trouble
from dsr1_tui.ports import Ended, Line
from support.processes import all_end, runs


async def heard(host: LocalEngineHost, *argv: str) -> tuple[list[str], int]:
    lines: list[str] = []
    code = 999
    async with aclosing(host.run(argv)) as events:
        async for event in events:
            match event:
                case Line(text):
                    lines.append(text)
                case Ended(code):
                    pass
    return lines, code


@pytest.fixture
def host() -> LocalEngineHost:
    return LocalEngineHost(environ=os.environ)


async def test_output_comes_line_by_line_and_then_the_code(host: LocalEngineHost) -> None:
    code = "import sys; print('a'); print('b', file=sys.stderr); sys.stdout.write('1%\\r2%\\rend'); sys.exit(3)"
    lines, ended = await heard(host, sys.executable, "-c", code)
    assert sorted(lines) == ["1%", "2%", "a", "b", "end"]
    assert ended == 3


async def test_a_signal_is_a_negative_code(host: LocalEngineHost) -> None:
    assert (await heard(host, "/bin/sh", "-c", "kill -9 $$"))[1] == -9


async def test_a_command_that_is_not_there_is_told(host: LocalEngineHost) -> None:
    with pytest.raises(FaultError) as caught:
        await heard(host, "/no/such/python")
    assert caught.value.fault.code is FaultCode.ENGINE_INSTALL
    assert "/no/such/python cannot be started" in caught.value.fault.message


@pytest.mark.parametrize("trap", ["", "trap '' TERM; "], ids=["gentle", "stubborn"])
async def test_closing_ends_the_command_and_its_children(
    host: LocalEngineHost, trap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsr1_tui.adapters.engine_env.GRACE_S", 0.3)
    script = f"{trap}sleep 600 & echo $! $$; wait; sleep 600"
    async with aclosing(host.run(["/bin/sh", "-c", script])) as events:
        first = await anext(events)
        assert isinstance(first, Line)
        pids = [int(pid) for pid in first.text.split()]
        assert all(runs(pid) for pid in pids)
    assert all_end(*pids)


async def test_cancelling_the_task_ends_the_command(host: LocalEngineHost) -> None:
    told: asyncio.Queue[int] = asyncio.Queue()

    async def work() -> None:
        async with aclosing(host.run(["/bin/sh", "-c", "echo $$; exec sleep 600"])) as events:
            async for event in events:
                if isinstance(event, Line):
                    await told.put(int(event.text))

    task = asyncio.create_task(work())
    pid = await told.get()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert all_end(pid)


async def test_no_network_is_one_sentence_from_real_pip() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        # pip is asked in isolation: settings of the machine that runs the tests may know other places.
        environ = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull}
        pip = (sys.executable, "-m", "pip", "install", "--retries", "1", "--index-url", index, "torch==2.13.0+cpu")
        lines, code = await heard(LocalEngineHost(environ=environ), *pip)
    fault = trouble("PyTorch for the CPU", lines, code)
    assert code != 0
    assert "cannot be reached" in fault.message


def test_this_machine_has_what_this_program_runs_on(host: LocalEngineHost, tmp_path: Path) -> None:
    machine = host.machine(tmp_path / "not" / "yet")
    assert machine.pythons[0].version == sys.version_info[:2]
    assert Path(machine.pythons[0].path).exists()
    assert machine.free_bytes == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.5)
    assert machine.system in {"Linux", "Darwin"}


@pytest.mark.parametrize(
    ("said", "driver"),
    [
        ("printf '580.95.05\\n580.95.05\\n'", (580, 95, 5)),
        ("echo 535", (535,)),
        ("echo 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'; exit 9", None),
        ("echo 'No devices were found'", None),
    ],
)
def test_the_driver_is_asked_of_nvidia_smi(tmp_path: Path, said: str, driver: tuple[int, ...] | None) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f'#!/bin/sh\ntest "$1" = --query-gpu=driver_version && {said}\n')
    program.chmod(0o755)
    host = LocalEngineHost(environ={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert host.machine(tmp_path).driver == driver


def test_variables_that_mislead_pip_are_left_out_and_its_settings_are_not() -> None:
    found = clean_environment({"PIP_TARGET": "/x", "PYTHONPATH": "/y", "PIP_INDEX_URL": "https://mirror/simple"})
    assert found["PIP_INDEX_URL"] == "https://mirror/simple"
    assert not {"PIP_TARGET", "PYTHONPATH"} & set(found)


def test_shipped_files_name_versions_and_no_places() -> None:
    files = shipped_files()
    required = _lines(files.requirements)
    held = _lines(files.constraints)
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in held)
    assert not any(re.match(r"torch(audio|vision|codec)?\b", line) for line in required)
    assert not [line for line in required + held if "://" in line or "@" in line]
    names = {line.partition("==")[0].lower().replace("_", "-") for line in held}
    asked = {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in required}
    assert asked - names <= {"six", "py-cpuinfo"}, "every requirement has a version that is known to work"


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


@given(st.text(st.sampled_from("ab\n\ré—")), st.lists(st.integers(1, 9), max_size=30))
def test_lines_are_the_same_however_they_come(text: str, cuts: list[int]) -> None:
    whole = LineFeed()
    expected = whole.feed(text.encode()) + whole.end()
    pieces, feed, data = [], LineFeed(), text.encode()
    for cut in cuts:
        pieces += feed.feed(data[:cut])
        data = data[cut:]
    pieces += feed.feed(data) + feed.end()
    assert pieces == expected
    assert expected == [line for line in re.split(r"[\r\n]", text) if line]
