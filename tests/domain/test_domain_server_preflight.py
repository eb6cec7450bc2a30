from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.domain.discovery import GIB, Gpu
from dsr1_tui.domain.server.diagnosis import StartCode
from dsr1_tui.domain.server.model import (
    KNOWN,
    ModelFacts,
    ModelPlace,
    ModelProblem,
    ModelState,
    facts_from,
    known_facts,
)
from dsr1_tui.domain.server.preflight import Concern, Grade, look_ahead
from dsr1_tui.domain.server.profile import DEFAULT_MODEL, ServerProfile, defaults


def known(model: str = DEFAULT_MODEL) -> ModelFacts:
    facts = known_facts(model)
    assert facts is not None
    return facts


def look(
    profile: ServerProfile,
    facts: ModelFacts | None = None,
    *,
    gib: float = 80,
    gpus: int = 1,
    cpu: bool = False,
    memory_gib: float = 64,
) -> tuple[Concern, ...]:
    model = ModelState(model="m", place=ModelPlace.ABSENT, facts=facts or known())
    cards = (Gpu("a GPU", int(gib * GIB)),) * gpus
    whole = profile.over(defaults(cpu=cpu))
    return look_ahead(whole, model, gpus=cards, memory_bytes=int(memory_gib * GIB), cpu=cpu)


def only(concerns: tuple[Concern, ...]) -> Concern:
    (concern,) = concerns
    return concern


def changed(concern: Concern) -> dict[str, str | None]:
    return {change.flag: change.value for change in concern.flags}


def test_the_default_model_takes_28_kib_a_token() -> None:
    assert known().kv_bytes() == 28 * 1024 == 2 * 28 * 2 * 128 * 2
    assert known().kv_bytes("fp8") == 14 * 1024
    assert known().kv_bytes("auto", "float32") == 56 * 1024
    assert all(facts.weight_bytes and facts.kv_bytes() for facts in KNOWN.values())


def test_the_default_start_fits_a_common_gpu() -> None:
    for gib in (8, 16, 24, 80):
        assert look(ServerProfile(), gib=gib) == ()


def test_a_context_that_does_not_fit_is_warned_of_with_one_that_does() -> None:
    concern = only(look(ServerProfile(), gib=5.7))
    assert (concern.grade, concern.code) == (Grade.WARNING, StartCode.KV_CACHE_TOO_SMALL)
    fits = changed(concern)["--max-model-len"]
    assert fits is not None
    assert look(ServerProfile(max_model_len=int(fits)), gib=5.7) == (), "and it does"
    assert look(ServerProfile(kv_cache_dtype="fp8"), gib=5.7) == ()
    assert "≈" in concern.message


def test_weights_that_do_not_fit_are_warned_of() -> None:
    big = known("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B")
    concern = only(look(ServerProfile(), big, gib=24))
    assert concern.code is StartCode.GPU_OUT_OF_MEMORY
    assert look(ServerProfile(tensor_parallel_size=4), big, gib=24, gpus=4) == ()
    assert look(ServerProfile(), replace(big, quantization="awq", weight_bytes=int(19.3e9)), gib=48) == ()


def test_on_a_cpu_the_machines_memory_counts() -> None:
    concern = only(look(ServerProfile(), known("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B"), cpu=True, memory_gib=16))
    assert concern.code is StartCode.CPU_MEMORY
    assert look(ServerProfile(), cpu=True, gpus=0, memory_gib=16) == ()


def test_heads_are_shared_alike() -> None:
    concern = only(look(ServerProfile(tensor_parallel_size=8), gpus=8))
    assert (concern.grade, concern.code) == (Grade.REFUSAL, StartCode.TENSOR_PARALLEL_MISMATCH)
    assert changed(concern) == {"--tensor-parallel-size": "6"}
    assert look(ServerProfile(pipeline_parallel_size=29), gpus=29)[0].grade is Grade.REFUSAL


