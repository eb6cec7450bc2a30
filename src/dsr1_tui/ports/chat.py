"""What asking a model needs from the world: time, and a server that answers."""

from collections.abc import AsyncGenerator
from typing import Protocol

from dsr1_tui.domain.events import AnswerEvent
from dsr1_tui.domain.request import ChatRequest, Continuation, ModelInfo, PromptMessage
from dsr1_tui.domain.target import Target


class Clock(Protocol):
    """Time and chance, injected so that tests own them."""

    def now(self) -> float:
        """Unix seconds."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards; the clock of every event's `at`."""
        ...

    def new_id(self) -> str:
        """A fresh UUIDv7."""
        ...


class Endpoint(Protocol):
    """A server that answers chat requests."""

    @property
    def target(self) -> Target:
        """Where it is."""
        ...

    async def models(self) -> tuple[ModelInfo, ...]:
        """The models it serves, LoRA adapters included.

        Raises:
            FaultError: unreachable, proxy, unauthorized, not-an-api, server-error.
        """
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[AnswerEvent, None]:
        """Answer a request: `Started`, deltas, and one `Finished` or `Failed` a sample; never raises a fault.

        Closing the generator (or cancelling its task) closes the connection, which frees the request on the server.
        """
        ...

    async def alive(self) -> bool:
        """Whether the server answers now; quick, never raises."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class Extras(Protocol):
    """What vLLM's server can do beside chat; where another cannot, that is found out once and remembered."""

    async def can_continue(self) -> bool:
        """Whether `continue_` works there. The first call tries it with one token; never raises."""
        ...

    def continue_(self, request: Continuation) -> AsyncGenerator[AnswerEvent, None]:
        """Take up a reply in its middle: events, faults, silence and closing as with `Endpoint.stream`.

        What comes after a closed thought are `AnswerDelta`s (reasoning only where the model opens a new thought), what
        comes within an open one is told apart as ever. Only new text comes; leading newlines are kept, because they
        belong between what was said and what follows. `UsageTick` counts all that was sent as the prompt.
        """
        ...

    async def count(self, model: str, messages: tuple[PromptMessage, ...]) -> int | None:
        """Tokens of the whole rendered prompt, exactly; `None` where the server cannot say. Never raises."""
        ...

    async def rendered(self, model: str, messages: tuple[PromptMessage, ...]) -> str | None:
        """The prompt as the model sees it, special tokens included; `None` where the server cannot say. Never raises.

        It is text from outside, as raw as the messages are.
        """
        ...

    def budget_supported(self) -> bool | None:
        """Whether `ChatRequest.thinking_budget` is the server's to keep.

        False: it was refused, or the server is not vLLM. True: a request with a budget was accepted, which an older
        vLLM does without keeping it. `None`: none was sent yet.
        """
        ...


class FullEndpoint(Endpoint, Extras, Protocol):
    """An endpoint that can be asked for all of it, and says what it cannot do."""


class EndpointOpener(Protocol):
    """Makes endpoints, so that a screen can connect elsewhere without knowing an adapter."""

    def __call__(self, target: Target) -> FullEndpoint:
        """An endpoint for `target`; connects lazily."""
        ...
