"""A kept conversation as a file for people (Markdown) or for programs (JSON)."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from dsr1_tui.domain.message import Message, MessageRole, Status, Tree
from dsr1_tui.domain.sampling import INHERIT, SERVER, Sampling, SamplingLayer
from dsr1_tui.domain.sampling_fields import FIELDS, shown
from dsr1_tui.render.safe import safe

FORMAT: Final = "dsr1-chat.conversation"
FORMAT_VERSION: Final = 1

_NOT_WHOLE: Final = {
    Status.STREAMING: "Still streaming when this was exported.",
    Status.STOPPED: "Stopped here.",
    Status.INTERRUPTED: "Interrupted here.",
    Status.FAILED: "Failed here.",
}
_STEERING: Final = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
"""What JSON lets stand raw and a terminal acts on, or a file cannot hold."""


def export_markdown(tree: Tree) -> str:
    """The active path as Markdown: a heading for each turn, thoughts as quotes, each answer's figures below it.

    Safe to print: what would steer a terminal is made visible. Answers off the active path are counted, not shown.
    """
    conversation = tree.conversation
    head = [
        f"# {_line(conversation.title) or 'Conversation'}",
        f"*{_moment(conversation.created)} · {conversation.id}*",
    ]
    parts = [*head, *(part for message in tree.path for part in _turn(tree, message))]
    return safe("\n\n".join(parts)) + "\n"


def export_json(tree: Tree) -> str:
    """All of a conversation, its side branches too, as one JSON object.

    Shape::

        {"format": "dsr1-chat.conversation", "version": 1,
         "conversation": {"id", "title", "created", "updated", "active_leaf", "pinned", "settings"},
         "messages": [{"id", "parent_id", "role", "status", "created", "updated", "reasoning", "content",
                       "finish_reason", "boxed", "model", "endpoint", "rules", "sample_group", "guards",
                       "usage": {"prompt_tokens", "completion_tokens", "reasoning_tokens", "exact"} or null,
                       "timings": {"ttft_s", "thinking_s", "total_s", "tokens_per_s"} or null,
                       "segments": [{"from_char", "cause", "settings"}],
                       "error": {"code", "message", "hint"} or null}]}

    Messages stand oldest first; `parent_id` makes them a tree, and `active_leaf` names the end of its active path.
    Times are ISO 8601 in UTC. In `settings` an absent field was not set, and null leaves it to the server. Characters
    that would steer a terminal are written as escapes, so the object can be printed and loses nothing.
    """
    conversation = tree.conversation
    found = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "conversation": {
            "id": conversation.id,
            "title": conversation.title,
            "created": _iso(conversation.created),
            "updated": _iso(conversation.updated),
            "active_leaf": conversation.active_leaf,
            "pinned": conversation.pinned,
            "settings": _layer(conversation.settings),
        },
        "messages": [_message(message) for _, message in sorted(tree.messages.items())],
    }
    text = json.dumps(found, ensure_ascii=False, indent=2)
    return _STEERING.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def _message(message: Message) -> dict[str, object]:
    return {
        "id": message.id,
        "parent_id": message.parent_id,
        "role": message.role,
        "status": message.status,
        "created": _iso(message.created),
        "updated": _iso(message.updated),
        "reasoning": message.reasoning,
        "content": message.content,
        "finish_reason": message.finish_reason,
        "boxed": message.boxed,
        "model": message.model,
        "endpoint": message.endpoint,
        "rules": message.rules,
        "sample_group": message.sample_group,
        "guards": message.guards,
        "usage": message.usage and asdict(message.usage),
        "timings": message.timings and asdict(message.timings),
        "segments": [
            {"from_char": part.from_char, "cause": part.cause, "settings": part.sampling.sent()}
            for part in message.segments
        ],
        "error": message.error and asdict(message.error),
    }


def _layer(layer: SamplingLayer) -> dict[str, object]:
    values = ((spec.name, layer.get(spec.name)) for spec in FIELDS)
    return {name: None if value is SERVER else value for name, value in values if value is not INHERIT}


def _turn(tree: Tree, message: Message) -> Iterator[str]:
    if message.role is MessageRole.USER:
        yield "## You"
        yield message.content.strip("\n")
        return
    yield f"## {_line(message.model) or 'Model'}"
    if message.reasoning.strip():
        seconds = message.timings.thinking_s if message.timings else None
        yield _quoted(f"**Thought{'' if seconds is None else f' for {seconds:.0f} s'}**\n\n{message.reasoning.strip()}")
    if message.content.strip():
        yield message.content.strip("\n")
    if message.boxed is not None:
        yield f"**Result:** {_maths(message.boxed)}"
    if message.status in _NOT_WHOLE:
        said = f" {message.error.message}" if message.error else ""
        yield f"*{_NOT_WHOLE[message.status]}{said}*"
    if figures := " · ".join(_figures(message)):
        yield f"*{figures}*"
    if (others := len(tree.siblings(message)) - 1) > 0:
        yield f"*{others} other {'answer is' if others == 1 else 'answers are'} kept, and in the JSON export.*"


def _figures(message: Message) -> Iterator[str]:
    if message.usage is not None:
        yield f"{'' if message.usage.exact else '≈ '}{message.usage.completion_tokens:,} tokens"
    if message.timings is not None:
        if message.timings.tokens_per_s is not None:
            yield f"{message.timings.tokens_per_s:.1f} tok/s"
        if message.timings.ttft_s is not None:
            yield f"first token after {message.timings.ttft_s:.2f} s"
        yield f"{message.timings.total_s:.1f} s"
    if message.sampling is not None and (settings := _settings(message.sampling)):
        yield settings


def _settings(sampling: Sampling) -> str:
    values = ((spec, sampling.get(spec.name)) for spec in FIELDS)
    return ", ".join(f"{spec.name} {_line(shown(spec, value))}" for spec, value in values if value is not None)


def _quoted(text: str) -> str:
    """A block quote: whatever the thought holds, open fences and tags too, it ends where the quote ends."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _maths(body: str) -> str:
    line = _line(body)
    return line if "$" in line else f"${line}$"


def _line(text: str) -> str:
    return " ".join(text.split())


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
