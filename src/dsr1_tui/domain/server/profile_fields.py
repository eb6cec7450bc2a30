"""One table of what a server is started with: it makes the flags, the config keys, vLLM's command line and the docs."""

import math
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.server.quantization import MEANT, METHODS, NONE, near

Setting = str | int | float | bool | tuple[str, ...]
"""The value of one field."""


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    CHOICE = "choice"
    INT = "int"
    FLOAT = "float"
    SWITCH = "switch"
    GPUS = "gpus"
    """Numbers or ids of devices."""
    WORDS = "words"
    """Words of a command line, as they are."""


class Group(StrEnum):
    """Where a field stands on the help page."""

    MODEL = "Model"
    MEMORY = "Memory and precision"
    SPREAD = "Several GPUs"
    WHERE = "Where it listens"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSpec:
    """One field of a server's profile."""

    name: str
    kind: FieldKind
    group: Group
    help: str
    """In a line."""
    metavar: str = "TEXT"
    vllm: bool = True
    """Whether vLLM has the flag; else it is ours and becomes an environment variable or a decision."""
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    off: Setting | None = None
    """The value that stands for vLLM's own default where a layer below says otherwise."""
    like: str = ""
    """What a text must look like, in words."""
    pattern: str = r"[^\s\x00-\x1f\x7f]+"

    @property
    def flag(self) -> str:
        """The command-line flag: vLLM's own name where it has one."""
        return "--" + self.name.replace("_", "-")

    @property
    def bounds(self) -> str:
        """The range in words."""
        if self.kind is FieldKind.FLOAT:
            return f"above {self.low:g}, at most {self.high:g}"
        return f"{int(self.low):,} to {int(self.high):,}" if self.high < math.inf else f"{int(self.low)} or more"


DTYPES: Final = ("auto", "half", "float16", "bfloat16", "float", "float32")
KV_DTYPES: Final = (
    "auto", "float16", "bfloat16", "fp8", "fp8_e4m3", "fp8_e5m2", "fp8_inc", "fp8_ds_mla", "nvfp4_ds_mla",
    "turboquant_k8v4", "turboquant_4bit_nc", "turboquant_k3v4_nc", "turboquant_3bit_nc", "ultraquant_4bit",
    "int4_per_token_head", "int8_per_token_head", "fp8_per_token_head", "nvfp4", "nvfp4_4over6",
)  # fmt: skip
"""vLLM 0.32, `CacheDType`."""
BACKENDS: Final = ("mp", "ray", "uni", "external_launcher")
PARSERS: Final = (
    "deepseek_r1", "deepseek_v3", "deepseek_v4", "deepseek_v41", "cohere_command3", "cohere_command4", "ernie45",
    "gemma4", "glm45", "glm47", "granite", "granite_thinking_parser", "hf", "holo2", "hunyuan_a13b", "hy_v3", "hy_v4",
    "inkling", "k2_horizon", "kimi_k2", "kimi_k3", "ling3", "mimo", "minicpmv", "minimax_m2", "minimax_m2_append_think",
    "minimax_m3", "mistral", "muse_glimmer", "nemotron_v3", "olmo3", "openai_gptoss", "plamo3", "poolside_v1", "qwen3",
    "seed_oss", "step3", "step3p5", NONE,
)  # fmt: skip
"""vLLM 0.32, `vllm/reasoning/__init__.py`."""
MOST_GPUS: Final = 1024

