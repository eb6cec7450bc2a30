"""The HTTP side of the endpoint: the one module that loads openai and httpx2 (half a CPU second), so loaded late."""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol, cast

import httpx2
import openai
import openai.resources.chat.completions

from dsr1_tui import __version__
from dsr1_tui.adapters.openai_api import troubles
from dsr1_tui.adapters.openai_api.faults import Scene, broken, fault_of_status, not_an_api, scene_of, silent
from dsr1_tui.domain.fault import Fault, FaultCode, FaultError, fail
from dsr1_tui.domain.request import PromptMessage
from dsr1_tui.domain.target import Target

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

NO_KEY: Final = "EMPTY"
"""Sent where no key is given: the client insists on one, and a vLLM without `--api-key` ignores it."""

_NOT_A_STREAM: Final = frozenset({"text/html", "application/json"})
_HEAD_BYTES: Final = 64 * 1024

_NO_ANSWER: Final = (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError)
"""What the client raises where no response came, or one that says no."""
_CUT_OFF: Final = (httpx2.HTTPError, httpx2.StreamError, OSError)
"""What it raises while a response is read."""


class _Opened(Protocol):
    """What a request that is being answered gives."""

    @property
    def http_response(self) -> httpx2.Response: ...


class _Client(openai.AsyncOpenAI):
    """openai's client without what it takes from `OPENAI_*` variables, which belong to another service."""

    @property
    def default_headers(self) -> dict[str, str | openai.Omit]:
        return {
            "Accept": "application/json, text/event-stream",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": f"dsr1-chat/{__version__}",
        }


class Link:
    """One server's connections; its methods raise `FaultError` for whatever goes wrong outside."""

    def __init__(self, target: Target, *, connect_s: float, inactivity_s: float, retries: int) -> None:
        """Make the client; nothing is sent.

        Raises:
            FaultError: (proxy, config) the environment names a proxy or certificates that cannot be used;
                (unauthorized) the key cannot be sent.
        """
        self._target = target
        self._inactivity_s = inactivity_s
        self._connect_s = connect_s
        self._closed = False
        logging.getLogger("openai").setLevel(logging.CRITICAL)  # OPENAI_LOG would write across the screen
        key = target.api_key or NO_KEY
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise fail(
                FaultCode.UNAUTHORIZED, "The API key holds characters that no key has.", "Set its variable anew."
            )
        timeout = httpx2.Timeout(connect=connect_s, read=inactivity_s, write=inactivity_s, pool=connect_s)
        try:
            self._http = _http_client(target, timeout)
        except (ImportError, ValueError, OSError, httpx2.InvalidURL) as error:
            raise FaultError(troubles.setup_fault(error, scene_of(self._target))) from None
        self._api = _Client(
            api_key=key,
            admin_api_key="",
            webhook_secret="",
            organization="",
            project="",
            base_url=target.base_url,
            timeout=timeout,
            max_retries=retries,
            http_client=self._http,
        )

    @asynccontextmanager
    async def answer(
        self, scene: Scene, model: str, messages: tuple[PromptMessage, ...], fields: Mapping[str, object]
    ) -> AsyncIterator[AsyncGenerator[bytes, None]]:
        """Send a chat request and give its body as it comes; leaving the context closes the connection at once.

        Args:
            scene: where, and what fault texts must not repeat.
            model: the model's name.
            messages: the prompt.
            fields: all other fields of the request.

        Raises:
            FaultError: whatever goes wrong, also while the body is read inside the context.
        """
        prompt = [{"role": str(message.role), "content": message.content} for message in messages]
        pending = self._api.chat.completions.with_streaming_response.create(
            model=model, messages=cast("list[ChatCompletionMessageParam]", prompt), stream=True, extra_body=fields
        )
        async with self._streamed(pending, scene) as body:
            yield body

    @asynccontextmanager
    async def completion(
        self, scene: Scene, model: str, prompt: Sequence[int], fields: Mapping[str, object]
    ) -> AsyncIterator[AsyncGenerator[bytes, None]]:
        """Send a prompt as token ids to `/v1/completions`; all else as with `answer`."""
        # The client would look at each id of a `prompt=` of its own to see whether it is a file or a date.
        pending = self._api.completions.with_streaming_response.create(
            model=model, prompt="", stream=True, extra_body={**fields, "prompt": list(prompt)}
        )
        async with self._streamed(pending, scene) as body:
            yield body

    @asynccontextmanager
    async def _streamed(
        self, pending: AbstractAsyncContextManager[_Opened], scene: Scene
    ) -> AsyncIterator[AsyncGenerator[bytes, None]]:
        async with AsyncExitStack() as stack:
            try:
                # Each of the client's retries would wait `inactivity_s` anew; the reader was promised one such wait.
                async with asyncio.timeout(self._inactivity_s):
                    response = (await stack.enter_async_context(pending)).http_response
                    await _insist_on_stream(response, scene)
            except TimeoutError:
                raise FaultError(silent(scene, self._inactivity_s)) from None
            except _NO_ANSWER as error:
                fault = self._no_answer(error, scene, of_model=True, read_s=self._inactivity_s)
                raise FaultError(fault) from None
            try:
                async with aclosing(response.aiter_bytes()) as body:
                    yield body
            except _CUT_OFF as error:
                fault = self._closed_here(scene) or troubles.fault_in_answer(error, scene, self._inactivity_s)
                raise FaultError(fault) from None

    async def get_json(self, path: str) -> object:
        """The parsed JSON of a page below `/v1`; asked once, without retries.

        Raises:
            FaultError: unreachable, proxy, unauthorized, not-an-api, server-error …
        """
        scene = scene_of(self._target)
        try:
            response = await self._api.get(path, cast_to=httpx2.Response, options=self._once())
        except _NO_ANSWER as error:
            raise FaultError(self._no_answer(error, scene, of_model=False, read_s=self._short_s)) from None
        return _json_of(response, scene)

    async def post_json(self, path: str, body: Mapping[str, object], scene: Scene) -> object:
        """The parsed JSON that answers `body` at a path below the server's root; asked once, without retries.

        Raises:
            FaultError: as with `get_json`, and (model-not-found, refused, context-overflow) where it says no.
        """
        url = f"{self._target.root_url}{path}"
        try:
            response = await self._api.post(url, cast_to=httpx2.Response, body=dict(body), options=self._once())
        except _NO_ANSWER as error:
            raise FaultError(self._no_answer(error, scene, of_model=True, read_s=self._short_s)) from None
        return _json_of(response, scene)

    async def healthy(self, timeout_s: float) -> bool:
        """Whether `/health` at the root says 200, or, where there is no such page, `/v1/models` does."""
        try:
            async with asyncio.timeout(timeout_s):
                status = (await self._http.get(f"{self._target.root_url}/health")).status_code
                if status == HTTPStatus.OK or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    return status == HTTPStatus.OK
                await self._api.get("/models", cast_to=httpx2.Response, options={"max_retries": 0})
        except _NO_ANSWER:
            return False
        return True

    async def aclose(self) -> None:
        """Close all connections, those in use too."""
        self._closed = True
        await self._api.close()

    @property
    def _short_s(self) -> float:
        """Longest wait for an answer that needs no generation."""
        return min(self._inactivity_s, 2 * self._connect_s)

    def _once(self) -> openai.RequestOptions:
        return {"max_retries": 0, "timeout": httpx2.Timeout(self._connect_s, read=self._short_s)}

    def _closed_here(self, scene: Scene) -> Fault | None:
        return broken(scene, "was closed here") if self._closed else None

    def _no_answer(self, error: Exception, scene: Scene, *, of_model: bool, read_s: float) -> Fault:
        closed = self._closed_here(scene)
        if closed is not None:
            return closed
        if isinstance(error, openai.APIStatusError):
            body = _parsed(error.response.content)
            status = error.status_code
            return fault_of_status(status, error.response.text if body is None else body, scene, of_model=of_model)
        limits = {"inactivity_s": read_s, "connect_s": self._connect_s}
        return troubles.fault_before_answer(error, scene, self._target, **limits)


