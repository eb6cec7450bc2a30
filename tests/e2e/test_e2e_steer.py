"""R1 kept from running away, on a real vLLM: every loop policy, budgets, answers on demand, headless and in the app."""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.adapters.tokenizer import read_tokenizer
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.r1_template import render_r1
from dsr1_tui.domain.request import PromptMessage
from dsr1_tui.domain.target import Target
from support.cli import Said, run_cli
from support.recording_proxy import RecordingProxy
from support.terminal import PATIENCE_S, Terminal
from support.vllm_server import MODEL, NAME, VllmServer

LIMIT = 600
"""Tokens within which a loop ends, whatever was chosen for it."""
OLDER = frozenset({"/v1/completions", "/tokenize", "/detokenize"})
"""What only vLLM has."""
GREEDY = ("--temperature", "0")
Open = Callable[..., Terminal]


async def asked(env: dict[str, str], *arguments: str) -> tuple[Said, dict[str, Any]]:
    said = await run_cli("ask", "--json", *GREEDY, *arguments, env=env)
    assert "Traceback" not in said.out + said.err
    return said, json.loads(said.out)


@pytest.mark.parametrize(
    ("policy", "code", "reason"),
    [("tell", 5, "length"), ("stop", 5, "loop"), ("answer", 0, "stop"), ("retry", 0, "stop")],
)
async def test_a_loop_ends_under_each_policy(env: dict[str, str], policy: str, code: int, reason: str) -> None:
    # Told only, it ends where any answer does; that it was told before is what counts.
    limit = ("--max-tokens", "500") if policy == "tell" else ()
    said, found = await asked(env, "--loop-policy", policy, *limit, "Loop forever.")
    assert found["guards"] == ["loop"]
    assert (said.code, found["finish_reason"]) == (code, reason)
    assert found["usage"]["completion_tokens"] < LIMIT
    assert "loop: repeating since" in said.err
    assert (found["final_boxed"] == "42") == (code == 0)


async def test_a_loop_in_other_words_is_answered(env: dict[str, str]) -> None:
    said, found = await asked(env, "Loop forever in other words.")
    assert (said.code, found["finish_reason"], found["final_boxed"]) == (0, "stop", "42")
    assert found["usage"]["completion_tokens"] < LIMIT


async def test_an_answer_that_never_ends_is_stopped(env: dict[str, str]) -> None:
    said, found = await asked(env, "Repeat yourself forever.")
    assert (said.code, found["finish_reason"], found["guards"]) == (5, "loop", ["loop"])
    assert found["usage"]["completion_tokens"] < LIMIT


@pytest.mark.parametrize("older", [False, True], ids=["by the server", "on our side"])
async def test_a_budget_of_40_tokens_gives_an_answer(env: dict[str, str], proxy: RecordingProxy, older: bool) -> None:
    proxy.ignores = frozenset({"thinking_token_budget"}) if older else frozenset()
    said, found = await asked(env, "--thinking-budget", "40", "Think long about 17*23.")
    assert said.code == 0
    assert found["finish_reason"] == "stop"
    assert found["answer"].strip()
    assert 30 <= found["usage"]["reasoning_tokens"] <= 48
    assert ("budget" in found["guards"]) == older, "the server keeps it without a word"
    assert proxy.chats[0]["thinking_token_budget"] == 40


async def test_a_budget_without_completions_asks_anew(env: dict[str, str], proxy: RecordingProxy) -> None:
    proxy.lacks, proxy.ignores = OLDER, frozenset({"thinking_token_budget"})
    said, found = await asked(env, "--thinking-budget", "40", "--max-tokens", "1000", "Think long about 17*23.")
    assert "This server has no /v1/completions: a short answer is asked for anew." in said.err
    assert found["answer"].strip()
    assert "Answer now" in proxy.chats[-1]["messages"][-1]["content"]


async def test_a_skipped_thought_is_asked_for_again(env: dict[str, str], proxy: RecordingProxy) -> None:
    await asked(env, "Answer without thinking.")
    first, second = proxy.chats
    assert [message["role"] for message in first["messages"]] == ["user"]
    assert second["messages"][-1] == {"role": "assistant", "content": "<think>\nOkay, "}
    assert (second["continue_final_message"], second["add_generation_prompt"]) == (True, False)
    proxy.requests.clear()
    await asked(env, "--think", "off", "Answer without thinking.")
    assert len(proxy.chats) == 1


