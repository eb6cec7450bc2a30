from pathlib import Path

import pytest

from dsr1_tui.domain.server.diagnosis import FlagChange, StartCode
from dsr1_tui.domain.server.hub import HUB, hub_of, is_offline, needs_hub, out_of_reach, way_out
from dsr1_tui.domain.server.model import ModelPlace, ModelProblem, ModelState
from dsr1_tui.domain.server.profile import ServerProfile

ABSENT = ModelState(model="a/b", place=ModelPlace.ABSENT)
WHOLE = ModelState(model="a/b", place=ModelPlace.CACHE, folder=Path("/hub/a"))
LOST = ModelProblem(code=StartCode.WEIGHTS_MISSING, message="1 of 2 weight files are missing.")
PART = ModelState(model="a/b", place=ModelPlace.CACHE, folder=Path("/hub/a"), problems=(LOST,))
FOLDER = ModelState(model="/m", place=ModelPlace.FOLDER, folder=Path("/m"), problems=(LOST,))


@pytest.mark.parametrize(
    ("model", "profile", "environ", "needed"),
    [
        (ABSENT, ServerProfile(), {}, True),
        (PART, ServerProfile(), {}, True),
        (WHOLE, ServerProfile(), {}, False),
        (FOLDER, ServerProfile(), {}, False),
        (ABSENT, ServerProfile(offline=True), {}, False),
        (ABSENT, ServerProfile(), {"HF_HUB_OFFLINE": "1"}, False),
        (ABSENT, ServerProfile(), {"TRANSFORMERS_OFFLINE": "Yes"}, False),
        (ABSENT, ServerProfile(), {"HF_HUB_OFFLINE": "0"}, True),
        (ABSENT, ServerProfile(offline=False), {"HF_HUB_OFFLINE": "1"}, True),
    ],
)
def test_the_hub_is_needed_for_what_is_not_here(
    model: ModelState, profile: ServerProfile, environ: dict[str, str], *, needed: bool
) -> None:
    assert needs_hub(model, profile, environ) is needed
    assert is_offline(profile, environ) is (not needed) or model is not ABSENT


def test_the_address_is_the_flags_then_the_variables_then_the_hubs() -> None:
    assert hub_of(ServerProfile(), {}) == HUB
    assert hub_of(ServerProfile(), {"HF_ENDPOINT": "http://mirror/"}) == "http://mirror"
    assert hub_of(ServerProfile(hf_endpoint="http://near"), {"HF_ENDPOINT": "http://mirror"}) == "http://near"


def test_what_is_offered_is_what_helps() -> None:
    assert way_out(WHOLE, ServerProfile())[1] == (FlagChange(flag="--offline", value=""),)
    assert way_out(ABSENT, ServerProfile(offline=True))[1] == (FlagChange(flag="--offline", value=None),)
    assert way_out(ABSENT, ServerProfile(), other_hub=True)[1] == (FlagChange(flag="--hf-endpoint", value=HUB),)
    told, flags = way_out(PART, ServerProfile())
    assert flags == ()
    assert told.startswith("Some of its files are in the hub's cache, not all. ")
    assert "--hf-endpoint" in told
    assert "folder" in told


def test_it_is_told_before_the_start() -> None:
    concern = out_of_reach(ABSENT, ServerProfile(), "hub: Connection refused.")
    assert concern.code is StartCode.HUB_OFFLINE
    assert concern.message == "a/b is not on this machine, and the hub is out of reach: hub: Connection refused."
    assert "is not whole on this machine" in out_of_reach(PART, ServerProfile(), "x.").message
