"""Plays the samples of a reply side by side, a token each in turn as vLLM's batches do, as chunks or as one body."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass

from dsr1_tui.adapters.demo.asked import Asked
from dsr1_tui.adapters.demo.pace import Beat
from dsr1_tui.adapters.demo.reply import Channel, Token
from dsr1_tui.adapters.demo.wire import DONE, Envelope


async def _rounds(samples: Sequence[Iterator[Token]], beat: Beat) -> AsyncGenerator[tuple[int, Token], None]:
    running = dict(enumerate(samples))
    while running:
        drawn = {index: next(sample) for index, sample in running.items()}
        await beat.before(next(iter(drawn.values())).text)
        for index, token in drawn.items():
            yield index, token
        running = {index: sample for index, sample in running.items() if drawn[index].finish is None}


@dataclass(slots=True)
class _Line:
    """One sample on its way out: what is drawn but not yet sent."""

    index: int
    tokens: int = 0
    held: int = 0
    channel: Channel = Channel.REASONING
    text: str = ""


async def stream(
    asked: Asked, envelope: Envelope, samples: Sequence[Iterator[Token]], beat: Beat
) -> AsyncGenerator[bytes, None]:
    """The events of a streamed reply, `[DONE]` among them, each when it is due."""
    lines = [_Line(index) for index in range(len(samples))]
    opened = False
    unfinished = len(lines)
    async for index, token in _rounds(samples, beat):
        if not opened:  # vLLM sends the roles with the first token, not before
            opened = True
            for line in lines:
                yield envelope.role(line.index, usage=asked.running_usage)
        line = lines[index]
        if line.held and (token.channel is not line.channel or token.finish is not None):
            yield _flush(line, asked, envelope)
        line.tokens += 1
        if token.finish is not None:
            unfinished -= 1
            signed = not asked.usage and unfinished == 0
            done = line.tokens if asked.running_usage else None
            yield envelope.last(index, token.channel, token.text, token.finish, done=done, signed=signed)
        elif token.channel is not Channel.HIDDEN:
            line.channel, line.text, line.held = token.channel, line.text + token.text, line.held + 1
            if line.held >= asked.interval:
                yield _flush(line, asked, envelope)
    if asked.usage:
        yield envelope.usage(sum(line.tokens for line in lines))
    yield DONE


def _flush(line: _Line, asked: Asked, envelope: Envelope) -> bytes:
    event = envelope.delta(line.index, line.channel, line.text, done=line.tokens if asked.running_usage else None)
    line.text, line.held = "", 0
    return event


async def whole(envelope: Envelope, samples: Sequence[Iterator[Token]], beat: Beat) -> bytes:
    """The body of a reply that does not stream, when its last token is due."""
    texts = [{Channel.REASONING: "", Channel.CONTENT: "", Channel.HIDDEN: ""} for _ in samples]
    finishes = [""] * len(samples)
    drawn = 0
    async for index, token in _rounds(samples, beat):
        drawn += 1
        texts[index][token.channel] += token.text
        finishes[index] = token.finish or ""
    bodies = [
        (text[Channel.REASONING], text[Channel.CONTENT], finish) for text, finish in zip(texts, finishes, strict=True)
    ]
    return envelope.whole(bodies, drawn)
