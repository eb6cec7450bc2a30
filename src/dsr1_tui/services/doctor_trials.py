"""The checks of an endpoint: tiny requests, the slow ones one after another, so that none measures the others."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Final, TypeVar

from dsr1_tui.domain.doctor import Check, CheckId, failed, skipped
from dsr1_tui.domain.doctor_facts import Heard, Hello, Trial
from dsr1_tui.domain.fault import Fault, FaultCode, FaultError, fail
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.r1_template import is_r1_prompt
from dsr1_tui.domain.request import PromptMessage
from dsr1_tui.domain.rules import is_r1
from dsr1_tui.domain.server.profile import HOST, PORT
from dsr1_tui.domain.target import Target, normalise_base_url
from dsr1_tui.ports import EndpointProbe
from dsr1_tui.services.aside import aside
from dsr1_tui.services.connect import connect
from dsr1_tui.services.doctor_endpoint import (
    BUDGET,
    ROOM,
    TOKENS,
    Served,
    choose,
    judge_budget,
    judge_clock,
    judge_completions,
    judge_first,
    judge_interval,
    judge_reachable,
    judge_reasoning,
    judge_repetition,
    judge_template,
    judge_tokenize,
)
from dsr1_tui.services.doctor_once import Once
from dsr1_tui.services.doctor_ports import DoctorPorts, DoctorWish
from dsr1_tui.services.resolve import LOCAL_VLLM

T = TypeVar("T")
Work = Callable[[], Coroutine[None, None, Check]]

_START: Final = "Start a server (dsr1-chat serve), or name one: --base-url http://host:8000"
_SHORT: Final = "a b"
"""What is tokenized; its last token is the one that is said again and again."""


class _NoEndpointError(Exception):
    """There is nothing to try: what the check of the endpoint itself says why."""


class EndpointChecks:
    """What is tried on one server."""

    def __init__(self, ports: DoctorPorts, wish: DoctorWish) -> None:
        self._ports = ports
        self._wish = wish
        self._shared = Once()
        self._probe: EndpointProbe | None = None
        self._target: Target | None = None
        self._hello = Hello(models=())
        self._turn = asyncio.Lock()
        """Held by the trial that generates: two at once would slow each other."""

    def works(self) -> dict[CheckId, Work]:
        """All of them."""
        checks: dict[CheckId, Work] = {
            CheckId.CLOCK: self._clock,
            CheckId.TEMPLATE: self._template,
            CheckId.FIRST_WORD: self._first,
            CheckId.REASONING: self._reasoning,
            CheckId.TOKENIZE: self._tokenize,
            CheckId.COMPLETIONS: self._completions,
            CheckId.BUDGET: self._budget,
            CheckId.REPETITION: self._repetition,
            CheckId.INTERVAL: self._interval,
        }
        tried = {known: _or_skipped(known, work) for known, work in checks.items()}
        return {CheckId.ENDPOINT: self._reachable, **tried}

    async def aclose(self) -> None:
        """Close the connections."""
        self._shared.cancel()
        if self._probe is not None:
            await self._probe.aclose()

    # What several checks need

    async def _connected(self) -> Served | None:
        """Say hello to the endpoint; `None` where it serves no model.

        Raises:
            FaultError: why it cannot be talked to.
        """
        if self._wish.fault is not None:
            raise FaultError(self._wish.fault)
        target = self._wish.target or await self._found()
        self._target = target
        self._probe = self._ports.probe(target)
        hello = await self._probe.hello()
        self._hello = hello
        return choose(hello, self._wish.model, target.model)

    async def _found(self) -> Target:
        """A server of ours that runs, else vLLM's usual place."""
        running = await aside(self._ports.servers.running)
        if running:
            record = running[0]
            key = await aside(lambda: self._ports.door.key(record))
            return replace(record.target, api_key=key)
        port = await aside(lambda: self._ports.door.free_port(PORT))
        if port == PORT:  # known without the client, whose import takes a second
            raise fail(FaultCode.UNREACHABLE, f"Nothing listens at {HOST}:{PORT}.", _START)
        return Target(base_url=normalise_base_url(LOCAL_VLLM))

    async def _served(self) -> Served:
        try:
            served = await self._shared.get("served", self._connected)
        except FaultError:
            raise _NoEndpointError from None
        if served is None:
            raise _NoEndpointError
        return served

    async def _heard(self) -> Heard:
        """The plain trial, which the others are held against."""
        return await self._shared.get("plain", self._plain)

    async def _plain(self) -> Heard:
        return await self._tried(Trial(model=(await self._served()).model.id, max_tokens=TOKENS))

    async def _tried(self, trial: Trial) -> Heard:
        assert self._probe is not None, "a model to try was found by it"
        async with self._turn:
            return await self._probe.hear(trial)

    async def _rendered(self) -> tuple[bool, bool | None]:
        """Whether the template alone shows an R1, and whether a rendered prompt is R1's (`None`: none is shown)."""
        served = await self._served()
        assert self._target is not None, "it was connected to"
        endpoint = self._ports.open_endpoint(replace(self._target, model=served.model.id))
        try:
            connection = await connect(endpoint)
            rendered = await endpoint.rendered(served.model.id, (PromptMessage(MessageRole.USER, "Hi"),))
        finally:
            await endpoint.aclose()
        return connection.by_template, None if rendered is None else is_r1_prompt(rendered)

    # The checks

    async def _reachable(self) -> Check:
        try:
            served = await self._shared.get("served", self._connected)
        except FaultError as error:
            fault = error.fault
            if self._wish.target is None and self._wish.fault is None and fault.code is FaultCode.UNREACHABLE:
                return skipped(CheckId.ENDPOINT, f"none is named, and none runs here: {fault.message}", _START)
            return failed(CheckId.ENDPOINT, fault.message, fault.hint or _START)
        assert self._target is not None, "it was connected to"
        return judge_reachable(self._target, self._hello, served)

    async def _clock(self) -> Check:
        return judge_clock((await self._served()).hello)

    async def _template(self) -> Check:
        by_template, rendered = await self._shared.get("rendered", self._rendered)
        return judge_template(await self._served(), by_template=by_template, rendered=rendered)

    async def _first(self) -> Check:
        return judge_first(await self._heard())

    async def _reasoning(self) -> Check:
        served = await self._served()
        by_template, _ = await self._shared.get("rendered", self._rendered)
        r1 = by_template or is_r1(served.model)
        return judge_reasoning(await self._heard(), r1=r1, vllm=served.is_vllm)

    async def _tokenize(self) -> Check:
        vllm = (await self._served()).is_vllm
        tokens = await _or_fault(self._tokens())
        return judge_tokenize(tokens if isinstance(tokens, Fault) else len(tokens), vllm=vllm)

    async def _tokens(self) -> tuple[int, ...]:
        return await self._shared.get("tokens", self._tokenized)

    async def _tokenized(self) -> tuple[int, ...]:
        served = await self._served()
        assert self._probe is not None, "a model to try was found by it"
        return await self._probe.tokens(served.model.id, _SHORT)

    async def _completions(self) -> Check:
        served = await self._served()
        await self._heard()  # the clock of the first token runs alone
        assert self._probe is not None, "a model to try was found by it"
        async with self._turn:
            fault = await _or_fault(self._probe.complete(served.model.id))
        return judge_completions(fault, vllm=served.is_vllm)

    async def _budget(self) -> Check:
        served, plain = await self._served(), await self._heard()
        trial = Trial(model=served.model.id, max_tokens=ROOM, budget=BUDGET)
        return judge_budget(plain, await _or_fault(self._tried(trial)), vllm=served.is_vllm)

    async def _repetition(self) -> Check:
        served = await self._served()
        await self._heard()
        tokens = await _or_fault(self._tokens())
        if isinstance(tokens, Fault) or not tokens:
            return judge_repetition(None, vllm=served.is_vllm)
        trial = Trial(model=served.model.id, max_tokens=TOKENS, only_token=tokens[-1])
        return judge_repetition(await _or_fault(self._tried(trial)), vllm=served.is_vllm)

    async def _interval(self) -> Check:
        served, plain = await self._served(), await self._heard()
        trial = Trial(model=served.model.id, max_tokens=TOKENS, interval=TOKENS)
        return judge_interval(plain, await _or_fault(self._tried(trial)), vllm=served.is_vllm)


async def _or_fault(work: Awaitable[T]) -> T | Fault:
    try:
        return await work
    except FaultError as error:
        return error.fault


def _or_skipped(known: CheckId, work: Work) -> Work:
    """A check that is skipped where there is no endpoint: that is told once."""

    async def tried() -> Check:
        try:
            return await work()
        except _NoEndpointError:
            return skipped(known, "no endpoint to try it on", _START)

    return tried
