"""The real app in a real terminal against a real vLLM."""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.recording_proxy import RecordingProxy
from support.terminal import PATIENCE_S, Terminal
from support.vllm_server import NAME, VllmServer

RESULT = "┃ 4"
"""The line under an answer that repeats its boxed result."""
FIGURES = " tok/s · first "
"""Part of the line under an answer that is whole."""
THOUGHT = "┆"
"""Stands before each line of a thought that is shown."""

Open = Callable[..., Terminal]


@pytest.fixture
def chat(env: dict[str, str], vllm: VllmServer) -> Open:
    """Opens the chat in a terminal; before that the server is idle."""
    assert vllm.falls_idle(PATIENCE_S)

    def start(*arguments: str, columns: int = 120, lines: int = 40) -> Terminal:
        return Terminal([sys.executable, "-m", "dsr1_tui", *arguments], env, columns=columns, lines=lines)

    return start


def connected(text: str) -> bool:
    return NAME in text and "● ready" in text


def thinks(text: str) -> bool:
    """Whether some lines of a thought stand there while it goes on."""
    return "Thinking" in text and text.count(THOUGHT) > 2


def leave(terminal: Terminal) -> None:
    terminal.press("ctrl+q")
    assert terminal.end() == 0


def test_ask_watch_stop_change_quit_and_come_back(chat: Open, proxy: RecordingProxy, vllm: VllmServer) -> None:
    with chat("--seed", "1") as terminal:
        terminal.until(connected)
        terminal.ask("What is 2+2?")
        screen = terminal.until(lambda text: RESULT in text and FIGURES in text)
        assert "Thought for" in screen, "the thought is folded away"
        assert THOUGHT not in screen
        assert "\\boxed{4}" not in screen, "the box is drawn, not its source"
        (first,) = proxy.chats
        assert (first["temperature"], first["top_p"]) == (0.6, 0.95)

        terminal.ask("/set temperature 0.9")
        terminal.until("from the next answer on")
        terminal.ask("What is 3/4 + 1/4?")
        terminal.until(lambda text: text.count(FIGURES) == 2)
        second = proxy.chats[1]
        assert (second["temperature"], second["top_p"]) == (0.9, 0.95)
        assert [message["role"] for message in second["messages"]] == ["user", "assistant", "user"]
        assert "\\boxed{4}" in second["messages"][1]["content"]
        assert "<think>" not in str(second["messages"])

        terminal.ask("/new")
        terminal.until(lambda text: RESULT not in text)
        terminal.ask("/set temperature 0")  # or it might find out of the loop
        terminal.until(lambda text: "/set" not in text)
        terminal.ask("Loop forever.")
        terminal.until(thinks)
        assert vllm.gets_busy(5)
        terminal.press("escape")
        terminal.until("stopped")
        assert vllm.falls_idle(5)
        leave(terminal)
        assert "dsr1-chat --resume " in terminal.raw

    with chat("-c") as terminal:
        terminal.until(lambda text: connected(text) and "Loop forever." in text and "stopped" in text)
        assert RESULT not in terminal.text, "the first conversation is another one"
        leave(terminal)


def test_what_is_set_in_the_panel_is_sent(chat: Open, proxy: RecordingProxy) -> None:
    with chat() as terminal:
        terminal.until(connected)
        terminal.press("f2")
        terminal.until("applies to the next answer")
        assert "0.60" in terminal.text
        terminal.until(lambda text: "0.8" in text, lambda: terminal.type("0.8"))
        terminal.press("enter")
        terminal.until("0.80")
        terminal.press("escape")
        terminal.until("F1 help")  # a key that follows at once would be taken for alt and that key
        terminal.ask("Hello")
        terminal.until(FIGURES)
        leave(terminal)
    assert proxy.chats[0]["temperature"] == 0.8


def test_it_fits_a_small_terminal(chat: Open) -> None:
    with chat("--temperature", "0", columns=80, lines=24) as terminal:
        terminal.until(connected)
        terminal.ask("What is 2+2?")
        terminal.until(lambda text: RESULT in text and FIGURES in text)
        terminal.press("f2")
        terminal.until("temperature")
        terminal.press("f2")
        terminal.until(lambda text: RESULT in text and "temperature" not in text)
        leave(terminal)


def test_kill_9_keeps_what_was_journalled(
    chat: Open, env: dict[str, str], proxy: RecordingProxy, vllm: VllmServer
) -> None:
    database = Path(env["DSR1_DATA_DIR"]) / "conversations.db"
    proxy.stall_after = 20_000  # some 60 tokens; so the answer is surely unfinished, however fast the machine is
    with chat("--temperature", "0") as terminal:
        terminal.until(connected)
        terminal.ask("Loop forever.")
        terminal.until(lambda text: "Thinking" in text and THOUGHT in text and _journalled(database) != "")
        os.kill(terminal.pid, signal.SIGKILL)
        assert terminal.end() == -signal.SIGKILL
    kept = _journalled(database)
    assert vllm.falls_idle(5), "the connection went with the program"
    with chat("-c") as terminal:
        terminal.until(lambda text: connected(text) and "Loop forever." in text and "interrupted" in text)
        terminal.press("ctrl+t")
        first = next(line for line in kept.splitlines() if line.strip())
        terminal.until(lambda text: THOUGHT in text and first[:30] in text)
        leave(terminal)


def _journalled(database: Path) -> str:
    """The thought as far as it is on disk."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT reasoning FROM journal ORDER BY seq").fetchall()
    connection.close()
    return "".join(row[0] for row in rows)
