import errno
import gzip
import io
import json
import os
import sys
from pathlib import Path

import pytest

from dsr1_tui.cli import doctor_log
from support.cli import run_here

Capture = pytest.CaptureFixture[str]
LOGS = Path(__file__).parents[1] / "data" / "server_logs"
CODES = {
    "awq_on_plain": ("bad-quantization", ["without --quantization"]),
    "bad_flag": ("bad-flag", ["without --not-a-flag"]),
    "bad_reasoning_parser": ("bad-reasoning-parser", ["--reasoning-parser deepseek_r1"]),
    "kv_too_small": ("kv-cache-too-small", ["--max-model-len 768"]),
    "model_hf_offline": ("hub-offline", []),
    "model_missing_dir": ("model-not-found", []),
    "no_config": ("config-missing", []),
    "port_in_use": ("port-in-use", ["--port 8191"]),
    "sigterm_hang_open_stream": ("shutdown-hang", []),
    "startup_ok": ("ok", []),
    "too_long_for_model": ("max-len-too-long", ["--max-model-len 16384"]),
    "tp2": ("tensor-parallel-mismatch", ["--tensor-parallel-size 1"]),
}


def test_every_log_is_listed() -> None:
    assert {path.stem for path in LOGS.glob("*.log")} == set(CODES)


@pytest.mark.parametrize("name", sorted(CODES))
def test_a_log_gives_its_code_as_text_and_as_json(capfd: Capture, name: str) -> None:
    code, flags = CODES[name]
    file = str(LOGS / f"{name}.log")
    said = run_here(capfd, "doctor", "--log", file)
    lines = said.out.splitlines()
    assert said.code == (0 if code == "ok" else 1)
    assert said.err == ""
    assert lines[0] == code
    assert lines[1].startswith("cause:  ")
    assert ("flags:  " in said.out) is bool(flags)
    told = json.loads(run_here(capfd, "doctor", "--log", file, "--json").out)
    assert set(told) == {"code", "cause", "line", "remedy", "flags"}
    assert (told["code"], told["flags"]) == (code, flags)
    assert code == "ok" or (told["line"] and told["remedy"])


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_stdin_is_read_too(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, (LOGS / "kv_too_small.log").read_bytes())
    assert run_here(capfd, "doctor", "--log", "-").out.startswith("kv-cache-too-small\n")
    feed(monkeypatch, b"")
    said = run_here(capfd, "doctor", "--log", "-")
    assert (said.code, said.out.splitlines()[0]) == (1, "unknown")


@pytest.mark.parametrize("way", ["file", "stdin"])
def test_of_a_huge_log_the_ends_are_read(
    capfd: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    monkeypatch.setattr(doctor_log, "END", 64 * 1024)
    log = (LOGS / "kv_too_small.log").read_bytes()
    filler = b"INFO 11-22 02:44:33 [loggers.py:1] Engine 000: all is well\n" * 20_000
    path = tmp_path / "huge.log"
    path.write_bytes(filler + log)
    assert len(doctor_log.read_log(str(path))) <= 2 * 64 * 1024 + 1
    if way == "stdin":
        feed(monkeypatch, path.read_bytes())
    said = run_here(capfd, "doctor", "--log", "-" if way == "stdin" else str(path))
    assert said.out.startswith("kv-cache-too-small\n")


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 127, 128, 129, 500])
def test_the_ends_are_the_files_own_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int) -> None:
    monkeypatch.setattr(doctor_log, "END", 64)
    text = "".join(chr(ord("a") + at % 26) for at in range(size))
    path = tmp_path / "a.log"
    path.write_text(text)
    wanted = text if size <= 128 else f"{text[:64]}\n{text[-64:]}"
    assert doctor_log.read_log(str(path)) == wanted
    feed(monkeypatch, text.encode())
    assert doctor_log.read_log("-") == wanted


def unreadable(folder: Path, what: str) -> Path:
    path = folder / "x.log"
    match what:
        case "folder":
            path.mkdir()
        case "gzip":
            path.write_bytes(gzip.compress((LOGS / "tp2.log").read_bytes(), mtime=0) + b"\0")
        case "binary":
            path.write_bytes(b"\x7fELF\0\0" * 100)
        case "name":
            return folder / ("x" * 300)
        case _:
            pass
    return path


@pytest.mark.parametrize("what", ["missing", "folder", "gzip", "binary", "name"])
def test_what_is_no_log_is_one_line(capfd: Capture, tmp_path: Path, what: str) -> None:
    said = run_here(capfd, "doctor", "--log", str(unreadable(tmp_path, what)))
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert "Traceback" not in said.err
    as_json = run_here(capfd, "doctor", "--log", str(unreadable(tmp_path / "b", "missing")), "--json")
    assert json.loads(as_json.out)["error"]["code"] == "usage"


def test_no_permission_is_one_line(capfd: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("secret")
    path.chmod(0)
    really = os.open

    def as_a_user(name: object, *arguments: object) -> int:  # root may read everything
        if name == path:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return really(name, *arguments)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(os, "open", as_a_user)
    said = run_here(capfd, "doctor", "--log", str(path))
    assert (said.code, len(said.err.splitlines())) == (2, 1)
    assert "Permission denied" in said.err


def test_a_pipe_without_a_writer_does_not_hang_it(capfd: Capture, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert run_here(capfd, "doctor", "--log", str(pipe)).out.startswith("unknown\n")


def test_escape_sequences_in_a_log_do_not_reach_the_terminal(capfd: Capture, tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("vllm: error: unrecognized arguments: --bad\x1b]52;c;AAAA\x07\x1b[31m\n")
    for arguments in ((), ("--json",)):
        said = run_here(capfd, "doctor", "--log", str(path), *arguments)
        assert "\x1b" not in said.out
        assert "bad-flag" in said.out