_K, _G = FieldKind, Group
SPECS: Final[tuple[ProfileSpec, ...]] = (
    ProfileSpec(name="model", kind=_K.TEXT, group=_G.MODEL, vllm=False, metavar="NAME|DIR", pattern=r"[^\x00-\x1f\x7f-]"
                r"[^\x00-\x1f\x7f]*", like="a hub name or a folder", help="A hub name or a folder."),
    ProfileSpec(name="served_model_name", kind=_K.TEXT, group=_G.MODEL, metavar="NAME", like="a name",
                help="Its name on the wire; by default the hub name, or the folder's."),
    ProfileSpec(name="reasoning_parser", kind=_K.CHOICE, group=_G.MODEL, metavar="NAME", choices=PARSERS, off=NONE,
                help="How the thought is told from the answer; by default deepseek_r1, “none” for none."),
    ProfileSpec(name="offline", kind=_K.SWITCH, group=_G.MODEL, vllm=False, off=False,
                help="Look nothing up on the hub: a folder, or a model that is whole in the hub cache."),
    ProfileSpec(name="hf_endpoint", kind=_K.TEXT, group=_G.MODEL, vllm=False, metavar="URL", like="an https:// address",
                pattern=r"https?://[^\s\x00-\x1f\x7f@]+", help="A mirror of the hub to download from (HF_ENDPOINT)."),
    ProfileSpec(name="dtype", kind=_K.CHOICE, group=_G.MEMORY, metavar="TYPE", choices=DTYPES, off="auto",
                help="Type of weights and activations: auto, bfloat16, float16, float32."),
    ProfileSpec(name="quantization", kind=_K.CHOICE, group=_G.MEMORY, metavar="METHOD", choices=METHODS, off=NONE,
                help="awq, gptq, fp8, compressed-tensors, int8_per_channel_weight_only …; by default as the model is."),
    ProfileSpec(name="kv_cache_dtype", kind=_K.CHOICE, group=_G.MEMORY, metavar="TYPE", choices=KV_DTYPES, off="auto",
                help="Type of the KV cache: auto, fp8, …"),
    ProfileSpec(name="max_model_len", kind=_K.INT, group=_G.MEMORY, metavar="N", low=1, high=10_000_000,
                help="Longest prompt and answer together; by default 32768, on a CPU 4096."),
    ProfileSpec(name="gpu_memory_utilization", kind=_K.FLOAT, group=_G.MEMORY, metavar="X", low=0, high=1,
                help="Share of each GPU's memory it may take; vLLM's default is 0.92."),
    ProfileSpec(name="enforce_eager", kind=_K.SWITCH, group=_G.MEMORY, off=False,
                help="No CUDA graphs: starts sooner, answers slower; the default on a CPU."),
    ProfileSpec(name="gpus", kind=_K.GPUS, group=_G.SPREAD, vllm=False, metavar="LIST",
                help="Which GPUs, like 0,1 as nvidia-smi counts them (CUDA_VISIBLE_DEVICES)."),
    ProfileSpec(name="tensor_parallel_size", kind=_K.INT, group=_G.SPREAD, metavar="N", low=1, high=MOST_GPUS, off=1,
                help="GPUs that share every layer."),
    ProfileSpec(name="pipeline_parallel_size", kind=_K.INT, group=_G.SPREAD, metavar="N", low=1, high=MOST_GPUS, off=1,
                help="Groups of GPUs that take a part of the layers each."),
    ProfileSpec(name="data_parallel_size", kind=_K.INT, group=_G.SPREAD, metavar="N", low=1, high=MOST_GPUS, off=1,
                help="Copies of the model."),
    ProfileSpec(name="distributed_executor_backend", kind=_K.CHOICE, group=_G.SPREAD, metavar="NAME", choices=BACKENDS,
                help="How its processes are run: mp, ray, uni, external_launcher."),
    ProfileSpec(name="host", kind=_K.TEXT, group=_G.WHERE, metavar="ADDRESS", like="an address or a name",
                help="By default 127.0.0.1; another needs --expose."),
    ProfileSpec(name="port", kind=_K.INT, group=_G.WHERE, metavar="N", low=1, high=65_535, help="By default 8000."),
    ProfileSpec(name="expose", kind=_K.SWITCH, group=_G.WHERE, vllm=False, off=False,
                help="Let other machines reach it, with an API key (which guards /v1 only)."),
    ProfileSpec(name="api_key_env", kind=_K.TEXT, group=_G.WHERE, vllm=False, metavar="NAME",
                pattern=r"[A-Za-z_][A-Za-z0-9_]*", like="the name of an environment variable",
                help="Environment variable that holds the API key it asks for."),
    ProfileSpec(name="extra", kind=_K.WORDS, group=_G.MODEL, vllm=False,
                help="Further flags for vLLM, as they are; on the command line after “--”."),
)  # fmt: skip
BY_NAME: Final[Mapping[str, ProfileSpec]] = {spec.name: spec for spec in SPECS}
BY_FLAG: Final[Mapping[str, ProfileSpec]] = {spec.flag: spec for spec in SPECS if spec.kind is not FieldKind.WORDS}
"""By the flag, also under vLLM's short names."""

