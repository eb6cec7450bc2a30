"""A line of flags: read, written, and laid over a profile so that nothing of it comes through."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.server.diagnosis import FlagChange
from dsr1_tui.domain.server.profile import ServerProfile, with_changes
from dsr1_tui.domain.server.typed_flags import flags_line, read_flags, taken_away
from dsr1_tui.domain.server.wording import change_words, seconds_words, start_words

PROFILES = st.builds(
    ServerProfile,
    dtype=st.sampled_from([None, "auto", "float16"]),
    quantization=st.sampled_from([None, "awq", "none"]),
    max_model_len=st.none() | st.integers(1, 10_000_000),
    gpu_memory_utilization=st.sampled_from([None, 0.5, 0.9]),
    enforce_eager=st.sampled_from([None, True, False]),
    gpus=st.sampled_from([None, ("0",), ("0", "1")]),
    port=st.none() | st.integers(1, 65_535),
    extra=st.sampled_from([None, ("--swap-space", "4"), ("--seed", "-1", "--trust-remote-code")]),
)


@given(PROFILES)
def test_what_is_written_is_read_back(profile: ServerProfile) -> None:
    assert read_flags(flags_line(profile)) == profile


@given(PROFILES, PROFILES)
def test_what_is_taken_away_does_not_come_through(below: ServerProfile, said: ServerProfile) -> None:
    laid = with_changes(said.over(below), taken_away(below, said))
    for name, value in said.said.items():
        assert laid.get(name) == value
    assert bool(laid.extra) == bool(said.extra)
    for name in set(below.said) - set(said.said) - {"extra"}:
        assert laid.get(name) != below.get(name) or laid.get(name) in {"auto", "none", False, None}


def test_values_and_short_forms_are_read() -> None:
    read = read_flags("--dtype=float16 --max_model_len 2048 --no-enforce-eager -tp 2 --hf-overrides '{\"a\": 1}'")
    assert read.dtype == "float16"
    assert read.max_model_len == 2048
    assert read.enforce_eager is False
    assert read.extra == ("-tp", "2", "--hf-overrides", '{"a": 1}')


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("--dtype 'float16", "a quote is not closed"),
        ("float16", "belongs to no flag"),
        ("--dtype", "takes one value"),
        ("--enforce-eager a b", "takes no value"),
        ("--max-model-len many", "needs a whole number"),
        ("--api-key sk-1", "may not hold --api-key"),
    ],
)
def test_a_slip_is_told(line: str, reason: str) -> None:
    with pytest.raises(SettingError, match=reason):
        read_flags(line)


def test_the_parting_dashes_of_a_command_line_do_not_reach_vllm() -> None:
    pasted = read_flags("--dtype float16 -- --kv-cache-memory-bytes 1000000")
    assert pasted == read_flags("--dtype float16 --kv-cache-memory-bytes 1000000")
    assert "--" not in (pasted.extra or ())


def test_changes_are_written_as_they_are_typed() -> None:
    longer, eager = FlagChange(flag="--max-model-len", value="768"), FlagChange(flag="--enforce-eager", value="")
    plain = FlagChange(flag="--quantization", value=None)
    assert change_words((longer, eager)) == "--max-model-len 768 --enforce-eager"
    assert start_words("start again", (longer,)) == "start again with --max-model-len 768"
    assert start_words("start again", (plain,)) == "start again without --quantization"
    assert start_words("start again", (longer, plain)) == "start again with --max-model-len 768, without --quantization"
    assert start_words("start again", ()) == "start again"
    assert shlex.split(change_words((longer,))) == ["--max-model-len", "768"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.2, "59 s"), (59.8, "1 min 00 s"), (125, "2 min 05 s")]
)
def test_seconds(seconds: float, words: str) -> None:
    assert seconds_words(seconds) == words
