"""What came of one sample, as it is kept: small enough for a line of a file, whole enough for every figure."""

from dataclasses import dataclass
from typing import Final

from dsr1_tui.domain.bench.plan import BenchPlan, SampleKey
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import Fault, FaultCode

GONE: Final = frozenset(
    {
        FaultCode.UNREACHABLE,
        FaultCode.PROXY,
        FaultCode.NOT_AN_API,
        FaultCode.STREAM_BROKEN,
        FaultCode.ENGINE_DIED,
        FaultCode.SILENT,
        FaultCode.SSH,
    }
)
"""Faults of a server that may be gone: they say nothing of the model."""
HOPELESS: Final = frozenset({FaultCode.UNAUTHORIZED, FaultCode.MODEL_NOT_FOUND})
"""What befalls every request alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleResult:
    """One sample that ended."""

    key: SampleKey
    seed: int | None
    began: float
    """Unix seconds at which the request went out."""
    finish_reason: FinishReason | None
    """`None`: the request failed."""
    error: Fault | None = None
    answer: str = ""
    """Without the thought; raw model text."""
    boxed: str | None = None
    """The last box of the answer, however that ended."""
    vote: str | None = None
    """What it counts as among the repeats: a spelling of its class of equal boxes. `None`: no vote, because it has no
    box or did not end by itself."""
    right: bool | None = None
    r"""Whether it ended by itself with a box equal to the known answer; `None` where no answer is known, or it failed.
    """
    ttft_s: float | None = None
    """From sending to the first token."""
    latency_s: float = 0.0
    """From sending to the end."""
    tpot_s: float | None = None
    """Per token after the first: from the first token to the last, over one token less than there are."""
    output_tokens: int = 0
    """Thought and answer."""
    reasoning_tokens: int = 0
    prompt_tokens: int | None = None
    exact: bool = True
    """Whether the counts are the server's."""

    @property
    def tokens_per_s(self) -> float | None:
        """All tokens over the whole latency: where tokens come in one burst, a rate between them would say nothing."""
        return self.output_tokens / self.latency_s if self.latency_s > 0 and self.output_tokens else None

    @property
    def failed(self) -> bool:
        """Whether the request failed; then nothing but this counts."""
        return self.error is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A kept run: its plan and what has been measured."""

    id: str
    """A UUIDv7."""
    created: float
    """Unix seconds."""
    program: str
    """The program's version that began it."""
    plan: BenchPlan
    results: tuple[SampleResult, ...] = ()
    """In the order in which they ended, each sample once."""

    @property
    def done(self) -> frozenset[SampleKey]:
        """The samples that are there."""
        return frozenset(result.key for result in self.results)

    @property
    def complete(self) -> bool:
        """Whether every sample of the plan is there."""
        return not self.plan.todo(self.done)
