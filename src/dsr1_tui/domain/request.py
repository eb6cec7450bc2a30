"""A request as the domain sees it, before any API's names."""

from dataclasses import dataclass

from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.sampling import Sampling


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of the prompt."""

    role: MessageRole
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """Everything an endpoint needs to answer."""

    model: str
    messages: tuple[PromptMessage, ...]
    """Where the last is the assistant's, the model continues it, and only what follows comes back."""
    sampling: Sampling
    samples: int = 1
    """`n`: answers drawn at once."""
    stream_interval: int | None = None
    """Tokens a chunk; `None` leaves it to the server."""
    thinking_budget: int | None = None
    """Tokens of thought after which the server is asked to close it, where it is vLLM; `None` sets no limit."""

    @property
    def prefill(self) -> PromptMessage | None:
        """The reply's beginning that the model is to go on from: a last message of the assistant's."""
        last = self.messages[-1] if self.messages else None
        return last if last is not None and last.role is MessageRole.ASSISTANT else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """An answer to be continued from what there is of it, through `/v1/completions`."""

    model: str
    messages: tuple[PromptMessage, ...]
    """The prompt, without the answer."""
    reasoning: str
    """The thought so far; may be empty."""
    answer: str = ""
    """What the answer holds already (after a cut-off)."""
    opening: str = ""
    """Words put into the model's mouth after the thought; they are not streamed back."""
    sampling: Sampling
    closed: bool = True
    """Whether the thought is closed before the answer; else the thought itself goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A model as an endpoint lists it."""

    id: str
    root: str = ""
    """What it was loaded from; names the base model of an alias."""
    parent: str | None = None
    """The base model of a LoRA adapter."""
    owned_by: str = ""
    max_model_len: int | None = None
    """Context length in tokens, where the server says it."""

    @property
    def is_vllm(self) -> bool:
        """Whether vLLM serves it, which decides whether vLLM's extras are sent."""
        return self.owned_by == "vllm"
