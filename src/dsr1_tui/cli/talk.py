"""What goes to stderr while an answer comes: a status line, the thought if asked for, the closing words."""

import os
import shutil
import sys
from typing import Final

from dsr1_tui.cli.edge import warn
from dsr1_tui.cli.safe_stream import SafeStream
from dsr1_tui.domain.events import (
    AnswerDelta,
    Continued,
    FinishReason,
    GuardTripped,
    ReasoningDelta,
    Retrying,
    Started,
)
from dsr1_tui.domain.fault import ExitCode
from dsr1_tui.domain.message import Message
from dsr1_tui.domain.meter import Meter
from dsr1_tui.domain.prompt_parts import Addition
from dsr1_tui.ports import Clock
from dsr1_tui.render.safe import safe
from dsr1_tui.services.hurry import ANEW
from dsr1_tui.services.turn import AskEvent, StoreTroubled, TurnClosed, TurnOpened

ID_SHOWN: Final = 13
"""Characters of an id in a resume command: a UUIDv7's whole millisecond."""
ADDITION_SHOWN: Final = 60
"""Characters of one thing that goes with a question; instructions may be long."""
_DIM: Final = "\x1b[2m"
_PLAIN: Final = "\x1b[0m"
_CLEAR: Final = "\r\x1b[K"


class Talk:
    """Feed it every event; call `draw` a few times a second."""

    def __init__(self, clock: Clock, *, show_reasoning: bool, shares_terminal: bool) -> None:
        """`shares_terminal`: the answer is written to the same terminal, so the status leaves when it begins."""
        self._clock = clock
        self._show_reasoning = show_reasoning
        self._shares_terminal = shares_terminal
        self._live = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._dim = self._live and not os.environ.get("NO_COLOR")
        self._state = "connecting"
        self._meter = Meter(sent_at=clock.monotonic())
        self._drawn = ""
        self._hushed = False
        self._thought = SafeStream()
        self._thinking = False
        self._suspect = False
        """Whether it may be going in circles."""
        self._mid_line = False
        """Whether the answer stands in the middle of a line of our terminal."""

    def feed(self, event: AskEvent) -> None:
        """Take one event into account and say what is to be said at once."""
        match event:
            case TurnOpened(additions=additions):
                self._state, self._meter = "waiting", Meter(sent_at=self._clock.monotonic())
                self._tell(additions)
            case StoreTroubled(error):
                self.clear()
                warn(error.line)
            case TurnClosed():
                self._end_thought()
                self.clear()
            case ReasoningDelta(text=text):
                self._state = "thinking"
                self._meter.feed(event)
                self._think(text)
            case AnswerDelta(text=text):
                self._state = "answering"
                self._meter.feed(event)
                if self._shares_terminal:
                    self._hush()
                    self._mid_line = not text.endswith("\n")
                self._end_thought()
            case Retrying(cause=cause, attempt=attempt):
                self._end_thought()
                self._meter.feed(event)
                self._suspect = False
                self._state = f"trying again ({attempt}): {cause}"
            case GuardTripped():
                self._tripped(event)
            case Continued(cause=cause):
                self._meter.feed(event)
                self._continued(anew=cause == ANEW)
            case Started():
                pass
            case _:
                self._meter.feed(event)

    def _tripped(self, event: GuardTripped) -> None:
        if event.level != "loop":
            self._suspect = True
            return
        self._end_thought()
        self.clear()
        if self._mid_line:  # else the words would be glued to the answer's last line
            _say("\n")
            self._mid_line = False
        warn(guard_words(event))

    def _continued(self, *, anew: bool) -> None:
        self._state, self._suspect = "asked to answer", False
        if anew:
            self.clear()
            warn("This server has no /v1/completions: a short answer is asked for anew.")

    def _tell(self, additions: tuple[Addition, ...]) -> None:
        """Say what goes with the question, on a terminal: a script finds it in the object of `--json`."""
        if not self._live or not additions:
            return
        self.clear()
        line = safe("  ".join(f"+ {_cut(addition.label)}" for addition in additions))
        _say(f"{_DIM}{line}{_PLAIN}\n" if self._dim else f"{line}\n")

    def _think(self, text: str) -> None:
        if not self._show_reasoning:
            return
        self._hush()
        if not self._thinking:
            self._thinking = True
            _say(_DIM if self._dim else "")
        _say(self._thought.feed(text))

    def _end_thought(self) -> None:
        if self._thinking:
            self._thinking = False
            _say(self._thought.rest() + (_PLAIN if self._dim else "") + "\n\n")

    def draw(self) -> None:
        """Bring the status line up to date."""
        if not self._live or self._hushed:
            return
        width = shutil.get_terminal_size().columns - 1
        text = safe(self._words()).replace("\n", " ")[:width]
        if text != self._drawn:
            self._drawn = text
            _say(f"{_CLEAR}{_DIM}{text}{_PLAIN}" if self._dim else f"{_CLEAR}{text}")

    def _words(self) -> str:
        meter = self._meter
        words = f"{self._state} {self._clock.monotonic() - meter.sent_at:.0f} s"
        if meter.tokens:
            words += f" · {'' if meter.exact else '≈'}{meter.tokens:,} tok"
        if self._suspect:
            words += " · may be repeating itself"
        return f"{words} · ctrl+c stops"

    def clear(self) -> None:
        """Take the status line away; the next `draw` brings it back."""
        if self._drawn:
            self._drawn = ""
            _say(_CLEAR)

    def _hush(self) -> None:
        self._hushed = True
        self.clear()

    def close(self, message: Message, *, stored: bool) -> None:
        """The closing line on a terminal: tokens, speed, and how to go on."""
        if not self._live:
            return
        parts = [*figures(message)]
        if stored:
            parts.append(f"dsr1-chat --resume {message.conversation_id[:ID_SHOWN]}")
        line = " · ".join(parts)
        _say(f"{_DIM}{line}{_PLAIN}\n" if self._dim else f"{line}\n")


