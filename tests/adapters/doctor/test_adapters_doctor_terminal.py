"""The terminal's answers on a real pseudo-terminal, and no question where nobody could answer."""

import os
import pty
import sys
import termios
from collections.abc import Generator
from pathlib import Path

import pytest

from dsr1_tui.adapters.doctor.terminal_ask import QUESTION, Answer, ask_terminal, read_answer
from dsr1_tui.adapters.doctor.terminal_facts import TRUE, LocalTerminal, colours
from dsr1_tui.domain.doctor_facts import Multiplexed
from support.terminal import Terminal

ASK = "from dsr1_tui.adapters.doctor.terminal_ask import ask_terminal as a; print('got', a(limit_s=30), flush=True)"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"\x1b[?1u\x1b[?62;4;52c", Answer(kitty_keys=True, clipboard=True)),
        (b"\x1b[?62;4c", Answer(kitty_keys=False, clipboard=None)),
        (b"typed \x1b[?0u\x1b[?1;152c", Answer(kitty_keys=True, clipboard=None)),
        (b"\x1b[?1u", None),
        (b"", None),
    ],
)
def test_what_the_bytes_say(said: bytes, answer: Answer | None) -> None:
    assert read_answer(said) == answer


@pytest.fixture
def child() -> Generator[tuple[int, int]]:
    """A program that asks its terminal, and our end of that terminal."""
    pid, ours = pty.fork()
    if pid == 0:  # pragma: no cover  the child
        os.execv(sys.executable, [sys.executable, "-c", ASK])
    yield pid, ours
    os.close(ours)
    os.waitpid(pid, 0)


def until(ours: int, wanted: bytes) -> bytes:
    data = b""
    while wanted not in data:
        data += os.read(ours, 1024)
    return data


def test_a_terminal_is_asked_and_put_back_as_it_was(child: tuple[int, int]) -> None:
    _, ours = child
    before = termios.tcgetattr(ours)
    until(ours, QUESTION)
    os.write(ours, b"\x1b[?1u\x1b[?62;52c")
    said = until(ours, b"\n")
    assert b"got Answer(kitty_keys=True, clipboard=True)" in said
    assert termios.tcgetattr(ours)[3] == before[3]


def test_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    assert ask_terminal(str(tmp_path / "no-tty")) is None
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert ask_terminal(str(file)) is None
    assert file.read_bytes() == b""


def test_it_is_asked_only_on_a_terminal_that_is_no_dumb_one() -> None:
    asked: list[int] = []

    def ask() -> Answer:
        asked.append(1)
        return Answer(kitty_keys=True, clipboard=None)

    def read(term: str, *, on_terminal: bool, wanted: bool) -> bool | None:
        terminal = LocalTerminal(environ={"TERM": term}, is_terminal=lambda: on_terminal, ask=ask)
        return terminal.read(ask=wanted).kitty_keys

    assert read("xterm", on_terminal=True, wanted=True) is True
    assert len(asked) == 1
    assert read("xterm", on_terminal=True, wanted=False) is None
    assert read("xterm", on_terminal=False, wanted=True) is None
    assert read("dumb", on_terminal=True, wanted=True) is None
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("environ", "number"),
    [
        ({}, 0),
        ({"TERM": "dumb"}, 0),
        ({"TERM": "xterm"}, 16),
        ({"TERM": "screen-256color"}, 256),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, TRUE),
    ],
)
def test_colours(environ: dict[str, str], number: int) -> None:
    assert colours(environ) == number


def test_ssh_and_tmux_are_seen(tmp_path: Path) -> None:
    tmux = tmp_path / "tmux"
    tmux.write_text("#!/bin/sh\necho off\n")
    tmux.chmod(0o755)
    environ = {
        "TERM": "tmux-256color",
        "TMUX": "/tmp/t,1,0",
        "SSH_TTY": "/dev/pts/1",
        "PATH": f"{tmp_path}:/bin:/usr/bin",
    }
    facts = LocalTerminal(environ=environ, is_terminal=lambda: False).read(ask=True)
    assert (facts.around, facts.ssh, facts.tmux_clipboard) == (Multiplexed.TMUX, True, "off")


def test_the_command_asks_on_a_terminal_and_prints_no_question_into_a_pipe(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    environ |= {f"DSR1_{name}_DIR": str(tmp_path / name.lower()) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    with Terminal([sys.executable, "-m", "dsr1_tui", "doctor"], environ, lines=60) as terminal:
        terminal.until("skipped\n")
        assert QUESTION.decode() in terminal.raw
        assert "kitty's keyboard protocol" in terminal.text
    with Terminal(["/bin/sh", "-c", f"{sys.executable} -m dsr1_tui doctor | cat"], environ, lines=60) as terminal:
        terminal.until("does not go to a terminal")
        assert QUESTION.decode() not in terminal.raw