def test_a_context_beyond_the_model_is_refused() -> None:
    concern = only(look(ServerProfile(max_model_len=99_999), replace(known(), max_model_len=16_384)))
    assert (concern.grade, concern.code) == (Grade.REFUSAL, StartCode.MAX_LEN_TOO_LONG)
    assert changed(concern) == {"--max-model-len": "16384"}


@pytest.mark.parametrize(
    ("asked", "made", "refused"),
    [
        ("awq", None, True), ("gptq_marlin", None, True), ("compressed-tensors", None, True), ("fp8", None, False),
        ("bitsandbytes", None, False), ("int8_per_channel_weight_only", None, False), ("awq", "awq", False),
        ("awq_marlin", "awq", False), ("gptq", "awq", True), ("awq", "gptq", True), (None, "awq", False),
        ("none", "awq", False), ("none", None, False),
    ],
)  # fmt: skip
def test_a_quantization_must_be_the_checkpoints(asked: str | None, made: str | None, *, refused: bool) -> None:
    concerns = look(ServerProfile(quantization=asked), replace(known(), quantization=made))
    assert [concern.code for concern in concerns] == [StartCode.BAD_QUANTIZATION] * refused
    assert all(changed(concern) == {"--quantization": None} for concern in concerns)


def test_gpus_are_counted() -> None:
    assert "4 GPUs are asked for, and 2 are here" in only(look(ServerProfile(tensor_parallel_size=4), gpus=2)).message
    assert "2 GPUs are chosen, and 1 will be used" in only(look(ServerProfile(gpus=("0", "1")), gpus=4)).message
    lost = only(look(ServerProfile(gpus=("5",)), gpus=2))
    assert (lost.grade, lost.hint) == (Grade.REFUSAL, "Its GPUs: 0 to 1.")
    assert only(look(ServerProfile(), gpus=0)).code is StartCode.CUDA_MISSING
    assert "does nothing" in only(look(ServerProfile(gpus=("0",)), cpu=True)).message
    spread = ServerProfile(tensor_parallel_size=4, extra=("--nnodes", "2"))
    assert look(spread, gpus=2) == (), "several machines"


def test_files_that_are_not_whole_are_refused_and_a_cache_is_mended() -> None:
    lost = ModelProblem(code=StartCode.WEIGHTS_MISSING, message="1 of 2 weight files are missing: a.")
    here = ModelState(model="m", place=ModelPlace.FOLDER, folder=Path("/m"), problems=(lost,))
    assert only(look_ahead(ServerProfile(), here, cpu=True)).grade is Grade.REFUSAL
    cached = replace(here, place=ModelPlace.CACHE)
    assert only(look_ahead(ServerProfile(), cached, cpu=True)).grade is Grade.NOTE
    assert only(look_ahead(ServerProfile(offline=True), cached, cpu=True)).grade is Grade.REFUSAL
    absent = ModelState(model="a/b", place=ModelPlace.ABSENT)
    assert only(look_ahead(ServerProfile(offline=True), absent, cpu=True)).code is StartCode.HUB_OFFLINE
    assert not here.whole


def test_facts_of_other_configs() -> None:
    latent = facts_from({"num_hidden_layers": 61, "kv_lora_rank": 512, "qk_rope_head_dim": 64})
    assert latent.kv_bytes() == 61 * 576 * 2
    yarn = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32_768}
    assert facts_from({"max_position_embeddings": 40_960, "rope_scaling": yarn}).max_model_len == 131_072
    llama = {"rope_type": "llama3", "factor": 8.0}
    assert facts_from({"max_position_embeddings": 131_072, "rope_scaling": llama}).max_model_len == 131_072
    inner = facts_from({"text_config": {"hidden_size": 4096, "num_attention_heads": 32, "num_hidden_layers": 2}})
    assert (inner.head_dim, inner.kv_heads) == (128, 32)
    assert facts_from({"quantization_config": {"quant_method": "GPTQ"}}).quantization == "gptq"
    assert facts_from({"architectures": "x", "num_hidden_layers": "many", "torch_dtype": 3}).kv_bytes() is None
