"""`bench` as a process of its own: what ctrl+c, kill -9 and a dying server leave, on a real socket and a real file."""

import asyncio
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.cli import clean_environ, run_cli, running_cli
from support.fault_server import Act, FaultServer, Reply, Seen, json_reply, unused_port

MODELS = json_reply(
    {"object": "list", "data": [{"id": "tiny-r1", "object": "model", "owned_by": "vllm", "max_model_len": 4096}]}
)
CHAT = "/v1/chat/completions"
FLAGS = ("--repeats", "4", "--concurrency", "2", "--warm-up", "0", "--sweep", "temperature=0.3,0.6")
TOTAL = 2 * 4 * 2


def chunk(**choice: object) -> bytes:
    body = {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, **choice}]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def answered(request: Seen) -> Reply:
    box = 4 if request.json["seed"] % 2 == 0 else 5
    steps = [
        chunk(delta={"reasoning": "Hm."}),
        chunk(delta={"content": f"\\boxed{{{box}}}"}),
        chunk(finish_reason="stop"),
        b"data: [DONE]\n\n",
    ]
    return Reply(steps)


def serving(answer: Callable[[Seen], Reply] = answered) -> FaultServer:
    return FaultServer(pages={"/v1/models": MODELS, "/health": json_reply({})}, answers={CHAT: answer})


def stalling_after(number: int) -> Callable[[Seen], Reply]:
    """Answers so many requests; the others are begun and never end."""
    left = [number]

    def answer(request: Seen) -> Reply:
        left[0] -= 1
        return answered(request) if left[0] >= 0 else Reply([chunk(delta={"reasoning": "Hm."}), Act.STALL])

    return answer


@pytest.fixture
def sums(tmp_path: Path) -> str:
    path = tmp_path / "sums.csv"
    path.write_text("question,answer\n2 + 2?,4\n3 + 2?,5\n")
    return str(path)


def lines(folder: Path) -> list[dict[str, Any]]:
    """The samples in the run's file."""
    (path,) = (folder / "data" / "bench").iterdir()
    return [json.loads(line) for line in path.read_text().splitlines()[1:]]


def keys(samples: list[dict[str, Any]]) -> list[tuple[int, str, int]]:
    return [(one["setting"], one["question"], one["repeat"]) for one in samples]


async def stalled(server: FaultServer, folder: Path, kept: int) -> None:
    """Wait until a run has kept so many samples and waits for others."""
    async with asyncio.timeout(30):
        while not (folder / "data" / "bench").exists() or len(lines(folder)) < kept:  # noqa: ASYNC110  a file tells no event
            await asyncio.sleep(0.02)
        await server.started.wait()


async def test_ctrl_c_keeps_what_was_measured_and_the_run_goes_on(tmp_path: Path, sums: str) -> None:
    async with serving(stalling_after(5)) as server:
        env = clean_environ(tmp_path, DSR1_BASE_URL=server.base_url)
        async with running_cli("bench", "--set", sums, *FLAGS, "--json", env=env) as process:
            await stalled(server, tmp_path, 5)
            process.send_signal(signal.SIGINT)
            out, err = await asyncio.wait_for(process.communicate(), 20)
            await asyncio.wait_for(server.gone.wait(), 5)
        found = json.loads(out)
        assert process.returncode == 130
        assert (found["complete"], found["samples"]) == (False, {"planned": TOTAL, "done": 5})
        assert f"5 of {TOTAL} samples are measured and kept. Go on with: dsr1-chat bench --resume" in err.decode()
        before = keys(lines(tmp_path))
        server.answers[CHAT] = answered
        said = await run_cli("bench", "--resume", "last", "--json", env=env)
    after = keys(lines(tmp_path))
    assert said.code == 0
    assert json.loads(said.out)["complete"] is True
    assert after[:5] == before
    assert len(after) == len(set(after)) == TOTAL