def figures(message: Message) -> list[str]:
    """Tokens, speed, time to the first token and seconds, as far as they are known."""
    usage, timings = message.usage, message.timings
    found = []
    if usage is not None and usage.completion_tokens:
        found.append(f"{'' if usage.exact else '≈'}{usage.completion_tokens:,} tok")
    if timings is not None and timings.tokens_per_s is not None:
        found.append(f"{timings.tokens_per_s:.0f} tok/s")
    if timings is not None and timings.ttft_s is not None:
        found.append(f"first {timings.ttft_s:.2f} s")
    if timings is not None:
        found.append(f"{timings.total_s:.1f} s")
    return found


_DONE: Final = {
    "tell": "it goes on",
    "answer": "the thought is closed, it answers from what it has",
    "stop": "stopped there",
    "retry": "it is asked once more",
}
"""What a guard's action is called."""


def guard_words(tripped: GuardTripped) -> str:
    """A guard that acted, in one line."""
    done = _DONE.get(tripped.action, "")
    words = "; ".join(words for words in (tripped.detail, done) if words)
    return f"{tripped.guard}: {words}" if words else tripped.guard


def _cut(words: str) -> str:
    return words if len(words) <= ADDITION_SHOWN else f"{words[: ADDITION_SHOWN - 1]}…"


def _say(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        pass  # nobody listens


def verdict(message: Message) -> tuple[ExitCode, str]:
    """The exit code of an answer, and the line that says why it is not 0."""
    if message.error is not None:
        return message.error.exit_code, message.error.line
    whole = bool(message.content.strip())
    match message.finish_reason:
        case FinishReason.STOP if whole:
            return ExitCode.DONE, ""
        case FinishReason.STOP:
            return ExitCode.NO_ANSWER, "The model ended without an answer. Ask again, or raise --max-tokens."
        case FinishReason.LENGTH:
            part = "The answer was" if whole else "It was still thinking when it was"
            limit = message.segments[-1].sampling.max_tokens if message.segments else None
            where = "by the context length" if limit is None else f"at max_tokens ({limit:,})"
            return ExitCode.NO_ANSWER, f"{part} cut off {where}. Raise --max-tokens or ask for less."
        case FinishReason.LOOP:
            return ExitCode.NO_ANSWER, "The model repeated itself and was stopped. Try --loop-policy retry."
        case FinishReason.BUDGET:
            return ExitCode.NO_ANSWER, "The thinking budget was used up before an answer began."
        case FinishReason.STOPPED | FinishReason.CANCELLED:
            return ExitCode.NO_ANSWER, "Stopped; what had come is kept."
        case FinishReason.INTERRUPTED | None:
            return ExitCode.NO_ANSWER, "The answer broke off; what had come is kept. Ask again."
