"""What vLLM can do beside chat, by `/tokenize`, `/detokenize` and `/v1/completions`: tried once, remembered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dsr1_tui.adapters.openai_api.body import CONTINUED
from dsr1_tui.adapters.openai_api.faults import Scene, not_an_api, scene_of
from dsr1_tui.domain.fault import Fault, FaultCode, FaultError
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import Continuation, PromptMessage
from dsr1_tui.domain.target import Target
from dsr1_tui.domain.thinking import CLOSE, OPEN

if TYPE_CHECKING:
    from dsr1_tui.adapters.openai_api.link import Link

_END_IDS: Final = 16
"""How many of a prompt's last ids are turned back into text to see whether it ends in an open thought."""
_OPENED: Final = f"{OPEN}\n"
_CLOSED: Final = f"\n{CLOSE}\n\n"
"""As R1 itself writes it."""
_TRIAL: Final = (PromptMessage(MessageRole.USER, "Hi"),)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What `/tokenize` says."""

    ids: tuple[int, ...]
    limit: int | None
    """The context length, where it says that too."""

    @property
    def room(self) -> int | None:
        """Tokens that are left beside these."""
        return None if self.limit is None else self.limit - len(self.ids)


class ServerExtras:
    """One server's extras.

    A page that is not there, or that a server other than vLLM refuses, is not asked for again. Faults that pass
    (silence, a lost connection, a model's name that is wrong) are not remembered.
    """

    def __init__(self, target: Target, connect: Callable[[], Awaitable["Link"]]) -> None:
        """Nothing is asked yet.

        Args:
            target: where.
            connect: gives the connections; may raise `FaultError`.
        """
        self._target = target
        self._connect = connect
        self._trying = asyncio.Lock()
        self.vllm: bool | None = None
        """Whether the server is vLLM; None while nobody asked."""
        self.countable: bool | None = None
        """Whether `/tokenize` takes messages; None until it was tried."""
        self.renderable: bool | None = None
        """Whether `/detokenize` is there."""
        self.continuable: bool | None = None
        """Whether all that a continuation needs is there."""

    async def can_continue(self, model: str | None) -> bool:
        """Whether a reply can be taken up in its middle; the first call goes the whole way for one token."""
        async with self._trying:
            if self.continuable is None:
                try:
                    await self._try(model)
                except FaultError as error:
                    if not self._lasts(error.fault):
                        return False
                    self.continuable = False
                else:
                    self.continuable = True
            return self.continuable

    async def count(self, model: str, messages: tuple[PromptMessage, ...]) -> int | None:
        """See `ports.Extras.count`."""
        tokens = await self._counted(model, messages)
        return None if tokens is None else len(tokens.ids)

    async def rendered(self, model: str, messages: tuple[PromptMessage, ...]) -> str | None:
        """See `ports.Extras.rendered`."""
        if self.renderable is False:
            return None
        tokens = await self._counted(model, messages)
        if tokens is None:
            return None
        try:
            text = await self._text_of(model, tokens.ids, scene_of(self._target, messages))
        except FaultError as error:
            if self._lasts(error.fault):
                self.renderable = False
            return None
        self.renderable = True
        return text

    async def prompt_of(self, request: Continuation, scene: Scene) -> Tokens:
        """The whole prompt of a continuation: the rendered messages and the reply so far, as one row of ids.

        The two are tokenised apart, where the template ends and the model began; as ids, no begin token is put before
        them a second time.

        Raises:
            FaultError: whatever goes wrong; (context-overflow) nothing is left for the reply.
        """
        prompt = await self._tokens(request.model, _chat_body(request.messages, continued=False), scene)
        end = await self._text_of(request.model, prompt.ids[-_END_IDS:], scene)
        tail = tail_of(request, opened=end.rstrip().endswith(OPEN))
        ids = prompt.ids
        if tail:
            body = {"prompt": tail, "add_special_tokens": False}
            ids += (await self._tokens(request.model, body, scene)).ids
        whole = Tokens(ids, prompt.limit)
        if whole.room is not None and whole.room < 1:
            what = f"The prompt and the reply so far take {len(ids)} tokens, and the context holds {whole.limit}."
            raise FaultError(Fault(FaultCode.CONTEXT_OVERFLOW, what, "Begin a new conversation."))
        return whole

    def cannot(self, fault: Fault, scene: Scene) -> Fault:
        """The fault to tell where a continuation did not begin, once it is remembered."""
        if fault.code is not FaultCode.NOT_AN_API:
            return fault
        self.continuable = False
        what = f"{scene.where} cannot take up a reply in its middle: it lacks /tokenize or /v1/completions."
        return Fault(FaultCode.REFUSED, what, "vLLM has both; here, ask again for a short answer.")

    async def _try(self, model: str | None) -> None:
        link = await self._connect()
        scene = scene_of(self._target)
        prompt = await self._tokens(model, _chat_body(_TRIAL, continued=False), scene)
        await self._text_of(model, prompt.ids[-_END_IDS:], scene)
        tail = await self._tokens(model, {"prompt": "a", "add_special_tokens": False}, scene)
        body = {"prompt": [*prompt.ids, *tail.ids], "max_tokens": 1, "temperature": 0}
        answer = await link.post_json("/v1/completions", _named(model, body), scene)
        match answer:
            case {"choices": [{"text": str()}, *_]}:
                return
            case _:
                raise FaultError(not_an_api(scene, "not with a completion"))

    async def _counted(self, model: str, messages: tuple[PromptMessage, ...]) -> Tokens | None:
        if self.countable is False or not messages:
            return None
        continued = messages[-1].role is MessageRole.ASSISTANT
        body = _chat_body(messages, continued=continued)
        try:
            tokens = await self._tokens(model, body, scene_of(self._target, messages))
        except FaultError as error:
            if self._lasts(error.fault):
                self.countable = False
            return None
        self.countable = True
        return tokens

    async def _tokens(self, model: str | None, body: Mapping[str, object], scene: Scene) -> Tokens:
        link = await self._connect()
        said = await link.post_json("/tokenize", _named(model, body), scene)
        match said:
            case {"count": int(count), "tokens": list(ids), **rest} if _are_ids(ids) and count == len(ids) > 0:
                limit = rest.get("max_model_len")
                return Tokens(tuple(ids), limit if isinstance(limit, int) and limit > 0 else None)
            case _:  # llama.cpp has a page of this name that knows no messages
                raise FaultError(not_an_api(scene, "not with a count of tokens"))

    async def _text_of(self, model: str | None, ids: tuple[int, ...], scene: Scene) -> str:
        link = await self._connect()
        match await link.post_json("/detokenize", _named(model, {"tokens": list(ids)}), scene):
            case {"prompt": str(text)}:
                return text
            case _:
                raise FaultError(not_an_api(scene, "not with the text of tokens"))

    def _lasts(self, fault: Fault) -> bool:
        """Whether a refusal is the server's nature: vLLM refuses single requests, others what they do not know."""
        if fault.code is FaultCode.REFUSED:
            return self.vllm is not True
        return fault.code in {FaultCode.NOT_AN_API, FaultCode.UNAUTHORIZED}


def tail_of(request: Continuation, *, opened: bool) -> str:
    r"""What follows the rendered prompt, before the model goes on.

    Args:
        request: what there is of the reply.
        opened: whether the prompt ends in `<think>\n` (R1's template does). Where it does not, a thought is opened
            here; without any thought, nothing is there to be closed.
    """
    if not request.closed:
        return f"{'' if opened else _OPENED}{request.reasoning}{request.opening}"
    said = f"{request.answer}{request.opening}"
    if not opened and not request.reasoning:
        return said
    return f"{'' if opened else _OPENED}{request.reasoning.rstrip()}{_CLOSED}{said}"


def _chat_body(messages: Iterable[PromptMessage], *, continued: bool) -> dict[str, object]:
    said = [{"role": str(message.role), "content": message.content} for message in messages]
    return {"messages": said, **(CONTINUED if continued else {"add_generation_prompt": True})}


def _named(model: str | None, body: Mapping[str, object]) -> dict[str, object]:
    return dict(body) if model is None else {"model": model, **body}


def _are_ids(ids: list[object]) -> bool:
    return all(isinstance(one, int) for one in ids)
