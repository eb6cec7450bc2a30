"""When a start needs the model hub, and what is offered where that is out of reach."""

from collections.abc import Mapping
from typing import Final

from dsr1_tui.domain.server.concern import Concern, Grade
from dsr1_tui.domain.server.diagnosis import FlagChange, StartCode
from dsr1_tui.domain.server.model import ModelPlace, ModelState
from dsr1_tui.domain.server.profile import ServerProfile

HUB: Final = "https://huggingface.co"
"""Where the hub's client looks unless told otherwise (huggingface_hub `constants.py`)."""
_TRUE: Final = frozenset({"1", "on", "yes", "true"})
"""What the hub's client takes for true, in lower case."""
OFFLINE: Final = FlagChange(flag="--offline", value="")


def hub_of(profile: ServerProfile, environ: Mapping[str, str]) -> str:
    """The address a start would download from."""
    return (profile.hf_endpoint or environ.get("HF_ENDPOINT", "").strip() or HUB).rstrip("/")


def is_offline(profile: ServerProfile, environ: Mapping[str, str]) -> bool:
    """Whether nothing is to be looked up: `--offline`, or the hub client's own variables."""
    if profile.offline is not None:
        return profile.offline
    return any(environ.get(name, "").strip().lower() in _TRUE for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))


def needs_hub(model: ModelState, profile: ServerProfile, environ: Mapping[str, str]) -> bool:
    """Whether something would be downloaded at the start."""
    return model.place is not ModelPlace.FOLDER and not model.whole and not is_offline(profile, environ)


def way_out(
    model: ModelState, profile: ServerProfile, *, other_hub: bool = False
) -> tuple[str, tuple[FlagChange, ...]]:
    """What helps where the hub cannot be reached: a sentence, and the flags that are known to.

    Args:
        model: as it lies here.
        profile: what was asked for.
        other_hub: whether the hub itself answers where a mirror that was named does not.
    """
    if model.whole and not profile.offline:
        return "All its files are in the hub's cache: start it with --offline.", (OFFLINE,)
    if other_hub:
        return f"{HUB} answers: leave the mirror.", (FlagChange(flag="--hf-endpoint", value=HUB),)
    some = "Some of its files are in the hub's cache, not all. " if model.place is ModelPlace.CACHE else ""
    if profile.offline:
        return f"{some}Leave --offline away once, so that it is downloaded, or give a folder that holds it.", (
            FlagChange(flag="--offline", value=None),
        )
    return f"{some}Name a mirror (--hf-endpoint URL), or give a folder that holds the model.", ()


def out_of_reach(model: ModelState, profile: ServerProfile, why: str, *, other_hub: bool = False) -> Concern:
    """What is said before a start that would wait for the hub in vain.

    Args:
        model: as it lies here.
        profile: what was asked for.
        why: one sentence.
        other_hub: as for `way_out`.
    """
    hint, flags = way_out(model, profile, other_hub=other_hub)
    here = "is not whole on this machine" if model.place is ModelPlace.CACHE else "is not on this machine"
    return Concern(
        grade=Grade.REFUSAL,
        code=StartCode.HUB_OFFLINE,
        message=f"{model.model} {here}, and the hub is out of reach: {why}",
        hint=hint,
        flags=flags,
    )
