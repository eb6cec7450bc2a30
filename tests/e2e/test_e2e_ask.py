"""`dsr1-chat ask` as a process of its own against a real vLLM."""

import json
import signal
from typing import Any

import pytest

from support.cli import Said, run_cli, running_cli
from support.fault_server import unused_port
from support.recording_proxy import RecordingProxy
from support.vllm_server import CONTEXT, NAME, VllmServer

KEYS = {
    "conversation_id",
    "model",
    "reasoning",
    "answer",
    "boxed",
    "final_boxed",
    "finish_reason",
    "usage",
    "timings",
    "settings",
    "guards",
}
"""What the object always has."""
GREEDY = ("--temperature", "0")


async def ask(env: dict[str, str], *arguments: str, feed: bytes | None = None) -> Said:
    said = await run_cli("ask", *arguments, env=env, feed=feed)
    assert "Traceback" not in said.out + said.err
    return said


def one_object(said: Said) -> dict[str, Any]:
    assert said.out.count("\n") == 1
    found: dict[str, Any] = json.loads(said.out)
    return found


async def test_the_answer_is_printed_and_nothing_else(env: dict[str, str]) -> None:
    said = await ask(env, *GREEDY, "What is 2+2?")
    assert (said.code, said.err) == (0, "")
    assert "\\boxed{4}" in said.out
    assert "<think>" not in said.out
    assert "</think>" not in said.out
    assert said.out.endswith("}\n")


async def test_the_object_has_all_that_was_said(env: dict[str, str], proxy: RecordingProxy) -> None:
    said = await ask(env, *GREEDY, "--json", "--seed", "7", "Solve x^2 - 5x + 6 = 0.")
    found = one_object(said)
    assert said.code == 0
    assert set(found) >= KEYS
    assert "error" not in found
    assert found["model"] == NAME
    assert found["reasoning"].strip()
    assert found["final_boxed"] == found["boxed"][-1] == "2, 3"
    assert found["finish_reason"] == "stop"
    usage = found["usage"]
    assert usage["exact"] is True
    assert 0 < usage["reasoning_tokens"] < usage["completion_tokens"]
    assert usage["prompt_tokens"] > 5
    assert 0 < found["timings"]["ttft_s"] <= found["timings"]["total_s"]
    assert found["settings"] == {"temperature": 0.0, "top_p": 0.95, "seed": 7}
    assert found["guards"] == []
    (sent,) = proxy.chats
    assert {name: sent[name] for name in found["settings"]} == found["settings"]


async def test_chinese_comes_through_a_pipe_and_back(env: dict[str, str], proxy: RecordingProxy) -> None:
    said = await ask(env, *GREEDY, "-", feed="1加1等于几？\n".encode())
    assert said.code == 0
    assert "\\boxed{2}" in said.out
    (message,) = proxy.chats[0]["messages"]
    assert message["content"].startswith("1加1等于几？")


async def test_sampling_flags_are_in_the_request_and_server_leaves_them_out(
    env: dict[str, str], proxy: RecordingProxy
) -> None:
    flags = {"top_k": 20, "min_p": 0.05, "max_tokens": 64, "repetition_penalty": 1.05, "presence_penalty": 0.5}
    words = [word for name, value in flags.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    said = await ask(env, "--temperature", "0.3", "--top-p", "server", "--stop", "ZZZ", *words, "Hello")
    assert said.code == 0
    (sent,) = proxy.chats
    assert {name: sent[name] for name in flags} == flags
    assert (sent["temperature"], sent["stop"]) == (0.3, ["ZZZ"])
    assert "top_p" not in sent


async def test_a_conversation_goes_on_without_its_old_thoughts(env: dict[str, str], proxy: RecordingProxy) -> None:
    first = one_object(await ask(env, *GREEDY, "--json", "My name is Ada."))
    second = one_object(await ask(env, *GREEDY, "--json", "-c", "What is my name?"))
    assert second["conversation_id"] == first["conversation_id"]
    assert first["reasoning"].strip()
    messages = proxy.chats[-1]["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert messages[1]["content"].strip() == first["answer"].strip()
    assert first["reasoning"].strip() not in json.dumps(messages)
    assert "Ada" in second["answer"]
    shown = await run_cli("history", "show", env=env)
    assert shown.code == 0
    assert "What is my name?" in shown.out


async def test_a_model_that_is_not_served_is_refused(env: dict[str, str]) -> None:
    said = await ask(env, "--json", "--model", "deepseek-r1-671b", "Hello")
    error = one_object(said)["error"]
    assert (said.code, error["code"]) == (4, "model-not-found")
    assert "deepseek-r1-671b" in error["message"]
    assert said.err.count("\n") == 1


async def test_nobody_there(env: dict[str, str]) -> None:
    said = await ask(env, "--base-url", f"http://127.0.0.1:{unused_port()}", "Hello")
    assert (said.code, said.out) == (3, "")
    assert said.err.count("\n") == 1


async def test_a_question_longer_than_the_context_is_refused(env: dict[str, str]) -> None:
    said = await ask(env, "--json", "-", feed=b"count " * 2 * CONTEXT)
    found = one_object(said)
    assert (said.code, found["error"]["code"]) == (4, "context-overflow")
    assert str(CONTEXT) in found["error"]["message"].replace(",", "")
    assert "count count" not in said.err


async def test_an_answer_cut_off_is_not_a_success(env: dict[str, str]) -> None:
    said = await ask(env, *GREEDY, "--json", "--max-tokens", "5", "What is 2+2?")
    found = one_object(said)
    assert (said.code, found["finish_reason"], found["boxed"]) == (5, "length", [])
    assert found["reasoning"]
    assert "max_tokens" in said.err


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
async def test_ctrl_c_keeps_what_came_and_frees_the_server(
    env: dict[str, str], vllm: VllmServer, as_json: bool
) -> None:
    flags = ["--json"] if as_json else []
    async with running_cli("ask", "--show-reasoning", *GREEDY, *flags, "Loop forever.", env=env) as process:
        assert process.stderr is not None
        assert await process.stderr.read(1), "the thought has begun"
        assert vllm.gets_busy(5)
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in out + err
    assert vllm.falls_idle(5)
    shown = json.loads((await run_cli("history", "export", "--format", "json", env=env)).out)
    answer = shown["messages"][-1]
    assert (answer["role"], answer["status"]) == ("assistant", "stopped")
    assert answer["reasoning"].strip()
    if as_json:
        found = json.loads(out)
        assert found["finish_reason"] == "stopped"
        assert found["reasoning"] == answer["reasoning"]
