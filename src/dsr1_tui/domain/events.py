"""What happens while a model answers, as typed events: the one language adapters, guards, store and screens share."""

from dataclasses import dataclass
from enum import StrEnum

from dsr1_tui.domain.fault import Fault
from dsr1_tui.domain.sampling import Sampling


class FinishReason(StrEnum):
    """Why a sample ended."""

    STOP = "stop"
    """The model ended its answer, or a stop string was met."""
    LENGTH = "length"
    """Cut off by max_tokens or the context."""
    LOOP = "loop"
    """The loop guard ended it without an answer."""
    BUDGET = "budget"
    """The thinking budget ended it without an answer."""
    STOPPED = "stopped"
    """The user stopped it."""
    CANCELLED = "cancelled"
    """The program no longer needed it (a vote was decided)."""
    INTERRUPTED = "interrupted"
    """The connection or the process died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Common to all events."""

    sample: int = 0
    """Index of the sample within its request; 0 outside votes."""
    at: float = 0.0
    """Monotonic seconds at which the adapter read it off the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """The server accepted the request."""

    model: str
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningDelta(Event):
    """More of the thought."""

    text: str
    tokens: int
    """Tokens this text is made of."""
    exact: bool
    """False where `tokens` is an estimate (one token a chunk)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDelta(Event):
    """More of the answer."""

    text: str
    tokens: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageTick(Event):
    """The server's own count so far (all samples of a request together)."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardTripped(Event):
    """A guard noticed something, and what was done about it."""

    guard: str
    level: str
    action: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued(Event):
    """From here the answer is continued by another request under other settings."""

    cause: str
    sampling: Sampling
    char: int
    """Offset in the answer text at which the new segment begins, code points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrying(Event):
    """The request is sent again."""

    cause: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """The last event of a sample that ended."""

    reason: FinishReason
    stop_reason: str | None = None
    """The stop string or token that ended it, where the server says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """The last event of a sample that broke."""

    error: Fault


AnswerEvent = (
    Started | ReasoningDelta | AnswerDelta | UsageTick | GuardTripped | Continued | Retrying | Finished | Failed
)
