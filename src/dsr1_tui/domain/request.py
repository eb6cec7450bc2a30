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
    sampling: Sampling
    samples: int = 1
    """`n`: answers drawn at once."""
    stream_interval: int | None = None
    """Tokens a chunk; `None` leaves it to the server."""


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