_DEVICE: Final = re.compile(r"\d{1,4}|(?:GPU|MIG)-[0-9A-Za-z/-]{1,80}")
_OURS: Final = ("--host", "--port", "--api-key", "--model", "--served-model-name", "--uds")
"""What may not stand after `--`: the address must be known here, and a key there is seen by everybody."""


def check(spec: ProfileSpec, value: object) -> Setting:
    """The value if it fits the field, whatever it came from (a flag's text, TOML).

    Raises:
        SettingError: the reason, in one line.
    """
    match spec.kind:
        case FieldKind.TEXT | FieldKind.CHOICE:
            return _check_text(spec, value)
        case FieldKind.SWITCH:
            if not isinstance(value, bool):
                raise SettingError(f"{spec.name} is true or false")
            return value
        case FieldKind.GPUS:
            return _check_gpus(spec, value)
        case FieldKind.WORDS:
            return _check_words(spec, value)
        case _:
            return _check_number(spec, value)


def parse(spec: ProfileSpec, text: str) -> Setting:
    """What a person typed for a field.

    Raises:
        SettingError: the reason, in one line.
    """
    stripped = text.strip()
    if spec.kind is FieldKind.SWITCH:
        return stripped.lower() not in {"false", "no", "off", "0"}
    if spec.kind not in {FieldKind.INT, FieldKind.FLOAT}:
        return check(spec, stripped)
    try:
        return check(spec, int(stripped) if spec.kind is FieldKind.INT else float(stripped))
    except SettingError:
        raise
    except (ValueError, OverflowError):
        what = "a whole number" if spec.kind is FieldKind.INT else "a number"
        raise SettingError(f"{spec.name} needs {what}, got “{_shown(stripped)}”") from None


def _check_number(spec: ProfileSpec, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingError(f"{spec.name} needs a number")
    # Compared first: nothing else holds for a NaN, and `int` cannot take an infinity.
    if not spec.low <= value <= spec.high or (spec.kind is FieldKind.FLOAT and value == spec.low):
        raise SettingError(f"{spec.name} must be {spec.bounds}")
    if spec.kind is FieldKind.FLOAT:
        return float(value)
    if value != int(value):
        raise SettingError(f"{spec.name} needs a whole number")
    return int(value)


def _check_text(spec: ProfileSpec, value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise SettingError(f"{spec.name} needs a text")
    if spec.kind is FieldKind.TEXT:
        if re.fullmatch(spec.pattern, text) is None:
            raise SettingError(f"{spec.name} must be {spec.like}, got “{_shown(text)}”")
        return text
    if text not in spec.choices:
        meant = MEANT.get(text.lower(), "") if spec.name == "quantization" else ""
        raise SettingError(f"{spec.name} has no “{_shown(text)}”. {meant or near(text, spec.choices)}")
    return text


def _check_gpus(spec: ProfileSpec, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        items: tuple[object, ...] = tuple(part.strip() for part in value.split(","))
    elif isinstance(value, int) and not isinstance(value, bool):
        items = (value,)
    else:
        items = tuple(value) if isinstance(value, list | tuple) else ()
    texts = tuple(str(item) for item in items if not isinstance(item, bool))
    if not texts or any(_DEVICE.fullmatch(text) is None for text in texts):
        raise SettingError(f"{spec.name} needs a list of numbers like 0,1, got “{_shown(str(value))}”")
    if len(set(texts)) < len(texts):
        raise SettingError(f"{spec.name} names a GPU twice: “{_shown(','.join(texts))}”")
    return texts


def _check_words(spec: ProfileSpec, value: object) -> tuple[str, ...]:
    try:
        items: tuple[object, ...] = tuple(shlex.split(value) if isinstance(value, str) else value)  # type: ignore[arg-type]  # what cannot be iterated is caught below
    except (TypeError, ValueError):
        raise SettingError(f"{spec.name} needs a list of texts") from None
    words = tuple(item for item in items if isinstance(item, str) and "\0" not in item)
    if len(words) != len(items):
        raise SettingError(f"{spec.name} needs a list of texts")
    if words and not words[0].startswith("-"):
        raise SettingError(f"{spec.name} begins with a flag, not with “{_shown(words[0])}”")
    for word in words:
        flag = word.split("=", 1)[0].replace("_", "-")
        if flag in _OURS:
            instead = "api_key_env" if flag == "--api-key" else flag.removeprefix("--").replace("-", "_")
            raise SettingError(f"{spec.name} may not hold {flag}; give {instead} itself")
    return words


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text[:60])
