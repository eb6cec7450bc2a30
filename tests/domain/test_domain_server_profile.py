import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.server.diagnosis import FlagChange
from dsr1_tui.domain.server.profile import (
    CPU_LEN,
    MAX_LEN,
    ServerProfile,
    defaults,
    shell_words,
    with_changes,
)
from dsr1_tui.domain.server.profile_fields import BY_NAME, SPECS, FieldKind, ProfileSpec, Setting, check, parse
from dsr1_tui.domain.server.quantization import METHODS, goes_with, needs_checkpoint


def values(spec: ProfileSpec) -> st.SearchStrategy[Setting]:
    """Values that a field takes."""
    match spec.kind:
        case FieldKind.SWITCH:
            return st.booleans()
        case FieldKind.CHOICE:
            return st.sampled_from(spec.choices)
        case FieldKind.INT:
            return st.integers(int(spec.low), int(spec.high))
        case FieldKind.FLOAT:
            return st.sampled_from((0.25, 0.5, 0.92, 1.0))
        case FieldKind.GPUS:
            return st.lists(st.integers(0, 7).map(str), min_size=1, max_size=4, unique=True).map(tuple)
        case FieldKind.WORDS:
            return st.sampled_from((("--seed", "1"), ("--max-num-seqs=8", "--trust-remote-code")))
        case _:
            return st.sampled_from(("http://mirror:80", "A_B")) if spec.name != "api_key_env" else st.just("KEY")


@st.composite
def profiles(draw: st.DrawFn) -> ServerProfile:
    profile = ServerProfile()
    for spec in SPECS:
        if draw(st.booleans()):
            value = "http://m" if spec.name == "hf_endpoint" else draw(values(spec))
            profile = profile.having(spec.name, value)
    return profile


def test_the_table_and_the_class_have_the_same_fields() -> None:
    assert {spec.name for spec in SPECS} == set(ServerProfile.__slots__)


@given(profiles(), profiles(), profiles())
@settings(max_examples=40)
def test_layers_say_what_the_upper_one_says(top: ServerProfile, middle: ServerProfile, low: ServerProfile) -> None:
    assert top.over(middle.over(low)) == top.over(middle).over(low)
    assert top.over(ServerProfile()) == top == ServerProfile().over(top)
    for name, value in top.said.items():
        assert top.over(low).get(name) == value


@given(profiles())
@settings(max_examples=60)
def test_what_is_typed_again_says_the_same(profile: ServerProfile) -> None:
    words = list(shell_words(profile))
    extra = words[words.index("--") + 1 :] if "--" in words else []
    read = ServerProfile(extra=tuple(extra) or None)
    own = words[: words.index("--")] if "--" in words else words
    if own and not own[0].startswith("--"):
        read = read.having("model", own.pop(0))
    while own:
        word = own.pop(0)
        name = word.removeprefix("--").removeprefix("no-").replace("-", "_")
        if BY_NAME[name].kind is FieldKind.SWITCH:
            read = read.having(name, not word.startswith("--no-"))
        else:
            read = read.having(name, parse(BY_NAME[name], own.pop(0)))
    assert read == profile


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"--max-model-len": "768"}, ServerProfile(max_model_len=768)),
        ({"--port": "8001"}, ServerProfile(port=8001)),
        ({"--enforce-eager": ""}, ServerProfile(enforce_eager=True)),
        ({"--gpu-memory-utilization": "0.80"}, ServerProfile(gpu_memory_utilization=0.8)),
        ({"--quantization": None}, ServerProfile(quantization="none")),
        ({"--reasoning-parser": None}, ServerProfile(reasoning_parser="none")),
        ({"--tensor-parallel-size": None}, ServerProfile(tensor_parallel_size=1)),
        ({"--offline": ""}, ServerProfile(offline=True)),
        ({"--shiny": "2"}, ServerProfile(extra=("--shiny", "2"))),
        ({"--quantization": "brand_new"}, ServerProfile(extra=("--quantization", "brand_new"))),
    ],
)
def test_what_a_diagnosis_offers_is_laid_over(changes: dict[str, str | None], expected: ServerProfile) -> None:
    offered = tuple(FlagChange(flag=flag, value=value) for flag, value in changes.items())
    assert with_changes(ServerProfile(), offered) == expected


def test_a_change_reaches_the_words_after_the_dashes() -> None:
    before = ServerProfile(extra=("--nonsense", "1", "2", "--seed", "4", "--dtype=float16"))
    offered = (FlagChange(flag="--nonsense", value=None), FlagChange(flag="--dtype", value="bfloat16"))
    assert with_changes(before, offered) == ServerProfile(dtype="bfloat16", extra=("--seed", "4"))


def test_defaults_are_the_builds_and_never_beyond_the_model() -> None:
    gpu, cpu = defaults(cpu=False), defaults(cpu=True)
    assert (gpu.max_model_len, gpu.dtype, gpu.enforce_eager) == (MAX_LEN, None, None)
    assert (cpu.max_model_len, cpu.dtype, cpu.enforce_eager) == (CPU_LEN, "bfloat16", True)
    assert (gpu.host, gpu.port, gpu.reasoning_parser) == ("127.0.0.1", 8000, "deepseek_r1")
    assert defaults(cpu=False, longest=16384).max_model_len == 16384
    assert defaults(cpu=False, longest=131072).max_model_len == MAX_LEN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 0), ("port", True), ("port", "8000"), ("port", 1.5), ("max_model_len", 10**400),
        ("gpu_memory_utilization", float("nan")), ("gpu_memory_utilization", 0), ("gpu_memory_utilization", 1.1),
        ("enforce_eager", "yes"), ("gpus", []), ("gpus", [-1]), ("gpus", "0;1"), ("gpus", True), ("gpus", ["0", "0"]),
        ("model", "-x"), ("model", " "), ("model", "a\nb"), ("host", "a b"), ("dtype", 1), ("extra", ["x"]),
        ("extra", ["--api_key", "x"]), ("extra", ["--seed", 1]), ("extra", 3), ("extra", ["--model=x"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_one_line(name: str, value: object) -> None:
    with pytest.raises(SettingError) as caught:
        check(BY_NAME[name], value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_devices_may_have_ids() -> None:
    assert check(BY_NAME["gpus"], "GPU-8f3c, 1") == ("GPU-8f3c", "1")
    assert check(BY_NAME["gpus"], [0, 2]) == ("0", "2")


def test_methods_know_their_checkpoints() -> None:
    assert len(set(METHODS)) == len(METHODS)
    assert needs_checkpoint("awq_marlin")
    assert not needs_checkpoint("fp8")
    assert not needs_checkpoint("bitsandbytes")
    assert goes_with("awq_marlin", "awq")
    assert not goes_with("awq", "gptq")
    assert goes_with("moe_wna16", "gptq")
