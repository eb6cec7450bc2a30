import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.server_log import LONGEST, last_words

BY_PYDANTIC = """\
pydantic_core._pydantic_core.ValidationError: 1 validation error for VllmConfig
  Value error, heads (3) must be divisible by 2. [type=value_error, input_value=ArgsKwargs((), {'model'])
    For further information visit https://errors.pydantic.dev/2.14/v/value_error"""
BY_THE_CORE = """\
(EngineCore pid=19049) ERROR 11-22 02:44:33 [core.py:1510] ValueError: too small, 768 fits
RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}"""


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        ("OSError: [Errno 98] Address already in use", "[Errno 98] Address already in use"),
        ("usage: vllm [-h] [-v]\nvllm: error: unrecognized arguments: --no 3", "unrecognized arguments: --no 3"),
        (BY_PYDANTIC, "heads (3) must be divisible by 2."),
        (BY_THE_CORE, "too small, 768 fits"),
        ("(APIServer pid=7) WARNING 11-22 02:44:30 [utils.py:1] OSError: [Errno 24] Too many", ""),
        ("(APIServer pid=7) INFO 11-22 02:44:30 [x.py:1] Application startup complete", ""),
        ("", ""),
    ],
)
def test_the_cause_a_failed_start_told_last(log: str, cause: str) -> None:
    assert last_words(log) == cause


@given(st.text())
def test_any_log_gives_one_short_line(log: str) -> None:
    found = last_words(f"ValueError: {log}")
    assert len(found) <= LONGEST
    assert len(found.splitlines()) <= 1
