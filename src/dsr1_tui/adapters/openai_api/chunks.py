"""The chunks of a streamed completion turned into domain events: pure, so that any odd stream replays in a test."""

import json
from typing import Any, Final

from dsr1_tui.adapters.openai_api.faults import Scene, broken, fault_of_stream_error
from dsr1_tui.domain.events import (
    AnswerDelta,
    AnswerEvent,
    Failed,
    Finished,
    FinishReason,
    ReasoningDelta,
    Started,
    UsageTick,
)
from dsr1_tui.domain.fault import Fault
from dsr1_tui.domain.thinking import Split, ThinkSplitter

DONE: Final = b"[DONE]"

_REASONS: Final = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH, "repetition": FinishReason.LOOP}
_BROKEN_OFF: Final = frozenset({"abort", "error"})
"""What vLLM calls a request that it gave up, at a shutdown for instance: no answer stands at its end."""

_NO_SPLIT: Final = Split()


class _Sample:
    """How far one sample got."""

    __slots__ = ("counted", "ended", "last", "owed", "splitter", "started")

    def __init__(self, opens_in_thought: bool | None, begun: str) -> None:  # noqa: FBT001 - handed through
        self.splitter = ThinkSplitter(opens_in_thought)
        self.splitter.feed(begun)
        self.started = False
        self.ended = False
        self.counted = 0
        """Completion tokens counted so far, those without text yet included."""
        self.owed = 0
        """Tokens counted whose text has not come yet (held back, or a tag)."""
        self.last: Finished | Failed | None = None
        """The sample's last event, kept until nothing can come after it."""


