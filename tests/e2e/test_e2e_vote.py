"""`ask --vote` as a process of its own against a real vLLM: the question that was trained with several answers."""

import json
import signal
from typing import Any

from support.cli import Said, run_cli, running_cli
from support.recording_proxy import RecordingProxy
from support.vllm_server import VllmServer

NUMBERS = {"6", "7", "8"}


def one_object(said: Said) -> dict[str, Any]:
    assert said.out.count("\n") == 1
    found: dict[str, Any] = json.loads(said.out)
    return found


async def test_the_majority_of_eight(env: dict[str, str], proxy: RecordingProxy) -> None:
    said = await run_cli("ask", "--vote", "8", "--json", "--seed", "3", "Pick a number.", env=env)
    assert said.code == 0
    found = one_object(said)
    vote = found["vote"]
    assert {one["answer"] for one in vote["classes"]} <= NUMBERS
    assert sum(one["count"] for one in vote["classes"]) + vote["cancelled"] + vote["no_box"] == 8
    leader = max(vote["classes"], key=lambda one: one["count"])
    assert vote["tie"] or found["final_boxed"] == leader["answer"]
    assert (found["usage"]["exact"], found["usage"]["prompt_tokens"] > 5) == (True, True)
    (sent,) = proxy.chats
    assert (sent["n"], sent["stream_interval"], sent["seed"]) == (8, 2, 3)
    again = await run_cli("ask", "--json", "--seed", str(found["settings"]["seed"]), "Pick a number.", env=env)
    assert one_object(again)["reasoning"] == found["reasoning"], "the winner's own seed draws it again"
    kept = json.loads((await run_cli("history", "export", "--format", "json", env=env)).out)
    assert kept["messages"]


async def test_ctrl_c_ends_all_samples_on_the_server(env: dict[str, str], vllm: VllmServer) -> None:
    flags = ("--vote", "8", "--json", "--loop-policy", "tell")
    async with running_cli("ask", *flags, "Loop forever.", env=env) as process:
        assert vllm.gets_busy(60)
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in out + err
    assert vllm.falls_idle(5)
    assert json.loads(out)["vote"]["cancelled"] == 8


async def test_looping_samples_are_no_votes(env: dict[str, str], vllm: VllmServer) -> None:
    said = await run_cli("ask", "--vote", "4", "--json", "Loop forever.", env=env)
    assert said.code == 5
    vote = one_object(said)["vote"]
    assert (vote["looped"] + vote["cut_off"], vote["agreement"]) == (4, None)
    assert vllm.falls_idle(5)