def _http_client(target: Target, timeout: httpx2.Timeout) -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=8)
    if not troubles.bypasses(target):
        return httpx2.AsyncClient(timeout=timeout, limits=limits)
    # A transport of its own keeps the environment's proxies out and its certificates in. Without TLS none are loaded
    # (40 ms): an empty context trusts nobody, should it ever be asked.
    plain = target.base_url.startswith("http://")
    verify: ssl.SSLContext | bool = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True
    transport = httpx2.AsyncHTTPTransport(verify=verify, limits=limits)
    return httpx2.AsyncClient(transport=transport, timeout=timeout)


async def _insist_on_stream(response: httpx2.Response, scene: Scene) -> None:
    """Refuse a 200 that is a web page, or one JSON object in place of a stream."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _NOT_A_STREAM:
        return
    head = b""
    async with aclosing(response.aiter_bytes()) as body:
        async for data in body:
            head += data
            if len(head) > _HEAD_BYTES:
                break
    parsed = _parsed(head)
    if isinstance(parsed, dict) and parsed.get("error"):
        raise FaultError(fault_of_status(HTTPStatus.INTERNAL_SERVER_ERROR, parsed, scene, of_model=True))
    raise FaultError(not_an_api(scene, f"with {kind} in place of a stream"))


def _json_of(response: httpx2.Response, scene: Scene) -> object:
    parsed = _parsed(response.content)
    if parsed is None:
        raise FaultError(not_an_api(scene, "not with JSON"))
    return parsed


def _parsed(content: bytes) -> object:
    """The JSON in `content`; None where there is none."""
    try:
        parsed: object = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return parsed
