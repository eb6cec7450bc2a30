"""A machine, a vLLM and models in memory, for settling a server's start."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dsr1_tui.domain.discovery import GIB, Gpu, MachineFacts
from dsr1_tui.domain.fault import FaultCode, fail
from dsr1_tui.domain.server.command import MODULE, ApiKey, FoundVllm, VllmSource, vllm_command
from dsr1_tui.domain.server.model import ModelFacts, ModelPlace, ModelState, known_facts
from dsr1_tui.services.plan_serve import PlanPorts
from support.fake_machine import FakeMachine

ENGINE = FoundVllm(source=VllmSource.ENGINE, command=("/data/engine/bin/python", *MODULE))
CPU_ENGINE = replace(ENGINE, cpu=True)
NOWHERE = FoundVllm(source=VllmSource.NOWHERE, command=("vllm",))
AWQ = "casperhansen/deepseek-r1-distill-qwen-7b-awq"


def gpus(number: int, gib: float = 24) -> MachineFacts:
    """A machine with GPUs."""
    return MachineFacts(gpus=(Gpu("a GPU", int(gib * GIB)),) * number, memory_bytes=64 * GIB)


def awq_facts() -> ModelFacts:
    plain = known_facts("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B")
    assert plain is not None
    return replace(plain, quantization="awq", weight_bytes=5_570_000_000, dtype="float16")


@dataclass
class FakePlan:
    """What `ports` would find."""

    machine: MachineFacts = field(default_factory=lambda: gpus(1))
    vllm: FoundVllm = ENGINE
    models: dict[str, ModelState] = field(
        default_factory=lambda: {
            AWQ: ModelState(model=AWQ, place=ModelPlace.CACHE, folder=Path("/hub/awq"), facts=awq_facts())
        }
    )
    environ: Mapping[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    """The profiles for which a key was made."""

    def find_vllm(self, configured: tuple[str, ...], *, gpu: bool) -> FoundVllm:
        if not configured:
            return self.vllm
        return FoundVllm(source=VllmSource.CONFIGURED, command=vllm_command(configured), cpu=not gpu)

    def read_model(self, model: str) -> ModelState:
        if model.startswith("/lost"):
            raise fail(FaultCode.USAGE, f"The model folder {model} does not exist.", "Give a folder.")
        if model in self.models:
            return self.models[model]
        return ModelState(model=model, place=ModelPlace.ABSENT, facts=known_facts(model))

    def key(self, name: str) -> ApiKey:
        self.made.append(name)
        return ApiKey("sk-made", Path("/state/keys") / f"{name}.key")

    def ports(self) -> PlanPorts:
        return PlanPorts(
            machine=FakeMachine(self.machine),
            find_vllm=self.find_vllm,
            read_model=self.read_model,
            keys=self,
            environ=self.environ,
        )
