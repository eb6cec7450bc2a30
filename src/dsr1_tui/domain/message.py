"""Messages, conversations and the tree they form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.fault import Fault
from dsr1_tui.domain.ids import ConversationId, MessageId
from dsr1_tui.domain.sampling import Sampling, SamplingLayer
from dsr1_tui.domain.steering import Steering


class MessageRole(StrEnum):
    """Who speaks."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    """Standing instructions: only in prompts, for models without R1's rules; conversations keep none."""


class Status(StrEnum):
    """How far a message got."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one answer."""

    prompt_tokens: int | None = None
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    """Counted on our side: vLLM 0.32 always says 0."""
    exact: bool = False
    """False where counts are estimates (one a chunk)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds of one answer, all measured from the moment the request was sent."""

    ttft_s: float | None = None
    """Time to the first token of reasoning or answer."""
    thinking_s: float | None = None
    """From the first token to the first token of the answer (or the end)."""
    total_s: float = 0.0
    tokens_per_s: float | None = None
    """Completion tokens after the first, divided by the time from the first token to the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of one answer made under one set of settings."""

    from_char: int
    sampling: Sampling
    cause: str = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of one speaker; a node of the tree."""

    id: MessageId
    conversation_id: ConversationId
    parent_id: MessageId | None
    role: MessageRole
    content: str
    created: float
    """Unix seconds."""
    updated: float
    status: Status = Status.COMPLETE
    reasoning: str = ""
    finish_reason: FinishReason | None = None
    boxed: str | None = None
    """Body of the answer's last `\\boxed{}`."""
    model: str = ""
    endpoint: str = ""
    """Where it was asked, without credentials."""
    rules: str = ""
    """The prompt rules in force (`r1` or `off`)."""
    usage: Usage | None = None
    timings: Timings | None = None
    segments: tuple[Segment, ...] = ()
    """Settings the answer was made under; more than one if it was continued."""
    guards: tuple[str, ...] = ()
    sample_group: str | None = None
    error: Fault | None = None

    @property
    def sampling(self) -> Sampling | None:
        """The settings of the first segment."""
        return self.segments[0].sampling if self.segments else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What is kept of a conversation beside its messages."""

    id: ConversationId
    title: str
    created: float
    updated: float
    active_leaf: MessageId | None = None
    settings: SamplingLayer = field(default_factory=SamplingLayer)
    steering: Steering = field(default_factory=Steering)
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list."""

    conversation: Conversation
    messages: int
    """Number of messages in the tree."""
    snippet: str = ""
    """Start of the last answer, or the place a search found."""
    boxed: str | None = None
    """The last final box of the active path."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A conversation with all its messages."""

    conversation: Conversation
    messages: Mapping[MessageId, Message]

    @property
    def path(self) -> tuple[Message, ...]:
        """The active path, first message first."""
        return path_to(self.messages, self.conversation.active_leaf)

    def siblings(self, message: Message) -> tuple[Message, ...]:
        """All messages with the same parent and role, oldest first, `message` among them."""
        same = (m for m in self.messages.values() if m.parent_id == message.parent_id and m.role == message.role)
        return tuple(sorted(same, key=lambda m: m.id))


def path_to(messages: Mapping[MessageId, Message], leaf: MessageId | None) -> tuple[Message, ...]:
    """The messages from the root to `leaf`; a broken or circular parent ends the walk."""
    path: list[Message] = []
    seen: set[MessageId] = set()
    while leaf is not None and leaf in messages and leaf not in seen:
        seen.add(leaf)
        path.append(messages[leaf])
        leaf = messages[leaf].parent_id
    return tuple(reversed(path))


TITLE_CHARS = 60


def title_of(text: str) -> str:
    """A conversation's title: the first words of its first question, at most 60 characters."""
    line = " ".join(_words(text))
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1].rstrip() + "…"


def _words(text: str) -> Iterable[str]:
    return text[: TITLE_CHARS * 20].split()
