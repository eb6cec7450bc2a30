"""What the services need from the world, as small Protocols; adapters and test fakes satisfy them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dsr1_tui.domain.clipboard import CopyResult
from dsr1_tui.domain.discovery import FoundServer, MachineFacts
from dsr1_tui.domain.engine import EngineMachine, EngineRecord
from dsr1_tui.domain.events import AnswerEvent
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.message import Conversation, Message, Summary, Tree
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


class Conversations(Protocol):
    """The kept conversations. Every method may raise `FaultError` (store, store-newer, not-found)."""

    async def put(self, conversation: Conversation) -> None:
        """Insert it, or update all of its own fields."""
        ...

    async def load(self, conversation_id: ConversationId) -> Tree:
        """A conversation with all its messages."""
        ...

    async def recent(self, limit: int, query: str = "") -> tuple[Summary, ...]:
        """The newest first (pinned before all), of those in which `query` occurs if it is given."""
        ...

    async def find(self, prefix: str) -> ConversationId:
        """The one conversation whose id begins with `prefix` (an empty prefix: the last used)."""
        ...

    async def delete(self, conversation_id: ConversationId) -> None:
        """Remove it and its messages."""
        ...


class Messages(Protocol):
    """The kept messages, written as they stream. Every method may raise `FaultError` (store)."""

    async def add(self, message: Message) -> None:
        """Insert a message and make it its conversation's active leaf; one that streams is owned by this process."""
        ...

    async def journal(self, message_id: MessageId, reasoning: str, content: str) -> None:
        """Append what has streamed since the last call; durable when it returns."""
        ...

    async def finish(self, message: Message) -> None:
        """Write a message's final state and drop its journal."""
        ...

    async def recover(self) -> tuple[MessageId, ...]:
        """Mark as interrupted what streamed in processes that are gone, with what the journal holds of it."""
        ...


class Machine(Protocol):
    """This machine."""

    def facts(self) -> MachineFacts:
        """What matters of it to serving a model; may block for seconds (call it in a thread), never raises."""
        ...


class ServerProbe(Protocol):
    """Looks whether a server listens."""

    async def look(self, host: str, port: int) -> FoundServer | None:
        """What listens at a port; `None` if nothing does. Quick, never raises."""
        ...


class Clipboard(Protocol):
    """The clipboard, near or at the other end of an SSH connection."""

    async def copy(self, text: str) -> CopyResult:
        """Copy a text, by the surest way there is; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a command wrote, without its end."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended; the last it is heard of."""

    code: int
    """Exit status; negative: the signal that ended it."""


class EngineHost(Protocol):
    """The machine that vLLM is installed on."""

    def machine(self, folder: Path) -> EngineMachine:
        """What it is, for an engine in `folder`; may block for seconds (call it in a thread), never raises."""
        ...

    def run(self, argv: Sequence[str]) -> AsyncGenerator[Line | Ended, None]:
        """Run a command: its output line by line, then `Ended`; closing the generator ends it and its children.

        Raises:
            FaultError: (engine-install) it cannot be started.
        """
        ...


class EngineHome(Protocol):
    """The folder that holds vLLM's own environment. Every method may block (call it in a thread)."""

    def hold(self) -> AbstractContextManager[None]:
        """Make the folder and keep other installations out of it while the context is open.

        Raises:
            FaultError: (engine-install) it cannot be made, holds other things, or another installation is at work.
        """
        ...

    def record(self) -> EngineRecord | None:
        """What it tells of itself; `None` where there is nothing.

        Raises:
            FaultError: (engine-install) it holds other things.
        """
        ...

    def keep(self, record: EngineRecord) -> None:
        """Write the record so that it is there whole or not at all.

        Raises:
            FaultError: (engine-install).
        """
        ...

    def clear(self) -> None:
        """Remove all that is in it.

        Raises:
            FaultError: (engine-install) something cannot be removed, or it holds other things.
        """
        ...

    def used_bytes(self) -> int:
        """Bytes of disk it takes, files with several names counted once; never raises."""
        ...


class LocalServer(Protocol):
    """One vLLM server on this machine, ours to start and to end."""

    def start(self, python: Path, model: str, *, cpu: bool) -> None:
        """Start it on a model (a folder or a hub name) with the interpreter that has vLLM; may block a little.

        Raises:
            FaultError: (engine-died) it cannot be started.
        """
        ...

    async def ready(self) -> Target:
        """Wait until it answers.

        Raises:
            FaultError: (engine-died) it ended, with the reason it told.
        """
        ...

    def last_line(self) -> str:
        """The last line of its log, fit to be shown; empty where there is none; never raises."""
        ...

    async def stop(self) -> None:
        """End it and all its children; safe to call at any time."""
        ...
