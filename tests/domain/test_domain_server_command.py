from dataclasses import replace
from pathlib import Path

import pytest

from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.server.command import (
    CPU,
    MODULE,
    OFFLINE,
    QUIET,
    ApiKey,
    FoundVllm,
    VllmSource,
    is_exposed,
    plan_server,
    vllm_command,
)
from dsr1_tui.domain.server.model import ModelPlace, ModelState, known_facts
from dsr1_tui.domain.server.plan import ServerPlan
from dsr1_tui.domain.server.profile import DEFAULT_MODEL, ServerProfile, defaults

VLLM = FoundVllm(source=VllmSource.PATH, command=("vllm",))
HUB = ModelState(model=DEFAULT_MODEL, place=ModelPlace.ABSENT, facts=known_facts(DEFAULT_MODEL))
FOLDER = ModelState(model="./r1", place=ModelPlace.FOLDER, folder=Path("/models/r1"))


def planned(
    profile: ServerProfile, model: ModelState = HUB, vllm: FoundVllm = VLLM, key: ApiKey | None = None, **environ: str
) -> ServerPlan:
    return plan_server(profile.over(defaults(cpu=vllm.cpu)), vllm, model, key=key, environ=environ)


def test_an_interpreter_gets_the_module_and_a_command_is_taken_as_it_is() -> None:
    assert vllm_command(("/opt/x/bin/python3.11",)) == ("/opt/x/bin/python3.11", *MODULE)
    assert vllm_command(("/opt/x/bin/vllm",)) == ("/opt/x/bin/vllm",)
    assert vllm_command(("docker", "exec", "box", "vllm")) == ("docker", "exec", "box", "vllm")


def test_a_hub_model_keeps_its_name_and_a_folder_gives_its_own() -> None:
    hub, folder = planned(ServerProfile()), planned(ServerProfile(), FOLDER)
    assert (hub.model, hub.served_name, hub.profile) == (DEFAULT_MODEL,) * 3
    assert (folder.model, folder.served_name) == ("/models/r1", "r1")
    assert folder.command[:5] == ("vllm", "serve", "/models/r1", "--served-model-name", "r1")
    assert folder.environment == {**QUIET, **OFFLINE}, "a folder needs no hub"
    assert hub.environment == QUIET
    assert planned(ServerProfile(offline=True)).environment == {**QUIET, **OFFLINE}
    assert planned(ServerProfile(offline=False), FOLDER).environment == QUIET
    assert planned(ServerProfile(hf_endpoint="https://m/")).environment["HF_ENDPOINT"] == "https://m"


def test_what_stands_after_the_dashes_overrules_and_comes_last() -> None:
    words = planned(ServerProfile(dtype="float16", extra=("--dtype", "new", "--seed", "1"))).command
    assert words.count("--dtype") == 1
    assert words[-4:] == ("--dtype", "new", "--seed", "1")


def test_none_takes_a_flag_away() -> None:
    words = planned(ServerProfile(reasoning_parser="none", quantization="none", enforce_eager=False)).command
    assert not {"--reasoning-parser", "--quantization", "--enforce-eager", "none"} & set(words)


def test_the_cpu_build_gets_its_settings_unless_the_user_has_his() -> None:
    cpu = replace(VLLM, cpu=True)
    assert planned(ServerProfile(), vllm=cpu).environment == {**QUIET, **CPU}
    own = planned(ServerProfile(), vllm=cpu, OMP_NUM_THREADS="8").environment
    assert "OMP_NUM_THREADS" not in own
    longer = planned(ServerProfile(max_model_len=65_536), vllm=cpu)
    assert longer.environment["VLLM_CPU_KVCACHE_SPACE"] == "2", "28 KiB a token"
    told = planned(ServerProfile(extra=("--kv_cache_memory_bytes=1000",)), vllm=cpu)
    assert "VLLM_CPU_KVCACHE_SPACE" not in told.environment, "it would overrule the flag"


def test_chosen_gpus_are_counted_as_nvidia_smi_does() -> None:
    environment = planned(ServerProfile(gpus=("1", "3"))).environment
    assert environment["CUDA_VISIBLE_DEVICES"] == "1,3"
    assert environment["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "gpu-box"])
def test_other_machines_are_let_in_only_when_that_is_said(host: str) -> None:
    with pytest.raises(FaultError) as caught:
        planned(ServerProfile(host=host))
    assert caught.value.fault.code is FaultCode.USAGE
    assert "ssh -L 8000:127.0.0.1:8000" in caught.value.fault.hint
    with pytest.raises(FaultError, match="needs an API key"):
        planned(ServerProfile(host=host, expose=True))
    plan = planned(ServerProfile(host=host, expose=True), key=ApiKey("sk-1", Path("/k")))
    assert (plan.api_key, plan.key_file) == ("sk-1", Path("/k"))
    assert "sk-1" not in repr(plan) + repr(ApiKey("sk-1"))
    assert not any("sk-1" in word for word in (*plan.command, *plan.environment.values()))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.9"])
def test_loopback_needs_no_leave(host: str) -> None:
    assert not is_exposed(ServerProfile(host=host))
    assert planned(ServerProfile(host=host)).host == host
