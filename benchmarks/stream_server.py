"""An endpoint with vLLM's wire form and no model, so that a client alone is measured; a process of its own.

The whole body is made before the first request, so that the server costs next to nothing beside the client; each token
is a chunk of its own, as vLLM sends it. It prints JSON lines, read by the benchmark: `port`, then, for each answer,
`began` and `ended` (`time.monotonic`, which all processes of a machine share) when its first and last byte went out.

    python benchmarks/stream_server.py --tokens 3000 --rate 200
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from stream_text import THOUGHT, answer_tokens, reasoning_tokens

from dsr1_tui.adapters.demo import http

MODEL: Final = "DeepSeek-R1-Distill-Qwen-1.5B"
PROMPT: Final = 20
"""Tokens the prompt is said to have."""
_BATCH: Final = 16
"""Chunks written at once where nothing paces them."""
_NAP_S: Final = 0.005
_HEAD: Final = {"id": "chatcmpl-benchmark", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": MODEL}
_LIST: Final = {
    "object": "list",
    "data": [
        {"id": MODEL, "object": "model", "created": 1_700_000_000, "owned_by": "vllm", "root": MODEL, "parent": None}
        | {"max_model_len": 131_072}
    ],
}


def _framed(event: object) -> bytes:
    data = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    data = b"data: " + data + b"\n\n"
    return b"%x\r\n%s\r\n" % (len(data), data)


def chunks(tokens: int, *, counted: bool) -> list[bytes]:
    """The body's HTTP chunks, one a token; `counted` where each tells the tokens so far (`continuous_usage_stats`)."""

    def events() -> Iterator[object]:
        def event(delta: dict[str, str], done: int, **more: object) -> dict[str, object]:
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None, "token_ids": None} | more
            return _HEAD | {"choices": [choice]} | (usage(done) if counted else {})

        def usage(done: int) -> dict[str, object]:
            details = {"reasoning_tokens": 0}
            counts = {"prompt_tokens": PROMPT, "total_tokens": PROMPT + done, "completion_tokens": done}
            return {"usage": counts | {"completion_tokens_details": details}}

        thought = reasoning_tokens(int(tokens * THOUGHT))
        answer = answer_tokens(tokens - len(thought))
        yield event({"role": "assistant", "content": ""}, 0)
        for done, text in enumerate(thought, 1):
            yield event({"reasoning": text}, done)
        for done, text in enumerate(answer, len(thought) + 1):
            yield event({"content": text}, done)
        yield event({"content": ""}, tokens, finish_reason="stop", stop_reason=None)
        yield _HEAD | {"choices": []} | usage(tokens)
        yield b"[DONE]"

    return [_framed(event) for event in events()]


class StandIn:
    """The endpoint: `/v1/models`, `/v1/chat/completions`, `/health` and `/version`."""

    def __init__(self, tokens: int, rate: float) -> None:
        self._bodies = {counted: chunks(tokens, counted=counted) for counted in (False, True)}
        self._rate = rate

    async def serve(self) -> None:
        """Say the port, then serve until the process is ended."""
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        _say(port=server.sockets[0].getsockname()[1])
        async with server:
            await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._answer(await http.read_request(reader), writer)
        writer.close()

    async def _answer(self, request: http.Request, writer: asyncio.StreamWriter) -> None:
        match request.path:
            case "/v1/chat/completions":
                options = json.loads(request.body).get("stream_options") or {}
                await self._stream(self._bodies[bool(options.get("continuous_usage_stats"))], writer)
            case "/v1/models":
                await http.send(writer, HTTPStatus.OK, json.dumps(_LIST).encode())
            case "/version":
                await http.send(writer, HTTPStatus.OK, b'{"version":"0.32.0"}')
            case "/health":
                await http.send(writer, HTTPStatus.OK, b"")
            case _:
                await http.send(writer, HTTPStatus.NOT_FOUND, b'{"detail":"Not Found"}')

    async def _stream(self, body: Sequence[bytes], writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(0)  # a drain then waits until the kernel has all of it
        head = "HTTP/1.1 200 OK\r\ncontent-type: {}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
        writer.write(head.format(http.EVENT_STREAM).encode())
        began, sent = time.monotonic(), 0
        _say(began=began)
        last = len(body) - 4  # the last token and what ends the answer go out together, as vLLM sends them
        while sent < last:
            if self._rate:
                due = min(int((time.monotonic() - began) * self._rate) + 1, last)
                if due <= sent:
                    await asyncio.sleep(min(_NAP_S, 1 / self._rate))
                    continue
            else:
                due = min(sent + _BATCH, last)
            writer.writelines(body[sent:due])
            sent = due
            await writer.drain()
        writer.write(b"".join(body[last:]) + b"0\r\n\r\n")
        await writer.drain()
        _say(ended=time.monotonic())


def _say(**what: float) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=200, help="tokens a second; 0: as fast as they are taken")
    asked = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(StandIn(asked.tokens, asked.rate).serve())


if __name__ == "__main__":
    main()
