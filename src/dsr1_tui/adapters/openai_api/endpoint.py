"""`ports.Endpoint` and `ports.Extras` over an OpenAI-compatible API: connects late, ends every fault as an event."""

import asyncio
import importlib
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TYPE_CHECKING, Final

from dsr1_tui.adapters.openai_api.body import Concessions, fields_of, fields_on, sent_interval
from dsr1_tui.adapters.openai_api.chunks import ChunkReader
from dsr1_tui.adapters.openai_api.extras import ServerExtras
from dsr1_tui.adapters.openai_api.faults import Scene, broken, not_an_api, scene_of
from dsr1_tui.adapters.openai_api.listing import parse_models
from dsr1_tui.adapters.openai_api.sse import LineTooLongError, SSELines
from dsr1_tui.domain.events import AnswerEvent
from dsr1_tui.domain.fault import Fault, FaultError
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import ChatRequest, Continuation, ModelInfo, PromptMessage
from dsr1_tui.domain.rules import is_r1
from dsr1_tui.domain.target import Target
from dsr1_tui.domain.thinking import CLOSE, OPEN

if TYPE_CHECKING:
    from dsr1_tui.adapters.openai_api.link import Link

_LINK_MODULE: Final = "dsr1_tui.adapters.openai_api.link"

ALIVE_S: Final = 2.0
GRACE_S: Final = 2.0
"""Wait for usage and `[DONE]` after the server has ended every sample: the answer is whole by then."""
DRAIN_S: Final = 0.2
"""Wait for the end of the response after `[DONE]`, without which the connection could not be used again."""
PAUSE_S: Final = 0.03
"""Pause after a read that had to wait, once text flows: the kernel joins what comes meanwhile, which halves the CPU
of a stream of 200 tokens/s. Screens draw no more often than this anyway."""
_WAITED_S: Final = 0.001


async def warm_up() -> None:
    """Import openai in a thread, so that the first request does not wait for it; safe to call at any time."""
    if _LINK_MODULE not in sys.modules:
        await asyncio.to_thread(importlib.import_module, _LINK_MODULE)


_Body = AsyncGenerator[bytes, None]
_Fields = dict[str, object]


