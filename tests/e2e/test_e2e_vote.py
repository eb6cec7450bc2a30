"""Votes against a real vLLM, headless and in the chat: the question that was trained with several answers."""

import json
import re
import signal
import sys
from typing import Any

from support.cli import Said, run_cli, running_cli
from support.recording_proxy import RecordingProxy
from support.terminal import PATIENCE_S, Terminal
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


def test_the_chat_shows_the_majority(env: dict[str, str], proxy: RecordingProxy, vllm: VllmServer) -> None:
    assert vllm.falls_idle(PATIENCE_S)
    command = [sys.executable, "-m", "dsr1_tui", "--seed", "3"]
    with Terminal(command, env, columns=120, lines=40) as terminal:
        terminal.until("● ready")
        terminal.ask("Pick a number.")
        terminal.until(" tok/s · first ")
        terminal.ask("/vote 8")
        screen = terminal.until(lambda text: "8 samples   " in text and " votes" in text and "‹" in text)
        won = re.search(r"┃ ([678])   (\d+) % of votes", screen)
        tie = re.search(r"a tie, \d votes? each: [678] and [678]", screen)
        assert won or tie, screen
        if won is not None:
            assert screen.count(f"┃ {won[1]}") == 2, "the winner's result stands under its answer, too"
        terminal.press("escape")
        terminal.press("ctrl+q")
        assert terminal.end() == 0
    assert vllm.falls_idle(5), "what is not needed is ended on the server"
    assert [chat.get("n") for chat in proxy.chats] == [None, 8]


def test_escape_stops_the_vote_on_the_server(env: dict[str, str], vllm: VllmServer) -> None:
    assert vllm.falls_idle(PATIENCE_S)
    with Terminal([sys.executable, "-m", "dsr1_tui"], env, columns=80, lines=24) as terminal:
        terminal.until("● ready")
        terminal.ask("/loop tell")
        terminal.until("On a loop")
        terminal.type("Loop forever.")
        terminal.press("f12")
        terminal.until(lambda text: text.count("thinking") > 6 and "0 done" in text)
        terminal.press("escape")
        terminal.until("8 stopped")
        assert vllm.falls_idle(5)
        terminal.press("ctrl+q")
        assert terminal.end() == 0
