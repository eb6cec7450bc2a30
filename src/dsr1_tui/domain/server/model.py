"""A model as it matters to serving it: what its `config.json` tells, and whether its files are all there."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from dsr1_tui.domain.server.diagnosis import StartCode

WIDTHS: Final[Mapping[str, int]] = {"float32": 4, "float": 4, "float16": 2, "half": 2, "bfloat16": 2}
"""Bytes of one number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What is known of a model; `None` where it does not tell."""

    architecture: str = ""
    layers: int | None = None
    heads: int | None = None
    """Attention heads."""
    kv_heads: int | None = None
    head_dim: int | None = None
    latent: int | None = None
    """Numbers that one layer caches for a token where it is not keys and values of heads (DeepSeek's MLA)."""
    dtype: str = ""
    vocab: int | None = None
    max_model_len: int | None = None
    """Longest context of the model itself."""
    quantization: str | None = None
    """The method its checkpoint was made with; `None`: plain weights."""
    weight_bytes: int | None = None

    def kv_bytes(self, kv_dtype: str = "auto", dtype: str = "auto") -> float | None:
        """Bytes of KV cache a token: 2 (keys and values) × layers × KV heads × head dimension × bytes of a number."""
        if self.layers is None:
            return None
        if self.latent is not None:
            numbers = self.layers * self.latent
        elif self.kv_heads is not None and self.head_dim is not None:
            numbers = 2 * self.layers * self.kv_heads * self.head_dim
        else:
            return None
        return numbers * _kv_width(kv_dtype, dtype)


def _kv_width(kv_dtype: str, dtype: str) -> float:
    if kv_dtype.startswith(("fp8", "int8", "turboquant_k8")):
        return 1
    if "4" in kv_dtype and kv_dtype.startswith(("int4", "nvfp4", "turboquant", "ultraquant")):
        return 0.5
    # With dtype auto vLLM takes 16 bits, also where a model says float32.
    return WIDTHS.get(kv_dtype, WIDTHS.get(dtype, 2))


class ModelPlace(StrEnum):
    """Where a model's files are."""

    FOLDER = "folder"
    CACHE = "cache"
    """The hub's cache on this machine."""
    ABSENT = "absent"
    """Not on this machine: it would be downloaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProblem:
    """One thing that keeps a model's files from being served."""

    code: StartCode
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelState:
    """A model as it lies on this machine."""

    model: str
    """As it was asked for."""
    place: ModelPlace
    folder: Path | None = None
    """Where its files are; `None` where there are none."""
    facts: ModelFacts | None = None
    """Read from its files, or built in for the models this program knows; `None` where nothing is known."""
    problems: tuple[ModelProblem, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it can be served from here without a network."""
        return self.folder is not None and not self.problems

    @property
    def served(self) -> str:
        """What vLLM is given: the hub name, or the folder's full path."""
        return str(self.folder) if self.place is ModelPlace.FOLDER and self.folder is not None else self.model

    @property
    def name(self) -> str:
        """What it is called on the wire if nobody says otherwise."""
        return self.folder.name if self.place is ModelPlace.FOLDER and self.folder is not None else self.model


def facts_from(config: Mapping[str, object], weight_bytes: int | None = None, made: str | None = None) -> ModelFacts:
    """The facts in a `config.json`; `made` is a quantization that another file of the folder tells of."""
    inner = config.get("text_config")
    text: Mapping[str, object] = {**config, **inner} if isinstance(inner, Mapping) else config
    heads, hidden = _whole(text, "num_attention_heads"), _whole(text, "hidden_size")
    head_dim = _whole(text, "head_dim") or (hidden // heads if hidden and heads else None)
    rank = _whole(text, "kv_lora_rank")
    names = config.get("architectures")
    dtype = text.get("dtype", text.get("torch_dtype"))
    quantized = config.get("quantization_config", text.get("quantization_config"))
    method = quantized.get("quant_method") if isinstance(quantized, Mapping) else None
    return ModelFacts(
        architecture=str(names[0]) if isinstance(names, list) and names else "",
        layers=_whole(text, "num_hidden_layers"),
        heads=heads,
        kv_heads=_whole(text, "num_key_value_heads") or heads,
        head_dim=head_dim,
        latent=rank + (_whole(text, "qk_rope_head_dim") or 0) if rank else None,
        dtype=dtype.removeprefix("torch.") if isinstance(dtype, str) else "",
        vocab=_whole(text, "vocab_size"),
        max_model_len=_longest(text),
        quantization=str(method).lower() if method else made,
        weight_bytes=weight_bytes,
    )


def _whole(config: Mapping[str, object], key: str) -> int | None:
    value = config.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _longest(config: Mapping[str, object]) -> int | None:
    """As vLLM derives it: the positions, stretched where the config says how (`_get_and_verify_max_len`, 0.32)."""
    keys = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "max_sequence_length")
    positions = next((found for key in keys if (found := _whole(config, key))), None)
    rope = config.get("rope_scaling") or config.get("rope_parameters")
    if positions is None or not isinstance(rope, Mapping):
        return positions
    kind = rope.get("rope_type", rope.get("type", "default"))
    factor = rope.get("factor")
    if kind not in {"yarn", "linear", "dynamic"} or not isinstance(factor, int | float):
        return positions
    if kind == "yarn":
        positions = _whole(rope, "original_max_position_embeddings") or positions
    return int(positions * factor)


def _distill(layers: int, heads: int, kv_heads: int, parameters: int, *, vocab: int, kind: str = "Qwen2") -> ModelFacts:
    facts: dict[str, object] = {"architectures": [f"{kind}ForCausalLM"], "vocab_size": vocab}
    facts |= {"num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": kv_heads}
    facts |= {"head_dim": 128, "dtype": "bfloat16", "max_position_embeddings": 131_072}
    return facts_from(facts, 2 * parameters)


KNOWN: Final[Mapping[str, ModelFacts]] = {
    "deepseek-ai/deepseek-r1-distill-qwen-1.5b": _distill(28, 12, 2, 1_777_088_000, vocab=151_936),
    "deepseek-ai/deepseek-r1-distill-qwen-7b": _distill(28, 28, 4, 7_615_616_512, vocab=152_064),
    "deepseek-ai/deepseek-r1-distill-qwen-14b": _distill(48, 40, 8, 14_770_033_664, vocab=152_064),
    "deepseek-ai/deepseek-r1-distill-qwen-32b": _distill(64, 40, 8, 32_763_876_352, vocab=152_064),
    "deepseek-ai/deepseek-r1-distill-llama-8b": _distill(32, 32, 8, 8_030_261_248, vocab=128_256, kind="Llama"),
    "deepseek-ai/deepseek-r1-distill-llama-70b": _distill(80, 64, 8, 70_553_706_496, vocab=128_256, kind="Llama"),
}
"""The distilled R1s by hub name in lower case, from their `config.json` and parameter counts: no look-up is needed."""


def known_facts(model: str) -> ModelFacts | None:
    """What is built in of a hub model."""
    return KNOWN.get(model.lower())
