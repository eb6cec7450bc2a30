"""What a process is called, without its arguments: those may hold keys and prompts."""

import re
import subprocess
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_LONGEST: Final = 40
_MODULE: Final = re.compile(r"[A-Za-z_][\w.]*")
_INTERPRETER: Final = re.compile(r"python[\d.]*")
_PS_S: Final = 5.0


def words_of(pid: int, proc: Path = _PROC) -> tuple[str, ...]:
    """A process's command line, for looking at it; never to be shown. Empty where it cannot be told."""
    try:
        data = (proc / str(pid) / "cmdline").read_bytes()
    except OSError:
        return () if (proc / "self").exists() else _by_ps(pid)
    return tuple(word.decode("utf-8", "replace") for word in data.rstrip(b"\0").split(b"\0"))


def program_name(pid: int, proc: Path = _PROC) -> str:
    """The program: `nginx`, `python3 -m vllm.entrypoints.cli.main`, `VLLM::EngineCore`; empty where unknown."""
    name = short_name(words_of(pid, proc))
    if name:
        return name
    try:
        return printable((proc / str(pid) / "comm").read_text("utf-8", "replace"))
    except OSError:
        return ""


def short_name(words: tuple[str, ...]) -> str:
    """What a command line runs: the program, for an interpreter its module or script too, and nothing else of it."""
    if not words or not words[0].strip():
        return ""
    # A process that writes its own title has one word with blanks in it; the first is its name.
    program = printable(words[0].split()[0].rsplit("/", 1)[-1])
    if not _INTERPRETER.fullmatch(program):
        return program
    for at, word in enumerate(words[1:], 1):
        if word == "-m" and at + 1 < len(words) and _MODULE.fullmatch(words[at + 1]):
            return f"{program} -m {printable(words[at + 1])}"
        if word.endswith(".py") or (not word.startswith("-") and "/" in word):
            return f"{program} {printable(word.rsplit('/', 1)[-1])}"
        if not word.startswith("-") or word in {"-c", "-"}:
            break
    return program


def printable(name: str) -> str:
    """Fit to be shown."""
    return "".join(char for char in name.strip() if char.isprintable())[:_LONGEST]


def _by_ps(pid: int) -> tuple[str, ...]:
    """On macOS and BSD; blanks within a word are lost, which only shortens what is shown."""
    command = ("ps", "-o", "command=", "-p", str(pid))
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=_PS_S)  # noqa: S603  a fixed program
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(done.stdout.split())
