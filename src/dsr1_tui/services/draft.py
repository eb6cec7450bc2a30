"""An answer while it grows, and what it is kept as when it ends."""

from dataclasses import dataclass, field, replace
from typing import Final

from dsr1_tui.domain.boxed import final_boxed
from dsr1_tui.domain.events import (
    AnswerDelta,
    AnswerEvent,
    Continued,
    Failed,
    Finished,
    FinishReason,
    GuardTripped,
    ReasoningDelta,
    Retrying,
)
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.message import Message, Segment, Status, Timings
from dsr1_tui.domain.meter import Meter
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.ports import Clock

_BROKEN_OFF: Final = frozenset({FaultCode.STREAM_BROKEN, FaultCode.SILENT, FaultCode.ENGINE_DIED})


@dataclass(slots=True)
class Draft:
    """The answer while it grows."""

    message: Message
    meter: Meter
    reasoning: list[str] = field(default_factory=list)
    content: list[str] = field(default_factory=list)
    guards: list[str] = field(default_factory=list)
    journalled: tuple[int, int] = (0, 0)
    ending: Finished | Failed | None = None
    earlier: Timings | None = None
    """Times of the answer before it was taken up."""

    @classmethod
    def taking_up(cls, message: Message, sent_at: float) -> "Draft":
        """A kept answer that goes on growing."""
        draft = cls(message, Meter.taking_up(message.usage, sent_at), earlier=message.timings)
        draft.reasoning.append(message.reasoning)
        draft.content.append(message.content)
        draft.guards.extend(message.guards)
        draft.journalled = (1, 1)
        return draft

    def is_open(self) -> bool:
        """Whether the sample has not ended yet."""
        return self.ending is None

    def feed(self, event: AnswerEvent) -> None:
        """Take one event in."""
        self.meter.feed(event)
        match event:
            case ReasoningDelta(text=text):
                self.reasoning.append(text)
            case AnswerDelta(text=text):
                self.content.append(text)
            case GuardTripped(guard=guard, level="loop"):
                self.guards.append(guard)
            case Continued(cause=cause, sampling=sampling):
                said = sum(map(len, self.content))
                segment = Segment(from_char=said, sampling=sampling, cause=cause)
                self.message = replace(self.message, segments=(*self.message.segments, segment))
            case Retrying():
                self.reasoning.clear()
                self.content.clear()
                self.journalled = (0, 0)
            case Finished() | Failed():
                self.ending = event
            case _:
                pass

    def drawn_anew(self, sampling: Sampling, cause: str) -> None:
        """All of it is drawn under other settings than it was begun with."""
        self.message = replace(self.message, segments=(Segment(from_char=0, sampling=sampling, cause=cause),))

    def unjournalled(self) -> tuple[str, str]:
        """Reasoning and answer that came since the last call."""
        done_reasoning, done_content = self.journalled
        self.journalled = (len(self.reasoning), len(self.content))
        return "".join(self.reasoning[done_reasoning:]), "".join(self.content[done_content:])

    def closed(self, clock: Clock) -> Message:
        """The message as it is to be kept."""
        content = "".join(self.content)
        status, reason, error = _outcome(self.ending)
        return replace(
            self.message,
            status=status,
            finish_reason=reason,
            error=error,
            reasoning="".join(self.reasoning),
            content=content,
            boxed=final_boxed(content),
            usage=self.meter.usage(),
            timings=_added(self.earlier, self.meter.timings(clock.monotonic())),
            guards=tuple(self.guards),
            updated=clock.now(),
        )


def _added(earlier: Timings | None, fresh: Timings) -> Timings:
    """The times of an answer that was taken up: they add up, the first token is the first time's."""
    if earlier is None:
        return fresh
    thought = [time for time in (earlier.thinking_s, fresh.thinking_s) if time is not None]
    return Timings(
        ttft_s=earlier.ttft_s if earlier.ttft_s is not None else fresh.ttft_s,
        thinking_s=sum(thought) if thought else None,
        total_s=earlier.total_s + fresh.total_s,
        tokens_per_s=fresh.tokens_per_s if fresh.tokens_per_s is not None else earlier.tokens_per_s,
    )


def _outcome(ending: Finished | Failed | None) -> tuple[Status, FinishReason | None, Fault | None]:
    match ending:
        case Finished(reason=FinishReason.STOP | FinishReason.LENGTH as reason):
            return Status.COMPLETE, reason, None
        case Finished(reason=FinishReason.INTERRUPTED as reason):
            return Status.INTERRUPTED, reason, None
        case Finished(reason=reason):
            return Status.STOPPED, reason, None
        case Failed(error=error) if error.code in _BROKEN_OFF:
            return Status.INTERRUPTED, FinishReason.INTERRUPTED, error
        case Failed(error=error):
            return Status.FAILED, None, error
        case None:
            return Status.INTERRUPTED, FinishReason.INTERRUPTED, None