class OpenAIEndpoint:
    """Satisfies `ports.Endpoint` and `ports.Extras`.

    For one sample `UsageTick` comes before its last event; for several it tells of all of them together, and may come
    after the last event of some. Token counts are exact where the server sends them with its chunks (vLLM, once
    `models` has been asked), else one a chunk (`stream_interval`, where that was sent).
    """

    def __init__(
        self,
        target: Target,
        *,
        clock: Callable[[], float] = time.monotonic,
        inactivity_s: float = 120.0,
        connect_s: float = 5.0,
        in_thought: bool | None = None,
        retries: int = 2,
        pause_s: float = PAUSE_S,
    ) -> None:
        """Nothing is connected or imported yet.

        Args:
            target: where.
            clock: monotonic seconds, the `at` of every event.
            inactivity_s: silence after which a stream is given up.
            connect_s: longest wait for a connection, each try.
            in_thought: whether replies open inside the thought; None: for R1 by name or root, for others not.
            retries: how often a request that got no answer is sent again, at most.
            pause_s: see `PAUSE_S`; 0 gives every chunk its own time, for measurements.
        """
        self._target = target
        self._clock = clock
        self._inactivity_s = inactivity_s
        self._connect_s = connect_s
        self._in_thought = in_thought
        self._retries = retries
        self._pause_s = pause_s
        self._link: Link | None = None
        self._closed = False
        self._listed: dict[str, ModelInfo] = {}
        self._vllm: bool | None = None
        self._concessions = Concessions()
        self._extras = ServerExtras(target, self._connected)
        self._parsed_out: set[str] = set()
        """Models whose reasoning came in a field of its own: tags in their content are plain text."""

    @property
    def target(self) -> Target:
        """Where it is."""
        return self._target

    async def models(self) -> tuple[ModelInfo, ...]:
        """The models it serves; after this the endpoint knows whether it talks to vLLM.

        Raises:
            FaultError: unreachable, proxy, unauthorized, not-an-api, server-error.
        """
        link = await self._connected()
        listed = parse_models(await link.get_json("/models"))
        if listed is None:
            raise FaultError(not_an_api(scene_of(self._target), "not with a list of models"))
        self._listed = {model.id: model for model in listed}
        self._vllm = self._extras.vllm = any(model.is_vllm for model in listed)
        return listed

    async def alive(self) -> bool:
        """Whether the server answers now: within `ALIVE_S` seconds; never raises."""
        try:
            link = await self._connected()
        except FaultError:
            return False
        return await link.healthy(ALIVE_S)

    async def aclose(self) -> None:
        """Close all connections; a stream that is being read ends as broken."""
        self._closed = True
        if self._link is not None:
            await self._link.aclose()

    def stream(self, request: ChatRequest) -> AsyncGenerator[AnswerEvent, None]:
        """Answer a request; see `ports.Endpoint.stream`."""
        scene = scene_of(self._target, request.messages)
        reader = ChunkReader(
            model=request.model,
            samples=request.samples,
            scene=scene,
            opens_in_thought=self._opens_in_thought(request),
            tokens_per_chunk=sent_interval(request, vllm=self._vllm) or 1,
        )

        async def opened(stack: AsyncExitStack) -> _Body:
            link = await self._connected()
            return await self._insist(
                stack,
                lambda: fields_of(request, vllm=self._vllm, concessions=self._concessions),
                lambda fields: link.answer(scene, request.model, request.messages, fields),
            )

        return self._read(request.model, scene, reader, opened)

    def continue_(self, request: Continuation) -> AsyncGenerator[AnswerEvent, None]:
        """Take up a reply in its middle; see `ports.Extras.continue_`."""
        so_far = (PromptMessage(MessageRole.ASSISTANT, text) for text in (request.reasoning, request.answer))
        scene = scene_of(self._target, (*request.messages, *so_far))
        reader = ChunkReader(
            model=request.model,
            samples=1,
            scene=scene,
            opens_in_thought=not request.closed,
            begun=_begun(request),
        )

        async def opened(stack: AsyncExitStack) -> _Body:
            link = await self._connected()
            try:
                prompt = await self._extras.prompt_of(request, scene)
                limit = self._listed.get(request.model, ModelInfo(id=request.model)).max_model_len
                room = prompt.room if prompt.room is not None or limit is None else limit - len(prompt.ids)
                return await self._insist(
                    stack,
                    lambda: fields_on(request, room=room, vllm=self._vllm, concessions=self._concessions),
                    lambda fields: link.completion(scene, request.model, prompt.ids, fields),
                )
            except FaultError as error:
                raise FaultError(self._extras.cannot(error.fault, scene)) from None

        return self._read(request.model, scene, reader, opened)

    async def can_continue(self) -> bool:
        """See `ports.Extras.can_continue`."""
        return await self._extras.can_continue(self._target.model or next(iter(self._listed), None))

    async def count(self, model: str, messages: tuple[PromptMessage, ...]) -> int | None:
        """See `ports.Extras.count`."""
        return await self._extras.count(model, messages)

    async def rendered(self, model: str, messages: tuple[PromptMessage, ...]) -> str | None:
        """See `ports.Extras.rendered`."""
        return await self._extras.rendered(model, messages)

    def budget_supported(self) -> bool | None:
        """See `ports.Extras.budget_supported`."""
        return False if self._vllm is False else self._concessions.budget

    async def _read(
        self, model: str, scene: Scene, reader: ChunkReader, opened: Callable[[AsyncExitStack], Awaitable[_Body]]
    ) -> AsyncGenerator[AnswerEvent, None]:
        """The events of the response that `opened` opens."""
        lines = SSELines()
        now = asyncio.get_running_loop().time
        fault: Fault | None = None
        try:
            async with AsyncExitStack() as stack:
                body = await opened(stack)
                while not reader.done:
                    asked = now()
                    data = await _next(body, GRACE_S if reader.complete else None)
                    waited, at = now() - asked > _WAITED_S, self._clock()
                    for payload in lines.feed(data) if data else lines.end():
                        for event in reader.read(payload, at):
                            yield event
                    if not data:
                        break
                    if waited and self._pause_s and reader.flowing and not reader.complete:
                        await asyncio.sleep(self._pause_s)
                if reader.done:
                    await _next(body, DRAIN_S)
                elif not reader.reads:
                    fault = not_an_api(scene, "not with the chunks of a completion")
        except FaultError as error:
            fault = error.fault
        except LineTooLongError:
            fault = broken(scene, "brought a line without an end")
        finally:
            if reader.saw_field:
                self._parsed_out.add(model)
        for event in reader.end(fault, self._clock()):
            yield event

    async def _insist(
        self,
        stack: AsyncExitStack,
        fields_now: Callable[[], _Fields],
        send: Callable[[_Fields], AbstractAsyncContextManager[_Body]],
    ) -> _Body:
        """Send the request; again without a field that the server refuses, which each can do once."""
        while True:
            fields = fields_now()
            try:
                body = await stack.enter_async_context(send(fields))
            except FaultError as error:
                if not self._concessions.concede(error.fault, fields):
                    raise
            else:
                self._concessions.accepted(fields)
                return body

    async def _connected(self) -> "Link":
        if self._closed:
            raise FaultError(broken(scene_of(self._target), "was closed here"))
        if self._link is None:
            await warm_up()
            from dsr1_tui.adapters.openai_api import link  # noqa: PLC0415 - too heavy for the start; loaded by warm_up

            if self._link is None:  # another task may have been quicker while openai was imported
                limits = {"connect_s": self._connect_s, "inactivity_s": self._inactivity_s}
                self._link = link.Link(self._target, retries=self._retries, **limits)
        return self._link

    def _opens_in_thought(self, request: ChatRequest) -> bool | None:
        model = request.model
        if model in self._parsed_out:
            return None
        if request.prefill is not None:
            return request.prefill.content.rfind(OPEN) > request.prefill.content.rfind(CLOSE)
        return is_r1(self._listed.get(model, ModelInfo(id=model))) if self._in_thought is None else self._in_thought


def _begun(request: Continuation) -> str:
    """What the reader takes as read, so that newlines between what was said and what follows are kept."""
    if request.closed:
        return "." if request.answer or request.opening else ""
    return f"{OPEN}." if request.reasoning or request.opening else OPEN


async def _next(body: AsyncGenerator[bytes, None], limit_s: float | None) -> bytes:
    """The next bytes; none at the end, or after `limit_s` seconds."""
    if limit_s is None:
        return await anext(body, b"")
    try:
        async with asyncio.timeout(limit_s):
            return await anext(body, b"")
    except TimeoutError:
        return b""
