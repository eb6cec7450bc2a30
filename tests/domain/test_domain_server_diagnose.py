from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.server.diagnose import ALL_CAUSES, diagnose
from dsr1_tui.domain.server.diagnosis import StartCode

LOGS = Path(__file__).parents[1] / "data" / "server_logs"
CODES: dict[str, tuple[StartCode, dict[str, str | None]]] = {
    "awq_on_plain": (StartCode.BAD_QUANTIZATION, {"--quantization": None}),
    "bad_flag": (StartCode.BAD_FLAG, {"--not-a-flag": None}),
    "bad_reasoning_parser": (StartCode.BAD_REASONING_PARSER, {"--reasoning-parser": "deepseek_r1"}),
    "kv_too_small": (StartCode.KV_CACHE_TOO_SMALL, {"--max-model-len": "768"}),
    "model_hf_offline": (StartCode.HUB_OFFLINE, {}),
    "model_missing_dir": (StartCode.MODEL_NOT_FOUND, {}),
    "no_config": (StartCode.CONFIG_MISSING, {}),
    "port_in_use": (StartCode.PORT_IN_USE, {"--port": "8191"}),
    "sigterm_hang_open_stream": (StartCode.SHUTDOWN_HANG, {}),
    "startup_ok": (StartCode.OK, {}),
    "too_long_for_model": (StartCode.MAX_LEN_TOO_LONG, {"--max-model-len": "16384"}),
    "tp2": (StartCode.TENSOR_PARALLEL_MISMATCH, {"--tensor-parallel-size": "1"}),
}
GOOD = "startup_ok"
READY = "INFO:     Application startup complete.\n"


def log_of(name: str) -> str:
    with (LOGS / f"{name}.log").open(encoding="utf-8", newline="") as file:
        return file.read()


@pytest.mark.parametrize("name", sorted(path.stem for path in LOGS.glob("*.log")))
def test_every_captured_log(name: str) -> None:
    code, flags = CODES[name]
    found = diagnose(log_of(name))
    assert found.code is code
    assert {change.flag: change.value for change in found.flags} == flags
    assert bool(found.line) is (code is not StartCode.OK)
    assert len(found.line) <= 300


@pytest.mark.parametrize("name", sorted(CODES))
@pytest.mark.parametrize(
    "before", ["vllm-1  | ", "2026-11-22T02:53:41.123456Z ", "\x1b[36m(Worker_TP0 pid=4)\x1b[0;0m "]
)
def test_what_a_container_puts_before_each_line_changes_nothing(name: str, before: str) -> None:
    lines = log_of(name).replace("\r\n", "\n").replace("\r", "").split("\n")
    assert diagnose("\n".join(before + line for line in lines)).code is CODES[name][0]


@pytest.mark.parametrize(
    ("log", "exit_code", "code"),
    [
        ("", None, StartCode.UNKNOWN),
        ("", 2, StartCode.BAD_FLAG),
        ("", -9, StartCode.CPU_MEMORY),
        ("", 137, StartCode.CPU_MEMORY),
        ("", -11, StartCode.ENGINE_DIED),
        ("Dear diary\n", 1, StartCode.UNKNOWN),
        ("ValueError: something new\n", 1, StartCode.UNKNOWN),
        ("INFO 11-22 02:41:04 [x.py:1] vLLM\nKilled\n", None, StartCode.CPU_MEMORY),
        (READY, 0, StartCode.OK),
        (READY, -15, StartCode.OK),
        (READY, 1, StartCode.ENGINE_DIED),
        (READY, -9, StartCode.ENGINE_DIED),
        (READY + "INFO:     Shutting down\n", -9, StartCode.SHUTDOWN_HANG),
        (READY + "INFO:     Shutting down\nINFO:     Finished server process [7]\n", 0, StartCode.OK),
        (
            READY + "INFO:     Shutting down\nINFO:     Waiting for connections to close. (CTRL+C to force quit)\n"
            "INFO:     Application shutdown complete.\n",
            0,
            StartCode.OK,
        ),
        (READY + "ERROR 11-22 02:41:04 [s.py:1] ValueError: max_tokens must be at least 1\n", None, StartCode.OK),
    ],
)
def test_logs_that_name_no_cause(log: str, exit_code: int | None, code: StartCode) -> None:
    found = diagnose(log, exit_code=exit_code)
    assert found.code is code
    assert found.cause


def test_unknown_gives_the_last_words() -> None:
    found = diagnose("(APIServer pid=7) ERROR 11-22 02:44:33 [x.py:1] vllm.FooError: no such luck\nINFO:     bye\n")
    assert found.code is StartCode.UNKNOWN
    assert found.line == "vllm.FooError: no such luck"


def test_the_last_start_of_a_log_of_several_counts() -> None:
    assert diagnose(log_of("port_in_use") + log_of(GOOD)).code is StartCode.OK
    assert diagnose(log_of(GOOD) + log_of("port_in_use")).code is StartCode.PORT_IN_USE
    assert diagnose(log_of(GOOD) + log_of("bad_flag")).code is StartCode.BAD_FLAG


@pytest.mark.parametrize("name", ["kv_too_small", "sigterm_hang_open_stream"])
def test_a_log_longer_than_what_is_read(name: str) -> None:
    chatter = "(APIServer pid=7) DEBUG 11-22 02:44:33 [x.py:1] heartbeat heartbeat heartbeat heartbeat\n" * 50_000
    assert diagnose(chatter + log_of(name)).code is CODES[name][0]
    assert diagnose(log_of(name) + chatter).code is CODES[name][0]


def test_a_start_that_came_late_is_found() -> None:
    chatter = "(APIServer pid=7) DEBUG 11-22 02:44:33 [x.py:1] heartbeat heartbeat heartbeat heartbeat\n" * 50_000
    assert diagnose(chatter + log_of(GOOD) + chatter).code is StartCode.OK


@pytest.mark.parametrize(
    "secret",
    [
        "hf_S3cretS3cret1234",
        "sk-proj-S3cretS3cret",
        "Bearer S3cret.S3cret",
        "--api-key=S3cretS3cret",
        "http://me:S3cretS3cret@h",
    ],
)
def test_no_key_is_shown(secret: str) -> None:
    found = diagnose(f"vllm serve: error: unrecognized arguments: --x {secret}\n")
    assert "S3cret" not in found.line + found.cause + found.remedy


@given(st.lists(st.one_of(st.text(), st.sampled_from([word for cause in ALL_CAUSES for word in cause.hints]))))
def test_any_text_is_diagnosed(parts: list[str]) -> None:
    for log in ("".join(parts), "\n".join(f"ValueError: {part}" for part in parts)):
        found = diagnose(log)
        assert found.cause
        assert all(sign.isprintable() for sign in found.line + found.cause)
        assert found.code in {StartCode.OK, StartCode.UNKNOWN} or found.remedy


@settings(max_examples=40)
@given(st.sampled_from(sorted(CODES)), st.integers(min_value=0, max_value=20_000), st.booleans())
def test_a_log_cut_anywhere(name: str, cut: int, tail: bool) -> None:
    log = log_of(name)
    found = diagnose(log[-cut:] if tail and cut else log[:cut])
    assert found.code in {CODES[name][0], StartCode.UNKNOWN, StartCode.OK, StartCode.ENGINE_DIED}