class ChunkReader:
    """Reads one response's payloads in order.

    A sample's last event is given as soon as the server ends it, but for the last open sample: its own waits until the
    stream's end, because the usage comes after it and nothing may come after `Finished`.
    """

    def __init__(
        self,
        *,
        model: str,
        samples: int,
        scene: Scene,
        opens_in_thought: bool | None,
        tokens_per_chunk: int = 1,
        begun: str = "",
    ) -> None:
        """Begin a response.

        Args:
            model: the model asked for, said in `Started` where the server names none.
            samples: how many samples were asked for.
            scene: where it happens.
            opens_in_thought: as for `ThinkSplitter`.
            tokens_per_chunk: what a chunk is taken for where the server does not count.
            begun: text taken as read before the first chunk, so that a reply taken up in its middle keeps its newlines.
        """
        self._model = model
        self._scene = scene
        self._samples = {index: _Sample(opens_in_thought, begun) for index in range(samples)}
        self._tokens_per_chunk = tokens_per_chunk
        self._open = samples
        self._usage: tuple[int, int] | None = None
        self._ticked: tuple[int, int] | None = None
        self.reads = 0
        """Chunks read."""
        self.flowing = False
        """Whether text has come."""
        self.saw_field = False
        """Whether reasoning came in a field of its own: the server parses it out."""
        self.done = False
        """Whether `[DONE]` has come."""

    @property
    def complete(self) -> bool:
        """Whether every sample has been ended by the server, so that only usage and `[DONE]` can follow."""
        return self._open == 0

    def read(self, payload: bytes, at: float) -> list[AnswerEvent]:
        """The events of one `data:` payload that came at monotonic second `at`; none once the stream is over."""
        if self.done:
            return []
        if payload == DONE:
            self.done = True
            return []
        text = payload.decode("utf-8", "replace")
        try:
            chunk = json.loads(text)
        except (ValueError, RecursionError):
            return self.end(broken(self._scene, "brought something that is not JSON"), at)
        if not isinstance(chunk, dict):
            return []
        self.reads += 1
        error = chunk if chunk.get("object") == "error" else chunk.get("error")
        if error:
            return self.end(fault_of_stream_error(error, self._scene), at)
        events: list[AnswerEvent] = []
        choices = chunk.get("choices")
        usage = chunk.get("usage")
        if isinstance(choices, list):
            lone = "\\ud" in text or "\\uD" in text
            for choice in choices:
                if isinstance(choice, dict):
                    self._choice(choice, chunk, usage, events, at, lone=lone)
        if isinstance(usage, dict) and (not choices or len(self._samples) == 1):
            self._tick(usage, events, at, last=not choices)
        elif isinstance(usage, dict) and self._ticked is None and isinstance(prompt := usage.get("prompt_tokens"), int):
            self._ticked = (prompt, 0)  # what each of several samples took comes with its text; all of them at the end
            events.append(UsageTick(prompt_tokens=prompt, completion_tokens=0, at=at))
        return events

    def end(self, fault: Fault | None, at: float) -> list[AnswerEvent]:
        """The last events: what was held back, then `Finished` or `Failed` of each sample that has had neither.

        Args:
            fault: why the stream ended; None for its proper end, which still breaks a sample that was not ended.
            at: monotonic seconds.
        """
        self.done = True
        events: list[AnswerEvent] = []
        if self._usage is not None and self._usage != self._ticked:
            events.append(UsageTick(prompt_tokens=self._usage[0], completion_tokens=self._usage[1], at=at))
            self._ticked = self._usage
        for index, sample in self._samples.items():
            if sample.ended:
                continue
            sample.ended = True
            if sample.last is None:
                self._text(index, sample, sample.splitter.close(), events, at, exact=False)
                sample.last = Failed(sample=index, at=at, error=fault or broken(self._scene))
            events.append(sample.last)
        self._open = 0
        return events

    def _choice(
        self,
        choice: dict[str, Any],
        chunk: dict[str, Any],
        usage: Any,
        events: list[AnswerEvent],
        at: float,
        *,
        lone: bool,
    ) -> None:
        index = choice.get("index", 0)
        sample = self._samples.get(index) if isinstance(index, int) else None
        if sample is None or sample.last is not None:
            return
        if "text" in choice and "delta" not in choice:  # a text completion's form
            choice["delta"] = {"content": choice["text"]}
        if not sample.started:
            sample.started = True
            model, request_id = (_name(chunk.get(key)) for key in ("model", "id"))
            events.append(Started(sample=index, at=at, model=model or self._model, request_id=request_id))
        exact = self._count(sample, choice, usage)
        delta = choice.get("delta")
        if isinstance(delta, dict):
            split = self._split(sample.splitter, delta, lone=lone)
            if split.reasoning or split.answer:
                self._text(index, sample, split, events, at, exact=exact)
        reason = choice.get("finish_reason")
        if isinstance(reason, str):
            self._text(index, sample, sample.splitter.close(), events, at, exact=exact)
            sample.last = self._last_event(index, reason, choice.get("stop_reason"), at)
            self._open -= 1
            if self._open:
                sample.ended = True
                events.append(sample.last)

    def _split(self, splitter: ThinkSplitter, delta: dict[str, Any], *, lone: bool) -> Split:
        """What the delta's fields hold; older servers say `reasoning_content`, and one delta may carry both kinds."""
        thought = delta.get("reasoning") or delta.get("reasoning_content")
        content = delta.get("content")
        first = second = _NO_SPLIT
        if thought and isinstance(thought, str):
            self.saw_field = True
            first = splitter.field(_whole(thought) if lone else thought)
        if content and isinstance(content, str):
            second = splitter.feed(_whole(content) if lone else content)
        if first is _NO_SPLIT:
            return second
        return first if second is _NO_SPLIT else Split(first.reasoning + second.reasoning, first.answer + second.answer)

    def _count(self, sample: _Sample, choice: dict[str, Any], usage: Any) -> bool:
        """Add this chunk's tokens to what the sample owes; true where the server itself counted them.

        vLLM's usage in a chunk with a choice is that choice's own running count, also for several samples.
        """
        total = usage.get("completion_tokens") if isinstance(usage, dict) else None
        if isinstance(total, int) and total >= max(sample.counted, 1):
            sample.owed += total - sample.counted
            sample.counted = total
            return True
        delta = choice.get("delta")
        if isinstance(delta, dict) and any(delta.get(key) for key in ("content", "reasoning", "reasoning_content")):
            sample.owed += self._tokens_per_chunk
            sample.counted += self._tokens_per_chunk
        return False

    def _text(
        self, index: int, sample: _Sample, split: Split, events: list[AnswerEvent], at: float, *, exact: bool
    ) -> None:
        """Add the deltas of a split; the tokens owed go with the text, shared by length where both kinds came."""
        thought, answer = split.reasoning, split.answer
        if not (thought or answer):
            return
        self.flowing = True
        tokens, sample.owed = sample.owed, 0
        if thought and answer:
            share = min(
                max(round(tokens * len(thought) / (len(thought) + len(answer))), min(tokens, 1)), max(tokens - 1, 0)
            )
            exact = exact and tokens <= 2  # noqa: PLR2004 - one token each: nothing to guess
            events.append(ReasoningDelta(sample=index, at=at, text=thought, tokens=share, exact=exact))
            events.append(AnswerDelta(sample=index, at=at, text=answer, tokens=tokens - share, exact=exact))
        elif thought:
            events.append(ReasoningDelta(sample=index, at=at, text=thought, tokens=tokens, exact=exact))
        else:
            events.append(AnswerDelta(sample=index, at=at, text=answer, tokens=tokens, exact=exact))

    def _last_event(self, index: int, reason: str, stop: object, at: float) -> Finished | Failed:
        if reason in _BROKEN_OFF:
            return Failed(sample=index, at=at, error=broken(self._scene, "was ended by the server in mid-answer"))
        known = _REASONS.get(reason)
        if known is None:  # a content filter, a tool call …: the text stands, and its cause is kept beside it
            return Finished(sample=index, at=at, reason=FinishReason.STOP, stop_reason=self._scene.quote(reason))
        said = self._scene.quote(str(stop)) if isinstance(stop, str | int) else None
        return Finished(sample=index, at=at, reason=known, stop_reason=said)

    def _tick(self, usage: dict[str, Any], events: list[AnswerEvent], at: float, *, last: bool) -> None:
        """The first count (the prompt is known then) and the last; in between the deltas carry it."""
        prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
        if not isinstance(prompt, int) or not isinstance(completion, int):
            return
        self._usage = (prompt, completion)
        if (last or self._ticked is None) and self._usage != self._ticked:
            self._ticked = self._usage
            events.append(UsageTick(prompt_tokens=prompt, completion_tokens=completion, at=at))


def _name(value: object) -> str:
    """A name or id fit for the screen; empty where the server sent none such."""
    return value if isinstance(value, str) and value.isprintable() else ""


def _whole(text: str) -> str:
    """`text` with halves of surrogate pairs replaced: a server that cuts a character in two sends each half escaped."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
