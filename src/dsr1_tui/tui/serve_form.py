"""What stands in the fields of the form that starts a server, and the wish it makes; no widgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dsr1_tui.domain.config import Config
from dsr1_tui.domain.discovery import GIB, Gpu
from dsr1_tui.domain.sampling_fields import SettingError
from dsr1_tui.domain.server.profile import DEFAULT_MODEL, ServerProfile
from dsr1_tui.domain.server.profile_fields import BY_NAME, FieldKind, parse
from dsr1_tui.domain.server.typed_flags import flags_line, read_flags, taken_away
from dsr1_tui.services.plan_serve import Wish

FIELDS: Final[Mapping[str, str]] = {
    "model": "a folder or a hub name",
    "max_model_len": "32768, on a CPU 4096",
    "gpu_memory_utilization": "0.92",
    "quantization": "as the model is",
    "gpus": "those that are visible, or 0,1",
    "port": "8000",
}
"""The few that one changes, with what stands for them when they are empty."""
MORE: Final = "more"
_FREE: Final = 0.9
"""The share of a GPU's memory that is free where nobody uses it; the driver and a desktop take some."""
LABELS: Final[Mapping[str, str]] = {
    "model": "model",
    "max_model_len": "max-model-len",
    "gpu_memory_utilization": "gpu-memory",
    "quantization": "quantization",
    "gpus": "gpus",
    "port": "port",
    MORE: "more flags",
}


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is opened."""

    said: ServerProfile = field(default_factory=ServerProfile)
    """What the fields say."""
    name: str | None = None
    """The profile of the config file that they were filled from."""

    @classmethod
    def usual(cls, config: Config) -> "Form":
        """The default profile, else nothing but the default model."""
        if config.server is None:
            return cls(ServerProfile(model=DEFAULT_MODEL))
        return cls.named(config, config.server)

    @classmethod
    def named(cls, config: Config, name: str) -> "Form":
        """A profile of the file."""
        said = config.servers[name]
        return cls(said if said.model else said.having("model", DEFAULT_MODEL), name)

    @property
    def texts(self) -> dict[str, str]:
        """What stands in each field."""
        rest = self.said
        for name in FIELDS:
            rest = rest.having(name, None)
        return {**{name: _text(self.said, name) for name in FIELDS}, MORE: flags_line(rest)}

    def wish(self, config: Config) -> Wish:
        """What it asks for: all that the fields say, and nothing else from the file."""
        below = config.servers.get(self.name) if self.name is not None else None
        if below is None or (self.said.model or DEFAULT_MODEL) != (below.model or DEFAULT_MODEL):
            below, name = _beneath(config, self.said), None
        else:
            name = self.name
        changes = () if below is None else taken_away(below, self.said)
        return Wish(flags=self.said, name=name, changes=changes)


def read_texts(texts: Mapping[str, str], name: str | None) -> tuple[Form, dict[str, str]]:
    """The form that was typed, and for each field with something wrong in it the reason."""
    said, wrong = ServerProfile(), dict[str, str]()
    try:
        said = read_flags(texts[MORE])
    except SettingError as error:
        wrong[MORE] = f"{error}."
    for field_name in FIELDS:
        text = texts[field_name].strip()
        if not text:
            continue
        try:
            said = said.having(field_name, parse(BY_NAME[field_name], text))
        except SettingError as error:
            wrong[field_name] = f"{error}."
    if not texts["model"].strip():
        wrong["model"] = "A folder with a model, or its name on the hub."
    return Form(said, name), wrong


def gpu_words(gpus: Sequence[Gpu]) -> str:
    """Each GPU by the number one types, with what is free of it; those that others hold much of are marked."""
    return " · ".join(f"{number}: {_gpu(gpu)}" for number, gpu in enumerate(gpus))


def _gpu(gpu: Gpu) -> str:
    name = gpu.name.removeprefix("NVIDIA ")
    if gpu.memory_bytes is None:
        return name
    if gpu.free_bytes is None:
        return f"{name}, {gpu.memory_bytes / GIB:.0f} GiB"
    told = f"{name}, {gpu.free_bytes / GIB:.0f} of {gpu.memory_bytes / GIB:.0f} GiB free"
    return f"{told}, busy" if gpu.free_bytes < _FREE * gpu.memory_bytes else told


def _beneath(config: Config, said: ServerProfile) -> ServerProfile | None:
    """The default profile, which is laid under a wish without a name where it is of the same model."""
    usual = config.servers[config.server] if config.server is not None else None
    same = usual is not None and (said.model or DEFAULT_MODEL) == (usual.model or DEFAULT_MODEL)
    return usual if same else None


def _text(said: ServerProfile, name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if BY_NAME[name].kind is FieldKind.GPUS and isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
