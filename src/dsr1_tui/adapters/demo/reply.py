"""A recorded sample as the tokens a model would have drawn, those that vLLM counts but does not show among them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from dsr1_tui.adapters.demo.pieces import pieces
from dsr1_tui.adapters.demo.transcript import Ending, Sample, Transcript


class Channel(StrEnum):
    """Where a token's text goes, by the delta's own field names."""

    REASONING = "reasoning"
    CONTENT = "content"
    HIDDEN = "hidden"
    """`</think>`: counted in the usage, sent in no chunk."""


@dataclass(frozen=True, slots=True)
class Token:
    """One step of one sample."""

    channel: Channel
    text: str
    finish: str | None = None
    """Set on the last token of a sample: `stop` or `length`."""


def tokens(transcript: Transcript, sample: Sample, max_tokens: int | None = None) -> Iterator[Token]:
    """The tokens of a sample to its end, its transcript's limit or `max_tokens`; the last one has a `finish`."""
    limit = transcript.limit if max_tokens is None else min(transcript.limit, max_tokens)
    for number, token in enumerate(_drawn(sample, transcript.ending), start=1):
        if number == limit and token.finish is None:
            channel = Channel.CONTENT if token.channel is Channel.HIDDEN else token.channel
            text = "" if token.channel is Channel.HIDDEN else token.text
            yield replace(token, channel=channel, text=text, finish="length")
            return
        yield token


def _drawn(sample: Sample, ending: Ending) -> Iterator[Token]:
    for text in pieces(sample.thought):
        yield Token(Channel.REASONING, text)
    while sample.again:
        for text in pieces(sample.again):
            yield Token(Channel.REASONING, text)
    # R1 puts its closing tag on a line of its own, so that even an empty thought is one line break.
    yield Token(Channel.REASONING, "\n")
    yield Token(Channel.HIDDEN, "</think>")
    yield Token(Channel.CONTENT, "\n\n")
    *body, last = pieces(sample.answer)
    for text in body:
        yield Token(Channel.CONTENT, text)
    match ending:
        case Ending.LENGTH:
            yield Token(Channel.CONTENT, last, "length")
        case Ending.STOP:
            yield Token(Channel.CONTENT, last)
            yield Token(Channel.CONTENT, "", "stop")  # the end-of-sentence token: counted, its text is nothing
