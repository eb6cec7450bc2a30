"""The demo's endpoint: a server on loopback, in this process, that answers like vLLM from recordings."""

import asyncio
import secrets
import time
import zlib
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import aclosing, suppress
from http import HTTPStatus
from types import TracebackType
from typing import Self

from dsr1_tui.adapters.demo import http
from dsr1_tui.adapters.demo.asked import Asked, RefusedError, parse
from dsr1_tui.adapters.demo.library import unknown
from dsr1_tui.adapters.demo.matching import index, pick
from dsr1_tui.adapters.demo.pace import Pacer
from dsr1_tui.adapters.demo.playback import stream, whole
from dsr1_tui.adapters.demo.reply import Token, tokens
from dsr1_tui.adapters.demo.transcript import Transcript
from dsr1_tui.adapters.demo.wire import VERSION, Envelope, Json, dumps, model_list, refusal


class DemoServer:
    """Serves recordings while its context is open; a reply stops when its client goes away."""

    def __init__(self, transcripts: Sequence[Transcript], *, pace: Pacer) -> None:
        self._known = index(transcripts)
        self._unknown = unknown(transcripts)
        self._pace = pace
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self._started = int(time.time())
        self._turns: Counter[str] = Counter()
        self._running = 0

    @property
    def base_url(self) -> str:
        """Where it listens, ending in `/v1`.

        Raises:
            RuntimeError: it does not listen.
        """
        if self._server is None:
            raise RuntimeError("the demo server is not running")
        port: int = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/v1"

    @property
    def running(self) -> int:
        """Chat requests being answered now."""
        return self._running

    async def __aenter__(self) -> Self:
        """Listen on a free port of 127.0.0.1."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and break off what is still being answered."""
        del kind, error, trace
        if self._server is None:
            return
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.get_running_loop().create_task(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await http.read_request(reader)
            await _while_connected(reader, self._answer(request, writer))
        except http.BadRequestError:
            with suppress(ConnectionError):
                await http.send(writer, HTTPStatus.BAD_REQUEST, b"Invalid HTTP request received.", "text/plain")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, which is its right
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, request: http.Request, writer: asyncio.StreamWriter) -> None:
        known: dict[str, tuple[str, bytes | None]] = {
            "/health": ("GET", b""),
            "/ping": ("GET", b""),
            "/version": ("GET", dumps({"version": VERSION})),
            "/v1/models": ("GET", model_list(self._started)),
            "/v1/chat/completions": ("POST", None),
        }
        method, body = known.get(request.path, ("", b""))
        if not method:
            await http.send(writer, HTTPStatus.NOT_FOUND, _detail("Not Found"))
        elif method != request.method:
            await http.send(writer, HTTPStatus.METHOD_NOT_ALLOWED, _detail("Method Not Allowed"))
        elif body is not None:
            await http.send(writer, HTTPStatus.OK, body)
        else:
            self._running += 1
            try:
                await self._chat(parse(request.body), writer)
            except RefusedError as error:
                await http.send(writer, HTTPStatus(error.status), refusal(error))
            finally:
                self._running -= 1

    async def _chat(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        transcript = pick(self._known, asked.question) or self._unknown
        samples = self._drawn(asked, transcript)
        envelope = Envelope(
            id=f"chatcmpl-{secrets.token_hex(8)}", created=int(time.time()), prompt_tokens=asked.prompt_tokens
        )
        beat = self._pace.begin(zlib.crc32(transcript.question.encode()))
        if asked.stream:
            async with aclosing(stream(asked, envelope, samples, beat)) as events:
                await http.send_events(writer, events)
        else:
            await http.send(writer, HTTPStatus.OK, await whole(envelope, samples, beat))

    def _drawn(self, asked: Asked, transcript: Transcript) -> list[Iterator[Token]]:
        """The samples to play: by the seed if there is one, else those after the ones played last."""
        known = transcript.samples
        first = self._turns[transcript.name] if asked.seed is None else asked.seed
        if asked.seed is None:
            self._turns[transcript.name] += asked.samples
        chosen = (known[(first + number) % len(known)] for number in range(asked.samples))
        return [tokens(transcript, sample, asked.max_tokens) for sample in chosen]


async def _while_connected(reader: asyncio.StreamReader, answer: Coroutine[object, None, None]) -> None:
    """Run `answer` until it is done or the client closes its end, whichever comes first."""
    sending = asyncio.create_task(answer)
    listening = asyncio.create_task(_gone(reader))
    try:
        await asyncio.wait({sending, listening}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if not sending.done():
            sending.cancel()
        listening.cancel()
        results = await asyncio.gather(sending, listening, return_exceptions=True)
    error = results[0]
    if isinstance(error, BaseException) and not isinstance(error, asyncio.CancelledError):
        raise error


async def _gone(reader: asyncio.StreamReader) -> None:
    """Return when the client closes its end; what it sends until then is of no interest."""
    while await reader.read(4096):
        pass


def _detail(text: str) -> bytes:
    detail: Json = {"detail": text}
    return dumps(detail)
