"""Causes in the words of vLLM, torch, transformers, huggingface_hub and safetensors, amid what else a log holds."""

from pathlib import Path

import pytest

from dsr1_tui.domain.server.diagnose import diagnose
from dsr1_tui.domain.server.diagnosis import StartCode

LOGS = Path(__file__).parents[1] / "data" / "server_logs"
HEAD = (LOGS / "around_head.txt").read_text(encoding="utf-8")
"""A start that goes well, with warnings of other causes."""
TAIL = (LOGS / "around_tail.txt").read_text(encoding="utf-8")
"""What follows a failure: its consequences, and source code that quotes another message."""
BEFORE = "(EngineCore_DP0 pid=9) ERROR 11-22 02:44:33 [core.py:708] "
OLDER = "ERROR 03-20 20:38:08 core.py:911] "

Flags = dict[str, str | None]


def cases() -> list[tuple[str, Flags, str]]:
    """The code, the flags (`--flag=value`, `--flag!` for one that is taken away) and the text of each."""
    found = []
    for case in (LOGS / "causes.txt").read_text(encoding="utf-8").split("=== ")[1:]:
        first, text = case.split("\n", 1)
        code, *flags = first.split()
        pairs = (flag.rstrip("!").partition("=") for flag in flags)
        found.append((code, {name: value if is_set else None for name, is_set, value in pairs}, text.rstrip()))
    return found


CASES = cases()
each_cause = pytest.mark.parametrize(
    ("code", "flags", "text"), CASES, ids=[f"{number}-{case[0]}" for number, case in enumerate(CASES)]
)


def amid(text: str, before: str = "") -> str:
    return HEAD + "\n".join(before + line for line in text.splitlines()) + "\n" + TAIL


@each_cause
def test_a_cause_is_known_by_its_meaning(code: str, flags: Flags, text: str) -> None:
    for log in (text, amid(text), amid(text, BEFORE), amid(text, OLDER)):
        found = diagnose(log)
        assert found.code == code, found
        assert found.cause.endswith((".", "…"))
        assert found.remedy
        assert found.line
    assert {change.flag: change.value for change in diagnose(amid(text)).flags} == flags


@each_cause
def test_a_warning_of_a_cause_blames_nobody(code: str, flags: Flags, text: str) -> None:
    warned = "\n".join(f"(Worker pid=3) WARNING 11-22 02:44:33 [x.py:7] {line}" for line in text.splitlines())
    ready = "INFO:     Application startup complete.\n"
    assert diagnose(f"{HEAD}{warned}\n{ready}").code is StartCode.OK
    assert diagnose(f"{HEAD}{ready}{warned}\n").code is StartCode.OK


@each_cause
def test_the_first_cause_counts(code: str, flags: Flags, text: str) -> None:
    later = f"{BEFORE}torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.\n"
    # What names no cause of its own gives way to one that does.
    if not any(
        vague in text for vague in ("Unauthorized for url", "retries", "WorkerProc", "are not supported for now")
    ):
        assert diagnose(amid(text, BEFORE) + later).code == code


@each_cause
def test_an_engine_that_dies_of_it_while_it_serves(code: str, flags: Flags, text: str) -> None:
    died = f"{BEFORE}EngineCore encountered a fatal error.\n{BEFORE}Traceback (most recent call last):\n"
    served = HEAD + 'INFO:     Application startup complete.\nINFO:     127.0.0.1:9 - "GET /health HTTP/1.1" 200 OK\n'
    found = diagnose(served + died + "\n".join(BEFORE + line for line in text.splitlines()))
    assert found.code is (StartCode.PORT_IN_USE if "attempting to bind" in text else StartCode.ENGINE_DIED)


def test_every_code_is_shown() -> None:
    shown = {code for code, _, _ in CASES}
    elsewhere = {StartCode.OK, StartCode.SHUTDOWN_HANG}
    assert shown | elsewhere == set(StartCode)


def test_the_causes_are_many() -> None:
    assert len(CASES) >= 70
