"""Both endpoints satisfy the contract of the extras."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import FullEndpoint
from support.contract_extras import ANSWER, ExtrasContract, ExtrasStage, Offer
from support.fake_endpoint import FakeEndpoint, answer_script
from support.fake_tokens import FakeTokens
from support.fault_server import Act, FaultServer, Reply, Seen, Step, json_reply, unused_port


def chunk(text: str, finish: str | None = None) -> bytes:
    body = {"id": "cmpl-1", "model": "tiny-r1", "choices": [{"index": 0, "text": text, "finish_reason": finish}]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


class SocketStage:
    """The real adapter on a socket."""

    def __init__(self, server: FaultServer) -> None:
        self._server = server
        self.endpoints: list[OpenAIEndpoint] = []

    async def endpoint(self, offer: Offer) -> FullEndpoint:
        end: list[Step] = [Act.STALL] if offer is Offer.STALLS else [chunk("", "stop"), b"data: [DONE]\n\n"]

        def complete(seen: Seen) -> Reply:
            if not seen.json.get("stream"):
                return json_reply({"object": "text_completion", "choices": [{"index": 0, "text": "x"}]})
            return Reply([chunk(ANSWER), *end])

        if offer is Offer.NOTHING:
            self._server.replies.append(json_reply({"detail": "Not Found"}, status=404))
        else:
            FakeTokens().serve(self._server)
            self._server.answers["/v1/completions"] = complete
        port = unused_port() if offer is Offer.GONE else self._server.port
        made = OpenAIEndpoint(Target(base_url=f"http://127.0.0.1:{port}/v1"), retries=0)
        self.endpoints.append(made)
        return made

    async def freed(self) -> None:
        await self._server.gone.wait()


class FakeStage:
    """The fake."""

    def __init__(self) -> None:
        self._endpoint = FakeEndpoint()

    async def endpoint(self, offer: Offer) -> FullEndpoint:
        whole = answer_script(ANSWER, "")
        script = [*whole[:-1], asyncio.Event()] if offer is Offer.STALLS else whole
        self._endpoint = FakeEndpoint(continue_scripts=[script])
        self._endpoint.continuable = offer is not Offer.NOTHING
        if offer is Offer.GONE:
            self._endpoint.fault = Fault(FaultCode.UNREACHABLE, "Nothing answers at 127.0.0.1:8000.")
        return self._endpoint

    async def freed(self) -> None:
        assert (self._endpoint.open_streams, self._endpoint.abandoned) == (0, 1)


class TestOpenAIExtras(ExtrasContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[ExtrasStage]:
        async with FaultServer() as server:
            stage = SocketStage(server)
            yield stage
            for endpoint in stage.endpoints:
                await endpoint.aclose()


class TestFakeExtras(ExtrasContract):
    @pytest.fixture
    async def stage(self) -> ExtrasStage:
        return FakeStage()
