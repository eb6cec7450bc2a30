"""A kept conversation, and the list of them, as lines to read."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from dsr1_tui.cli.talk import ID_SHOWN, figures, verdict
from dsr1_tui.domain.message import Message, MessageRole, Summary, Tree
from dsr1_tui.render.cells import cells, clip
from dsr1_tui.render.formula import readable_box
from dsr1_tui.render.line import Line, Role, Span, Style
from dsr1_tui.render.message import render_markdown
from dsr1_tui.render.plain import plain_lines
from dsr1_tui.render.safe import safe

_DIM: Final = Style(Role.DIM)
_NAME: Final = Style(Role.ACCENT, bold=True)
_BOX: Final = Style(Role.BOX)


def conversation_lines(tree: Tree, width: int, *, reasoning: bool) -> Iterator[Line]:
    """The active path, turn by turn; thoughts are counted, or shown with `reasoning`. `width` in cells."""
    yield from _wrapped(tree.conversation.title or "Conversation", width, Style(Role.HEADING, bold=True))
    yield from _wrapped(f"{_moment(tree.conversation.created)} · {tree.conversation.id}", width, _DIM)
    for message in tree.path:
        yield Line()
        if message.role is MessageRole.USER:
            yield Line((Span("You", _NAME),))
            yield from plain_lines(message.content.strip("\n"), width)
        else:
            yield from _answer(message, width, reasoning=reasoning)


def _answer(message: Message, width: int, *, reasoning: bool) -> Iterator[Line]:
    yield from _wrapped(message.model or "model", width, _NAME)
    if message.reasoning.strip():
        yield Line((Span(_thought(message), _DIM),))
        if reasoning:
            for line in plain_lines(message.reasoning.strip("\n"), width - 2, Style(Role.REASONING)):
                yield Line((Span("┆ ", _DIM), *line.spans))
    if message.content.strip():
        yield Line()
        yield from render_markdown(message.content.strip("\n"), width)
    if message.boxed is not None:
        yield Line()
        for line in plain_lines(readable_box(message.boxed), width - 2, _BOX):
            yield Line((Span("┃ ", _BOX), *line.spans))
    yield Line()
    yield Line((Span(" · ".join(figures(message)), _DIM),))
    if why := verdict(message)[1]:
        yield from _wrapped(why, width, Style(Role.WARNING))


def _thought(message: Message) -> str:
    seconds = message.timings.thinking_s if message.timings is not None else None
    words = "Thought" if seconds is None else f"Thought for {seconds:.1f} s"
    if message.usage is not None and message.usage.reasoning_tokens:
        words += f" · {'' if message.usage.exact else '≈'}{message.usage.reasoning_tokens:,} tokens"
    return words


def list_lines(summaries: Sequence[Summary], width: int, *, snippets: bool) -> Iterator[Line]:
    """A line a conversation: id, last use, messages, title, result; with `snippets` also the place found."""
    for summary in summaries:
        conversation = summary.conversation
        head = f"{conversation.id[:ID_SHOWN]}  {_moment(conversation.updated)}  {summary.messages:>3}  "
        pinned = "* " if conversation.pinned else ""
        box = f"   {_one_line(readable_box(summary.boxed))}" if summary.boxed is not None else ""
        room = max(width - cells(head) - min(cells(box), 24), 8)
        title = _cut(pinned + (_one_line(conversation.title) or "(no title)"), room)
        rest = _cut(box, max(width - cells(head) - cells(title), 0))
        yield Line((Span(head, _DIM), Span(title), Span(rest, _BOX)))
        if snippets and summary.snippet:
            yield Line((Span(_cut("    " + _one_line(summary.snippet), width), _DIM),))


def _wrapped(text: str, width: int, style: Style) -> Iterator[Line]:
    yield from plain_lines(_one_line(text), width, style)


def _one_line(text: str) -> str:
    return " ".join(safe(text).split())


def _cut(text: str, width: int) -> str:
    """At most `width` cells, with an ellipsis where something is missing."""
    return text if cells(text) <= width else text[: clip(text, max(width - 1, 0))] + "…"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")
