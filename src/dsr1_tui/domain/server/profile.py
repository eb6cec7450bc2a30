"""What a server is to be started with: layers of settings, each of which says a thing or leaves it to the one below."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Final

from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.server.diagnosis import FlagChange
from dsr1_tui.domain.server.profile_fields import BY_FLAG, BY_NAME, SPECS, FieldKind, Setting, parse

DEFAULT_MODEL: Final = "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"
HOST: Final = "127.0.0.1"
PORT: Final = 8000
"""Where every vLLM client looks first."""
MAX_LEN: Final = 32_768
"""What DeepSeek-R1 was evaluated with (its model card)."""
CPU_LEN: Final = 4_096
"""On a CPU, where a long context takes minutes to read."""
PARSER: Final = "deepseek_r1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerProfile:
    """One layer; `None` leaves a field to the layer below, in the last one to vLLM.

    The names are those of `profile_fields.SPECS`, which say what each holds.
    """

    model: str | None = None
    served_model_name: str | None = None
    reasoning_parser: str | None = None
    offline: bool | None = None
    hf_endpoint: str | None = None
    dtype: str | None = None
    quantization: str | None = None
    kv_cache_dtype: str | None = None
    max_model_len: int | None = None
    gpu_memory_utilization: float | None = None
    enforce_eager: bool | None = None
    gpus: tuple[str, ...] | None = None
    tensor_parallel_size: int | None = None
    pipeline_parallel_size: int | None = None
    data_parallel_size: int | None = None
    distributed_executor_backend: str | None = None
    host: str | None = None
    port: int | None = None
    expose: bool | None = None
    api_key_env: str | None = None
    extra: tuple[str, ...] | None = None
    """Words after `--`; those of a layer replace those below."""

    def get(self, name: str) -> Setting | None:
        """A field by its name."""
        value: Setting | None = getattr(self, name)
        return value

    def having(self, name: str, value: Setting | None) -> "ServerProfile":
        """With another value in a field; it must be one that `profile_fields.check` gave."""
        return replace(self, **{name: value})  # type: ignore[arg-type]  # the table's check has made it fit the field

    def over(self, below: "ServerProfile") -> "ServerProfile":
        """This layer laid over another."""
        said = {field.name: self.get(field.name) for field in fields(self)}
        return replace(below, **{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]  # the same fields of the same class

    @property
    def said(self) -> dict[str, Setting]:
        """The fields that say something, in the table's order."""
        return {spec.name: value for spec in SPECS if (value := self.get(spec.name)) is not None}

    @property
    def gpu_count(self) -> int:
        """GPUs that a server of this profile takes."""
        return (self.tensor_parallel_size or 1) * (self.pipeline_parallel_size or 1) * (self.data_parallel_size or 1)


def defaults(*, cpu: bool, longest: int | None = None) -> ServerProfile:
    """The lowest layer.

    Args:
        cpu: whether vLLM's CPU build serves.
        longest: the model's own limit in tokens, where it is known: no default may ask for more.
    """
    length = CPU_LEN if cpu else MAX_LEN
    return ServerProfile(
        model=DEFAULT_MODEL,
        reasoning_parser=PARSER,
        max_model_len=length if longest is None else min(length, longest),
        dtype="bfloat16" if cpu else None,
        enforce_eager=True if cpu else None,
        host=HOST,
        port=PORT,
    )


def with_changes(profile: ServerProfile, changes: Iterable[FlagChange]) -> ServerProfile:
    """The profile with a diagnosis's changes: `None` becomes what stands for vLLM's own default.

    A flag that the table does not have, or a value that it refuses, goes among the extra words.
    """
    for change in changes:
        spec = BY_FLAG.get(change.flag)
        if spec is None:
            profile = replace(profile, extra=_with_word(profile.extra or (), change))
            continue
        rest = _without(profile.extra or (), change.flag)
        if change.value is None:
            profile = profile.having(spec.name, spec.off)
        else:
            try:
                profile = profile.having(spec.name, parse(spec, change.value or "true"))
            except SettingError:
                rest = _with_word(rest, change)
        if rest != (profile.extra or ()):
            profile = replace(profile, extra=rest)
    return profile


def shell_words(profile: ServerProfile) -> tuple[str, ...]:
    """The words after `dsr1-chat serve` that say this layer: the model, flags, and the rest after `--`."""
    words: list[str] = []
    for name, value in profile.said.items():
        spec = BY_NAME[name]
        match value:
            case bool():
                words.append(spec.flag if value else f"--no-{spec.flag.removeprefix('--')}")
            case tuple() if spec.kind is FieldKind.GPUS:
                words += [spec.flag, ",".join(value)]
            case tuple():
                pass
            case _ if name == "model":
                words.insert(0, str(value))
            case _:
                words += [spec.flag, f"{value:g}" if isinstance(value, float) else str(value)]
    return (*words, "--", *profile.extra) if profile.extra else tuple(words)


def _with_word(words: tuple[str, ...], change: FlagChange) -> tuple[str, ...]:
    rest = _without(words, change.flag)
    if change.value is None:
        return rest
    return (*rest, change.flag, change.value) if change.value else (*rest, change.flag)


def _without(words: tuple[str, ...], flag: str) -> tuple[str, ...]:
    """The words without a flag and its values."""
    kept: list[str] = []
    dropping = False
    for word in words:
        if word.startswith("--"):
            dropping = word.split("=", 1)[0].replace("_", "-") == flag
        if not dropping:
            kept.append(word)
    return tuple(kept)
