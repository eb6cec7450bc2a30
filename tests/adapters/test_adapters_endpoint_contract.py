"""Both endpoints satisfy the one contract."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.domain.events import AnswerEvent
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.target import Target
from dsr1_tui.ports import Endpoint
from support.contract_endpoint import ANSWER, REASONING, EndpointContract, Situation, Stage
from support.fake_endpoint import FAKE_TARGET, FakeEndpoint, Script, answer_script
from support.fault_server import Act, FaultServer, Reply, Step, json_reply, unused_port

MODELS = {"object": "list", "data": [{"id": "tiny-r1", "owned_by": "vllm", "root": "/m", "max_model_len": 4096}]}


def chunk(index: int, *, finish: str | None = None, **delta: str) -> bytes:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    body = {"id": "chatcmpl-1", "model": "tiny-r1", "choices": [choice]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


class SocketStage:
    """The real adapter on a socket."""

    def __init__(self, server: FaultServer, pause_s: float) -> None:
        self._server = server
        self._pause_s = pause_s
        self.endpoints: list[OpenAIEndpoint] = []

    async def endpoint(self, situation: Situation, samples: int = 1) -> Endpoint:
        thoughts: list[Step] = [chunk(i, role="assistant", content="") for i in range(samples)]
        thoughts += [chunk(i, reasoning=REASONING) for i in range(samples)]
        answers: list[Step] = [chunk(i, content="\n\n" + ANSWER) for i in range(samples)]
        answers += [chunk(i, content="", finish="stop") for i in range(samples)]
        steps: dict[Situation, list[Step]] = {
            Situation.ANSWERS: [*thoughts, *answers, b"data: [DONE]\n\n"],
            Situation.STALLS: [*thoughts, Act.STALL],
            Situation.BREAKS: [*thoughts, Act.CUT],
            Situation.GONE: [],
        }
        self._server.replies.append(Reply(steps[situation]))
        self._server.pages = {"/v1/models": json_reply(MODELS), "/health": Reply()}
        port = unused_port() if situation is Situation.GONE else self._server.port
        endpoint = OpenAIEndpoint(Target(base_url=f"http://127.0.0.1:{port}/v1"), retries=0, pause_s=self._pause_s)
        self.endpoints.append(endpoint)
        return endpoint

    async def freed(self) -> None:
        await self._server.gone.wait()


class FakeStage:
    """The fake."""

    def __init__(self) -> None:
        self._endpoint = FakeEndpoint()

    async def endpoint(self, situation: Situation, samples: int = 1) -> Endpoint:
        whole = [answer_script(ANSWER, REASONING, sample=i) for i in range(samples)]
        thoughts = [step for step in whole[0] if type(step).__name__ in {"Started", "ReasoningDelta"}]
        every: list[AnswerEvent | asyncio.Event] = [step for script in whole for step in script]
        scripts: dict[Situation, Script] = {
            Situation.ANSWERS: every,
            Situation.STALLS: [*thoughts, asyncio.Event()],
            Situation.BREAKS: thoughts,
            Situation.GONE: [],
        }
        self._endpoint = FakeEndpoint(scripts=[scripts[situation]])
        if situation is Situation.GONE:
            self._endpoint.fault = Fault(FaultCode.UNREACHABLE, "Nothing answers at 127.0.0.1:8000.")
        assert self._endpoint.target == FAKE_TARGET
        return self._endpoint

    async def freed(self) -> None:
        assert (self._endpoint.open_streams, self._endpoint.abandoned) == (0, 1)


class TestOpenAIEndpoint(EndpointContract):
    @pytest.fixture(params=[0.0, 0.03], ids=["waiting in a read", "waiting in a pause"])
    async def stage(self, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
        async with FaultServer() as server:
            stage = SocketStage(server, request.param)
            yield stage
            for endpoint in stage.endpoints:
                await endpoint.aclose()


class TestFakeEndpoint(EndpointContract):
    @pytest.fixture
    async def stage(self) -> Stage:
        return FakeStage()
