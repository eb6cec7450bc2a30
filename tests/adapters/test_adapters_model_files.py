import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.adapters.hub_cache import hub_cache
from dsr1_tui.adapters.model_files import read_model
from dsr1_tui.adapters.safetensors_file import fault_of
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.server.diagnosis import StartCode
from dsr1_tui.domain.server.model import ModelPlace, ModelState
from dsr1_tui.domain.server.profile import DEFAULT_MODEL
from support.model_folders import CONFIG, safetensors, write_cached, write_model

TINY = Path(__file__).parent.parent / "tiny_r1" / "model"


def codes(state: ModelState) -> list[StartCode]:
    return [problem.code for problem in state.problems]


def test_a_whole_folder(tmp_path: Path) -> None:
    state = read_model(str(write_model(tmp_path / "r1", shards=3)), {})
    assert (state.place, state.problems, state.whole) == (ModelPlace.FOLDER, (), True)
    assert (state.name, state.served) == ("r1", str(tmp_path / "r1"))
    facts = state.facts
    assert facts is not None
    assert (facts.architecture, facts.heads, facts.kv_heads, facts.head_dim) == ("Qwen2ForCausalLM", 3, 1, 64)
    assert (facts.max_model_len, facts.dtype, facts.quantization) == (16_384, "bfloat16", None)
    assert facts.kv_bytes() == 2 * 4 * 1 * 64 * 2
    assert facts.weight_bytes == 3 * len(safetensors())


def test_the_real_tiny_model_is_whole() -> None:
    state = read_model(str(TINY), {})
    assert state.whole
    assert state.facts is not None
    assert state.facts.weight_bytes == (TINY / "model.safetensors").stat().st_size


def test_missing_shards_are_named(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "r1", shards=5)
    for number in (2, 3, 4, 5):
        (folder / f"model-0000{number}-of-00005.safetensors").unlink()
    (problem,) = read_model(str(folder), {}).problems
    assert problem.code is StartCode.WEIGHTS_MISSING
    assert problem.message.startswith("4 of 5 weight files are missing: model-00002-of-00005.safetensors")
    assert problem.message.endswith("and 1 more.")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (safetensors()[:-1], "is cut off"),
        (safetensors()[:40], "is no safetensors file"),
        (safetensors() + b"x", "is too long"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3554214752\n", "git lfs pull"),
        ((4).to_bytes(8, "little") + b"[1]]" + bytes(9), "has a damaged header"),
        (b"abc", "is no safetensors file"),
    ],
)
def test_a_damaged_file_is_named_with_its_fault(tmp_path: Path, data: bytes, words: str) -> None:
    folder = write_model(tmp_path / "r1")
    (folder / "model.safetensors").write_bytes(data)
    (problem,) = read_model(str(folder), {}).problems
    assert problem.code is StartCode.WEIGHTS_DAMAGED
    assert words in problem.message
    assert problem.message.startswith("model.safetensors")


@given(st.binary(max_size=200), st.integers(0, 400))
@settings(max_examples=60)
def test_no_file_breaks_the_look(tmp_path_factory: pytest.TempPathFactory, data: bytes, cut: int) -> None:
    file = tmp_path_factory.getbasetemp() / "any.safetensors"
    for content in (data, safetensors(2)[:cut]):
        file.write_bytes(content)
        assert isinstance(fault_of(file), str)
    file.write_bytes(safetensors(2))
    assert fault_of(file) == ""


def test_what_else_can_lack(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "r1")
    (folder / "tokenizer.json").unlink()
    assert codes(read_model(str(folder), {})) == [StartCode.CONFIG_MISSING]
    (folder / "config.json").write_text("{")
    damaged, _ = read_model(str(folder), {}).problems
    assert damaged.message.endswith("config.json is damaged.")
    (folder / "model.safetensors").unlink()
    assert codes(read_model(str(folder), {}))[-1] is StartCode.WEIGHTS_MISSING
    (folder / "pytorch_model.bin").write_bytes(b"x" * 10)
    assert StartCode.WEIGHTS_MISSING not in codes(read_model(str(folder), {}))
    (folder / "model.safetensors.index.json").write_text("[]")
    assert codes(read_model(str(folder), {}))[-1] is StartCode.WEIGHTS_DAMAGED


def test_the_quantization_is_found_where_it_is_told(tmp_path: Path) -> None:
    new = write_model(tmp_path / "new", config={**CONFIG, "quantization_config": {"quant_method": "awq"}})
    old = write_model(tmp_path / "old")
    (old / "quantize_config.json").write_text(json.dumps({"bits": 4}))
    found = [read_model(str(folder), {}).facts for folder in (new, old)]
    assert [facts and facts.quantization for facts in found] == ["awq", "gptq"]


@pytest.mark.parametrize("name", ["./nope", "/nope/r1", "~/nope", "a/b/c"])
def test_a_folder_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(FaultError) as caught:
        read_model(name, {})
    assert caught.value.fault.code is FaultCode.USAGE
    assert name in caught.value.fault.message


def test_a_model_in_the_hub_cache_is_found_without_a_network(tmp_path: Path) -> None:
    environ = {"HF_HUB_CACHE": str(tmp_path)}
    absent = read_model(DEFAULT_MODEL, environ)
    assert (absent.place, absent.whole, absent.served) == (ModelPlace.ABSENT, False, DEFAULT_MODEL)
    assert absent.facts is not None, "built in"
    assert read_model("a/b", environ).facts is None
    folder = write_cached(tmp_path, "a/b", shards=2)
    cached = read_model("a/b", environ)
    assert (cached.place, cached.folder, cached.whole, cached.served) == (ModelPlace.CACHE, folder, True, "a/b")
    (folder / "model-00002-of-00002.safetensors").unlink()
    assert codes(read_model("a/b", environ)) == [StartCode.WEIGHTS_MISSING], "a download broke off"
    write_cached(tmp_path, "a/b", commit="0ther")
    assert read_model("a/b", environ).whole, "the one that main names"


def test_the_cache_is_where_the_hubs_client_has_it(tmp_path: Path) -> None:
    home = {"HOME": "/home/ada"}
    assert hub_cache(home) == Path("/home/ada/.cache/huggingface/hub")
    assert hub_cache({**home, "XDG_CACHE_HOME": "/x"}) == Path("/x/huggingface/hub")
    assert hub_cache({**home, "XDG_CACHE_HOME": "/x", "HF_HOME": "~/hf"}) == Path("/home/ada/hf/hub")
    assert hub_cache({**home, "HF_HOME": "/hf", "HF_HUB_CACHE": "/hub"}) == Path("/hub")
    assert hub_cache({**home, "HUGGINGFACE_HUB_CACHE": "/old"}) == Path("/old")
