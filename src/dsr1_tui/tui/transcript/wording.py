"""The words a turn is described with: heading, footer, result and notices, as lines."""

from collections.abc import Sequence
from typing import Final

from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.message import Message, Status, Timings, Usage
from dsr1_tui.domain.meter import Meter
from dsr1_tui.domain.rules import Rules
from dsr1_tui.render.cells import cells
from dsr1_tui.render.line import Line, Role, Span, Style
from dsr1_tui.render.safe import safe

DIM: Final = Style(Role.DIM)
ACCENT: Final = Style(Role.ACCENT, bold=True)
WARN: Final = Style(Role.WARNING)
ERROR: Final = Style(Role.ERROR)
_NAME_CELLS: Final = 24
_DOT: Final = " · "
_MINUTE: Final = 60


def seconds(value: float) -> str:
    """`0.21 s`, `8.4 s`, `42 s`, `3 min 20 s`."""
    if value < 1:
        return f"{value:.2f} s"
    if value < _MINUTE:
        return f"{value:.1f} s" if value < 20 else f"{value:.0f} s"  # noqa: PLR2004  a tenth says nothing past 20 s
    return f"{int(value // _MINUTE)} min {int(value % _MINUTE)} s"


def tokens(count: int, *, exact: bool, unit: str = "tok") -> str:
    """`1,902 tok`, with `≈` where it is an estimate."""
    return f"{'' if exact else '≈'}{count:,} {unit}"


def speaker(model: str, rules: str) -> str:
    """The short name an answer stands under."""
    if rules == Rules.R1.value:
        return "R1"
    name = model.rstrip("/").rsplit("/", 1)[-1] or "model"
    return name if len(name) <= _NAME_CELLS else name[: _NAME_CELLS - 1] + "…"


def user_head() -> Line:
    """The line above a question."""
    return Line((Span("You", ACCENT),))


def addition(label: str) -> Line:
    """Something that went with a question and was not typed."""
    return Line((Span(f"+ {safe(label)}", DIM),))


def answer_head(name: str, ways: Sequence[str], width: int, *, mark: str = "") -> Line:
    """The line above an answer: its speaker, what is said of the thinking: the first of `ways` that fits, else none."""
    before = "   " + (mark + " " if mark else "")
    room = width - cells(name) - cells(before)
    words = next((way for way in ways if cells(way) <= room), "")
    return Line((Span(name, ACCENT), Span(before + words, DIM)) if words else (Span(name, ACCENT),))


_BAR: Final = 10


def thinking_ways(meter: Meter, now: float, budget: int | None = None) -> list[str]:
    """`Thinking 7 s · 258 tok · 37 tok/s · budget ▓▓▓░░░░░░░ 13 %`, and shorter ways to say it, the longest first."""
    since = meter.first_at if meter.first_at is not None else now
    first = [f"Thinking {max(now - since, 0):.0f} s", tokens(meter.reasoning_tokens, exact=meter.exact)]
    rate = [] if meter.rate is None else [f"{meter.rate:.0f} tok/s"]
    if not budget:
        return _ways([*first, *rate])
    share = min(meter.reasoning_tokens / budget, 1.0)
    full = round(share * _BAR)
    percent = f"{share * 100:.0f} %"
    bar = f"budget {'▓' * full}{'░' * (_BAR - full)} {percent}"
    return [_DOT.join([*first, *rate, bar]), _DOT.join([*first, *rate, f"budget {percent}"]), *_ways([*first, bar])]


def thought_ways(usage: Usage | None, timings: Timings | None) -> list[str]:
    """`Thought for 12.4 s · 431 tokens`, and shorter ways likewise."""
    parts = ["Thought"]
    if timings is not None and timings.thinking_s is not None:
        parts = [f"Thought for {seconds(timings.thinking_s)}"]
    if usage is not None and usage.reasoning_tokens:
        unit = "token" if usage.reasoning_tokens == 1 else "tokens"
        parts.append(tokens(usage.reasoning_tokens, exact=usage.exact, unit=unit))
    return _ways(parts)


def _ways(parts: Sequence[str]) -> list[str]:
    """The parts joined, all of them and then ever fewer from the end."""
    return [_DOT.join(parts[:count]) for count in range(len(parts), 0, -1)]


def footer(message: Message, place: tuple[int, int] = (1, 1), width: int = 1000) -> tuple[Line, ...]:
    """Tokens, rate, first token and seconds of an answer, and how it ended where it did not end by itself.

    As many lines as it takes in `width` cells without cutting one of these; none where there is nothing to say.
    """
    parts: list[str] = []
    if message.usage is not None and message.usage.completion_tokens:
        parts.append(tokens(message.usage.completion_tokens, exact=message.usage.exact))
    if (timings := message.timings) is not None:
        if timings.tokens_per_s is not None:
            parts.append(f"{timings.tokens_per_s:.0f} tok/s")
        if timings.ttft_s is not None:
            parts.append(f"first {seconds(timings.ttft_s)}")
        if timings.total_s:
            parts.append(seconds(timings.total_s))
    told = [(_DOT, Span(part, DIM)) for part in parts]
    if ending := ending_words(message):
        told.append((_DOT, Span(ending, WARN)))
    if place[1] > 1:
        told.append(("   ", Span(f"‹ {place[0]}/{place[1]} ›", DIM)))
    return _wrapped(told, width)


def _wrapped(told: Sequence[tuple[str, Span]], width: int) -> tuple[Line, ...]:
    """Pieces, each with what parts it from the one before, in lines of at most `width` cells."""
    lines: list[list[Span]] = []
    used = 0
    for between, piece in told:
        if lines and used + cells(between) + cells(piece.text) <= width:
            lines[-1] += [Span(between, DIM), piece]
            used += cells(between) + cells(piece.text)
        else:
            lines.append([piece])
            used = cells(piece.text)
    return tuple(Line(tuple(line)) for line in lines)


def ending_words(message: Message) -> str:
    """How an answer ended, in words; empty where it ended by itself."""
    match message.finish_reason:
        case FinishReason.LENGTH:
            return "cut off at the reply limit"
        case FinishReason.STOPPED:
            return "stopped"
        case FinishReason.LOOP:
            return "stopped: it was repeating itself"
        case FinishReason.BUDGET:
            return "stopped: thinking budget used up"
        case FinishReason.CANCELLED:
            return "no longer needed"
        case FinishReason.INTERRUPTED:
            return "interrupted"
        case FinishReason.STOP if not message.content.strip():
            return "ended without an answer"
        case FinishReason.STOP | None:
            return "streaming in another window" if message.status is Status.STREAMING else ""
