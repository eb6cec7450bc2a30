"""Tiny requests to a server, each with one thing of vLLM's in it, and what comes back looked at chunk by chunk."""

import asyncio
import importlib
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from dsr1_tui.adapters.doctor.hearing import Hearing
from dsr1_tui.adapters.openai_api.faults import not_an_api, scene_of
from dsr1_tui.adapters.openai_api.listing import parse_models
from dsr1_tui.adapters.openai_api.sse import LineTooLongError, SSELines
from dsr1_tui.domain.doctor_facts import Heard, Hello, Trial
from dsr1_tui.domain.fault import FaultError
from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.request import PromptMessage
from dsr1_tui.domain.target import Target

if TYPE_CHECKING:
    from dsr1_tui.adapters.doctor.probe_link import ProbeLink

_LINK_MODULE: Final = "dsr1_tui.adapters.doctor.probe_link"
_QUESTION: Final = (PromptMessage(MessageRole.USER, "What is 1+1?"),)
_PATTERN: Final = {"max_pattern_size": 1, "min_pattern_size": 1, "min_count": 3}
"""The shortest repetition there is: the same token three times."""


class LiveEndpointProbe:
    """Satisfies `ports.EndpointProbe`."""

    def __init__(
        self,
        target: Target,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        connect_s: float = 5.0,
        inactivity_s: float = 60.0,
    ) -> None:
        """Nothing is connected or imported yet.

        Args:
            target: where.
            clock: monotonic seconds.
            wall: unix seconds.
            connect_s: longest wait for a connection.
            inactivity_s: longest silence.
        """
        self._target = target
        self._clock = clock
        self._wall = wall
        self._connect_s = connect_s
        self._inactivity_s = inactivity_s
        self._link: ProbeLink | None = None
        self._linking = asyncio.Lock()

    async def hello(self) -> Hello:
        """Its models, its version, its clock."""
        link = await self._connected()
        began = self._clock()
        models = parse_models(await link.get_json("/models"))
        took = self._clock() - began
        if models is None:
            raise FaultError(not_an_api(scene_of(self._target), "not with a list of models"))
        asked = self._wall()
        version, date = await link.version()
        # A date has whole seconds: on average its moment lies half a second after them.
        skew = None if date is None else date + 0.5 - (asked + self._wall()) / 2
        return Hello(models=models, version=version, took_s=took, skew_s=skew)

    async def hear(self, trial: Trial) -> Heard:
        """Stream an answer of a few tokens."""
        link = await self._connected()
        scene = scene_of(self._target)
        fields: dict[str, object] = {"max_tokens": trial.max_tokens, "temperature": 0}
        if trial.budget is not None:
            fields["thinking_token_budget"] = trial.budget
        if trial.interval is not None:
            fields["stream_interval"] = trial.interval
        if trial.only_token is not None:
            fields |= {"allowed_token_ids": [trial.only_token], "repetition_detection": _PATTERN}
        hearing, lines = Hearing(scene), SSELines()
        began = self._clock()
        async with link.answer(scene, trial.model, _QUESTION, fields) as body, aclosing(body):
            try:
                async for data in body:
                    for payload in lines.feed(data):
                        hearing.take(payload, self._clock() - began)
            except LineTooLongError:
                raise FaultError(not_an_api(scene, "with a line that has no end")) from None
        return hearing.heard

    async def tokens(self, model: str, text: str) -> tuple[int, ...]:
        """The ids of a text."""
        link = await self._connected()
        scene = scene_of(self._target)
        body = {"model": model, "prompt": text, "add_special_tokens": False}
        told = await link.post_json("/tokenize", body, scene)
        ids = told.get("tokens") if isinstance(told, dict) else None
        if not isinstance(ids, list) or not all(isinstance(one, int) for one in ids):
            raise FaultError(not_an_api(scene, "not with tokens"))
        return tuple(ids)

    async def complete(self, model: str) -> None:
        """One token after two words."""
        link = await self._connected()
        scene = scene_of(self._target)
        told = await link.post_json("/v1/completions", {"model": model, "prompt": "Hi", "max_tokens": 1}, scene)
        if not isinstance(told, dict) or not isinstance(told.get("choices"), list):
            raise FaultError(not_an_api(scene, "not with a completion"))

    async def aclose(self) -> None:
        """Close the connections, if there are any."""
        if self._link is not None:
            await self._link.aclose()

    async def _connected(self) -> "ProbeLink":
        async with self._linking:
            if self._link is None:
                module = await asyncio.to_thread(importlib.import_module, _LINK_MODULE)
                made: ProbeLink = module.ProbeLink(
                    self._target, connect_s=self._connect_s, inactivity_s=self._inactivity_s, retries=0
                )
                self._link = made
            return self._link