async def test_the_models_tokenizer_here_counts_what_the_server_counts(vllm: VllmServer) -> None:
    count = read_tokenizer(MODEL / "tokenizer.json")
    assert count is not None
    asked = (
        PromptMessage(MessageRole.USER, "e\u0301te\u0301: what is 6*7?\n请逐步推理"),
        PromptMessage(MessageRole.ASSISTANT, "It is **42**.\n\n\\boxed{42}"),
        PromptMessage(MessageRole.USER, "def f(x):\n    return 🎉\n"),
    )
    async with asyncio.timeout(PATIENCE_S):
        endpoint = OpenAIEndpoint(Target(base_url=vllm.base_url))
        try:
            for messages in (asked, asked[:1], asked[:2]):
                assert await endpoint.count(NAME, messages) == count(render_r1(messages))
            rendered = await endpoint.rendered(NAME, asked)
            assert rendered is not None
            assert rendered.replace("é", "e\u0301") == render_r1(asked).replace("é", "e\u0301")
        finally:
            await endpoint.aclose()


@pytest.fixture
def chat(env: dict[str, str], vllm: VllmServer) -> Open:
    """Opens the chat in a terminal; before that the server is idle."""
    assert vllm.falls_idle(PATIENCE_S)

    def start(*arguments: str) -> Terminal:
        terminal = Terminal([sys.executable, "-m", "dsr1_tui", *GREEDY, *arguments], env, columns=120, lines=40)
        terminal.until(lambda text: NAME in text and "● ready" in text)
        return terminal

    return start


def leave(terminal: Terminal) -> None:
    terminal.press("ctrl+q")
    assert terminal.end() == 0


async def tokens_used(env: dict[str, str]) -> int:
    kept = json.loads((await run_cli("history", "export", "--format", "json", env=env)).out)
    used: int = kept["messages"][-1]["usage"]["completion_tokens"]
    return used


@pytest.mark.parametrize(
    ("policy", "ends"),
    [("stop", "stopped: it was repeating itself"), ("answer", "┃ 42"), ("retry", "┃ 42"), ("tell", "stopped")],
)
async def test_a_loop_in_the_app_ends_under_each_policy(
    chat: Open, env: dict[str, str], policy: str, ends: str
) -> None:
    with chat("--loop-policy", policy) as terminal:
        terminal.ask("Loop forever.")
        if policy == "tell":
            terminal.until("↻ repeating since")
            terminal.press("escape")
        terminal.until(lambda text: ends in text and " tok/s · first " in text)
        leave(terminal)
    assert await tokens_used(env) < LIMIT


async def test_answer_now_in_mid_thought(chat: Open, env: dict[str, str]) -> None:
    with chat() as terminal:
        terminal.ask("Think long about 17*23.")
        terminal.until(lambda text: "Thinking" in text and text.count("┆") > 2)
        assert "F5 answer now" in terminal.text
        terminal.press("f5")
        terminal.until(lambda text: "┃" in text and " tok/s · first " in text)
        leave(terminal)
    kept = json.loads((await run_cli("history", "export", "--format", "json", env=env)).out)
    answer = kept["messages"][-1]
    assert answer["boxed"]
    assert answer["segments"][-1]["cause"] == "asked"


def test_answer_now_where_the_server_cannot_is_greyed_and_asks_anew(chat: Open, proxy: RecordingProxy) -> None:
    proxy.lacks = OLDER
    with chat("--max-tokens", "1500") as terminal:
        terminal.ask("Think long about 17*23.")
        terminal.until(lambda text: "Thinking" in text and "F5 answer now (asks anew)" in text)
        terminal.press("f5")
        terminal.until("asked anew for a short answer: this server has no /v1/completions")
        terminal.until(lambda text: " tok/s · first " in text)
        leave(terminal)
    assert "Answer now" in proxy.chats[-1]["messages"][-1]["content"]


def test_a_cut_off_thought_goes_on(chat: Open) -> None:
    with chat("--max-tokens", "60") as terminal:
        terminal.ask("Think long about 17*23.")
        terminal.until("cut off at the reply limit: F8 goes on")
        terminal.press("f8")
        terminal.until(lambda text: "120 tok" in text and "cut off at the reply limit: F8 goes on" in text)
        terminal.press("f5")
        terminal.until("┃")
        leave(terminal)