async def test_kill_9_loses_no_sample_and_repeats_none(tmp_path: Path, sums: str) -> None:
    async with serving(stalling_after(7)) as server:
        env = clean_environ(tmp_path, DSR1_BASE_URL=server.base_url)
        async with running_cli("bench", "--set", sums, *FLAGS, env=env) as process:
            await stalled(server, tmp_path, 7)
            process.kill()
            await process.communicate()
        before = keys(lines(tmp_path))
        (path,) = (tmp_path / "data" / "bench").iterdir()
        path.write_bytes(path.read_bytes() + b'{"kind":"sample","setting":0,"ques')
        server.answers[CHAT] = answered
        asked = len(server.posts)
        said = await run_cli("bench", "--resume", "last", "--set", sums, *FLAGS, "--json", env=env)
        assert len(server.posts) - asked == TOTAL - len(before)
    after = keys(lines(tmp_path))
    found = json.loads(said.out)
    assert (said.code, found["complete"]) == (0, True)
    assert after[: len(before)] == before
    assert len(after) == len(set(after)) == TOTAL
    assert [run["accuracy"]["value"] for run in found["runs"]] == [0.5, 0.5]


async def test_two_programs_cannot_measure_one_run(tmp_path: Path, sums: str) -> None:
    async with serving(stalling_after(1)) as server:
        env = clean_environ(tmp_path, DSR1_BASE_URL=server.base_url)
        async with running_cli("bench", "--set", sums, *FLAGS, env=env):
            await stalled(server, tmp_path, 1)
            said = await run_cli("bench", "--resume", "last", env=env)
    assert said.code == 2
    assert "is being measured by another program" in said.err


async def test_a_server_that_dies_in_the_middle(tmp_path: Path, sums: str) -> None:
    async with serving() as server:
        left = [6]

        def dying(request: Seen) -> Reply:
            left[0] -= 1
            if left[0] >= 0:
                return answered(request)
            server.pages["/health"] = json_reply({}, status=503)
            return Reply([chunk(delta={"reasoning": "Hm."}), Act.RESET])

        server.answers[CHAT] = dying
        env = clean_environ(tmp_path, DSR1_BASE_URL=server.base_url)
        said = await run_cli("bench", "--set", sums, *FLAGS, "--json", env=env)
    found = json.loads(said.out)
    assert said.code == 3
    assert (found["samples"]["done"], found["error"]["code"]) == (6, "stream-broken")
    assert all(run["failures"] == 0 for run in found["runs"])
    assert len(lines(tmp_path)) == 6


async def test_a_key_is_in_no_file_and_no_word(tmp_path: Path, sums: str) -> None:
    async with serving() as server:
        env = clean_environ(tmp_path, DSR1_BASE_URL=server.base_url, DSR1_API_KEY="sk-of-mine")
        said = await run_cli("bench", "--set", sums, "--repeats", "1", env=env)
        assert server.posts[0].headers["authorization"] == "Bearer sk-of-mine"
    assert said.code == 0
    (path,) = (tmp_path / "data" / "bench").iterdir()
    assert "sk-of-mine" not in said.out + said.err + path.read_text()


async def test_nobody_there(tmp_path: Path) -> None:
    said = await run_cli("bench", "--base-url", f"127.0.0.1:{unused_port()}", "--json", env=clean_environ(tmp_path))
    assert said.code == 3
    assert json.loads(said.out)["error"]["code"] == "unreachable"
    assert not (tmp_path / "data" / "bench").exists()


async def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path, sums: str) -> None:
    read, write = os.pipe()
    os.close(read)
    async with serving() as server:
        env = clean_environ(tmp_path, DSR1_BASE_URL=server.base_url)
        async with running_cli("bench", "--set", sums, *FLAGS, "--json", env=env, stdout=write) as process:
            os.close(write)
            await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 5
    assert len(lines(tmp_path)) == TOTAL
