"""An endpoint with vLLM's wire form and no model that sends many samples in one stream; a process of its own.

It honours `n` and `stream_interval`: a chunk then holds that many tokens of one sample, and the chunks of all samples
go out together, as one step of the engine's batch makes them. A request for one sample gets a short answer. It prints
what `stream_server.py` prints.

    python benchmarks/fanout_server.py --tokens 2000 --rate 100
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from stream_server import _HEAD, _LIST, PROMPT, StandIn, _framed, _say
from stream_text import THOUGHT, reasoning_tokens

from dsr1_tui.adapters.demo import http
from dsr1_tui.adapters.demo.pieces import pieces

_SHIFT: Final = 61
"""Tokens by which each sample's thought begins later in the same text: no two say the same."""


def rounds(samples: int, tokens: int, every: int, *, counted: bool) -> list[bytes]:
    """The body: for each step in which chunks go out, those of all samples; the last ends everything.

    Half of the samples box 6, half 7, so that the vote is open to its last sample.
    """
    pool = reasoning_tokens(tokens + samples * _SHIFT)

    def chunk(index: int, delta: dict[str, str], done: int, **more: object) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": None, "token_ids": None} | more
        event: dict[str, object] = _HEAD | {"choices": [choice]}
        return _framed(event | {"usage": _usage(done)} if counted else event)

    texts = []
    for index in range(samples):
        answer = [*pieces(f"\n\nAll of them were tried.\n\nSample {index + 1} says: \\boxed{{{6 + index % 2}}}"), "."]
        thought = pool[index * _SHIFT :][: max(int(tokens * THOUGHT), tokens - len(answer))]
        texts.append((thought, answer))
    body = [b"".join(chunk(index, {"role": "assistant", "content": ""}, 0) for index in range(samples))]
    for first in range(0, tokens, every):
        step = []
        for index, (thought, answer) in enumerate(texts):
            done = min(first + every, tokens)
            said = {
                "reasoning": "".join(thought[first:done]),
                "content": "".join(answer[max(first - len(thought), 0) : max(done - len(thought), 0)]),
            }
            step += [chunk(index, {key: text}, done) for key, text in said.items() if text]
        body.append(b"".join(step))
    body.append(
        b"".join(
            chunk(index, {"content": ""}, tokens, finish_reason="stop", stop_reason=None) for index in range(samples)
        )
        + _framed(_HEAD | {"choices": [], "usage": _usage(tokens * samples)})
        + _framed(b"[DONE]")
    )
    return body


def _usage(done: int) -> dict[str, object]:
    return {"prompt_tokens": PROMPT, "total_tokens": PROMPT + done, "completion_tokens": done}


class FanStandIn(StandIn):
    """The endpoint, for many samples."""

    def __init__(self, tokens: int, rate: float) -> None:
        super().__init__(8, rate)
        self._tokens = tokens
        self._made: dict[tuple[int, int, bool], list[bytes]] = {}

    async def _answer(self, request: http.Request, writer: asyncio.StreamWriter) -> None:
        if request.path == "/v1/models":
            await http.send(writer, HTTPStatus.OK, json.dumps(_LIST).encode())
            return
        asked = json.loads(request.body) if request.path == "/v1/chat/completions" else {}
        samples, every = int(asked.get("n") or 1), int(asked.get("stream_interval") or 1)
        if samples == 1:
            await super()._answer(request, writer)
            return
        counted = bool((asked.get("stream_options") or {}).get("continuous_usage_stats"))
        key = (samples, every, counted)
        if key not in self._made:
            self._made[key] = rounds(samples, self._tokens, every, counted=counted)
        await self._fan(self._made[key], every, writer)

    async def _fan(self, body: Sequence[bytes], every: int, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(0)  # a drain then waits until the kernel has all of it
        head = "HTTP/1.1 200 OK\r\ncontent-type: {}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
        writer.write(head.format(http.EVENT_STREAM).encode())
        began = time.monotonic()
        _say(began=began)
        for step, data in enumerate(body[:-1]):
            await asyncio.sleep(max(began + step * every / self._rate - time.monotonic(), 0))
            writer.write(data)
            await writer.drain()
        writer.write(body[-1] + b"0\r\n\r\n")
        await writer.drain()
        _say(ended=time.monotonic())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=2000, help="of each sample")
    parser.add_argument("--rate", type=float, default=100, help="tokens a second of each sample")
    asked = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(FanStandIn(asked.tokens, asked.rate).serve())


if __name__ == "__main__":
    main()
