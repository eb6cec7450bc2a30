"""A prompt in parts, so that every word that the user did not type is shown, counted and can be taken away."""

from dataclasses import dataclass
from enum import StrEnum

from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import PromptMessage


class PartKind(StrEnum):
    """Where a stretch of the prompt comes from."""

    QUESTION = "question"
    ANSWER = "answer"
    INSTRUCTIONS = "instructions"
    SUFFIX = "suffix"
    """The preset's words."""
    DIRECTIVE = "directive"
    r"""Step by step, the result in `\boxed{}`."""
    NEWLINE = "newline"
    """A newline before or after the question, which makes some R1 models think."""
    PREFILL = "prefill"
    """The first words of the thought, put into the model's mouth."""


TYPED = frozenset({PartKind.QUESTION, PartKind.ANSWER})
"""What was said; all else is added."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one message; a message's content is its parts' texts joined, blanks between them included."""

    kind: PartKind
    text: str


@dataclass(frozen=True, slots=True)
class Addition:
    """Something that goes with a question and was not typed."""

    kind: PartKind
    text: str
    """Word for word, without the blanks around it."""

    @property
    def label(self) -> str:
        """What it is in a few words, to stand after a `+` below the question; one line."""
        match self.kind:
            case PartKind.DIRECTIVE:
                return r"step by step, answer in \boxed{}"
            case PartKind.NEWLINE:
                return "a newline, so that it thinks"
            case PartKind.PREFILL:
                words = self.text.rpartition("\n")[2].strip()
                return f"thought begun for it: “{words}”"
            case PartKind.INSTRUCTIONS:
                return f"instructions: {' '.join(self.text.split())}"
            case _:
                return " ".join(self.text.split())


@dataclass(frozen=True, slots=True)
class PromptTurn:
    """One message of the prompt, in parts."""

    role: MessageRole
    parts: tuple[Part, ...]

    @property
    def content(self) -> str:
        """As it is sent."""
        return "".join(part.text for part in self.parts)

    @property
    def additions(self) -> tuple[Addition, ...]:
        """What was not typed, in its order."""
        return tuple(_addition(part) for part in self.parts if part.kind not in TYPED)


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything that is sent of a conversation."""

    turns: tuple[PromptTurn, ...]
    prefill: str = ""
    """Content of the assistant message that the model is to continue (`continue_final_message`); empty: none."""

    @property
    def messages(self) -> tuple[PromptMessage, ...]:
        """The messages without the prefill."""
        return tuple(PromptMessage(turn.role, turn.content) for turn in self.turns)

    @property
    def sent(self) -> tuple[PromptMessage, ...]:
        """The messages, and last the prefill where there is one."""
        if not self.prefill:
            return self.messages
        return (*self.messages, PromptMessage(MessageRole.ASSISTANT, self.prefill))

    @property
    def additions(self) -> tuple[Addition, ...]:
        """What goes with the newest question and was not typed, standing instructions among it, each once."""
        standing = [a for turn in self.turns for a in turn.additions if a.kind is PartKind.INSTRUCTIONS]
        asked = [turn for turn in self.turns if turn.role is MessageRole.USER][-1:]
        own = [a for turn in asked for a in turn.additions if a.kind is not PartKind.INSTRUCTIONS]
        begun = [Addition(PartKind.PREFILL, self.prefill)] if self.prefill else []
        return (*standing, *own, *begun)


def _addition(part: Part) -> Addition:
    return Addition(part.kind, part.text if part.kind is PartKind.NEWLINE else part.text.strip())
