"""vLLM's names of weight quantizations: which there are, which need a checkpoint made with them, which go together."""

from collections.abc import Iterable, Mapping
from typing import Final

NONE: Final = "none"
"""Takes the flag away that a layer below would give."""

FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "awq": ("awq", "awq_marlin", "auto_awq"),
    "gptq": ("gptq", "gptq_marlin", "gptq_marlin_24", "auto_gptq", "gptq_bitblas", "marlin"),
    "compressed-tensors": ("compressed-tensors",),
    "modelopt": ("modelopt", "modelopt_fp4", "modelopt_mxfp8", "modelopt_mixed", "nvfp4"),
    "mxfp4": ("mxfp4", "gpt_oss_mxfp4"),
    "quark": ("quark",),
    "inc": ("inc", "auto-round"),
    "fbgemm_fp8": ("fbgemm_fp8",),
    "fp_quant": ("fp_quant",),
    "torchao": ("torchao",),
    "gguf": ("gguf",),
}
"""Methods that a checkpoint must have been made with, by the name that its `config.json` gives (vLLM 0.10 to 0.32,
`QUANTIZATION_METHODS`): one name of a family loads what another names."""

ONLINE: Final[tuple[str, ...]] = (
    "fp8", "fp8_per_tensor", "fp8_per_block", "fp8_per_channel", "int8_per_channel_weight_only", "experts_int8",
    "mxfp8", "nvfp4_per_token", "ptpc_fp8", "bitsandbytes", "deepseek_v4_fp8", "online",
)  # fmt: skip
"""Methods that vLLM can apply to plain weights while it loads them (and that a checkpoint may have, too)."""
ANY: Final = ("humming", "moe_wna16")
"""Kernels for checkpoints of several families."""
METHODS: Final[tuple[str, ...]] = (
    *(name for names in FAMILIES.values() for name in names),
    *ONLINE,
    *ANY,
    NONE,
)
MEANT: Final[Mapping[str, str]] = {
    "int8": "For 8-bit weights: int8_per_channel_weight_only (any model), compressed-tensors (a W8A8 checkpoint).",
    "int4": "For 4-bit weights take a checkpoint made with awq, gptq or compressed-tensors.",
    "w8a8": "A W8A8 checkpoint is compressed-tensors.",
    "bnb": "It is called bitsandbytes.",
    "q4": "For 4-bit weights take a checkpoint made with awq, gptq or compressed-tensors.",
}
"""What people write, and what they mean."""


def family(method: str) -> str:
    """The family that a method belongs to; itself where it has none."""
    return next((name for name, methods in FAMILIES.items() if method in methods), method)


def needs_checkpoint(method: str) -> bool:
    """Whether it cannot be asked of a model with plain weights."""
    return any(method in methods for methods in FAMILIES.values()) and method != "torchao"


def goes_with(asked: str, made: str) -> bool:
    """Whether a checkpoint made with one method can be loaded as another."""
    return asked in ANY or family(asked) == family(made) or (asked.startswith("fp8") and made.startswith("fp8"))


def shrinks(method: str) -> float:
    """Size of plain 16-bit weights after an online method, as a share: an estimate, embeddings mostly stay."""
    if method == "bitsandbytes" or "fp4" in method:
        return 0.35
    return 0.6 if method in ONLINE else 1.0


def near(name: str, known: Iterable[str]) -> str:
    """What to do about a name that is not known: the close ones, else all."""
    from difflib import get_close_matches  # noqa: PLC0415  only where something is wrong

    names = tuple(dict.fromkeys(known))
    close = get_close_matches(name.lower(), names, n=3)
    return f"Did you mean {' or '.join(close)}?" if close else f"Known: {', '.join(names)}."
