"""What the adapter sends, and what of the environment it keeps out of it."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.domain.events import Failed, Finished
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.target import Target
from support.contract_endpoint import collect, question
from support.fault_server import Act, FaultServer, Reply, capture, json_reply

VLLM = {"data": [{"id": "tiny-r1", "owned_by": "vllm", "root": "/m/tiny", "parent": None, "max_model_len": 4096}]}
OTHER = {
    "data": [{"id": "llama3"}, {"id": "a\x1bb"}, "x", {"id": ""}, {"id": "q", "parent": "llama3", "max_model_len": "9"}]
}
STREAM = Reply([capture("rp_stream_usage.txt")])


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as running:
        running.replies.append(STREAM)
        running.pages["/v1/models"] = json_reply(VLLM)
        yield running


@pytest.fixture
async def endpoint(server: FaultServer) -> AsyncIterator[OpenAIEndpoint]:
    made = OpenAIEndpoint(Target(base_url=server.base_url), retries=0)
    yield made
    await made.aclose()


async def ask(server: FaultServer, endpoint: OpenAIEndpoint, **changes: object) -> dict[str, object]:
    """Ask once; the body that arrived."""
    events = await collect(endpoint, replace(question(), **changes))  # type: ignore[arg-type]  # the names are the tests' own
    assert isinstance(events[-1], Finished)
    return server.posts[-1].json


async def test_what_is_none_is_not_sent(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    assert await ask(server, endpoint, sampling=Sampling()) == {
        "model": "tiny-r1",
        "messages": [{"role": "user", "content": "What is 2 + 3?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_every_setting_is_sent_by_its_own_name(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    settings = {
        "temperature": 0.6,
        "top_p": 0.95,
        "top_k": 20,
        "min_p": 0.05,
        "max_tokens": 100,
        "repetition_penalty": 1.1,
        "presence_penalty": 0.5,
        "frequency_penalty": -0.5,
        "seed": 7,
        "stop": ("\n\n", "END"),
    }
    sent = await ask(server, endpoint, sampling=Sampling(**settings), stream_interval=8)  # type: ignore[arg-type]  # a mixed table
    assert {name: sent[name] for name in settings} == {**settings, "stop": ["\n\n", "END"]}
    assert sent["stream_interval"] == 8


async def test_several_samples_are_asked_for_at_once(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    server.replies[0] = Reply([capture("rp_stream_n3_thinned.txt")])
    assert (await ask(server, endpoint, samples=3))["n"] == 3


async def test_only_vllm_is_asked_for_counts_in_every_chunk(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    await endpoint.models()
    sent = await ask(server, endpoint)
    assert sent["stream_options"] == {"include_usage": True, "continuous_usage_stats": True}
    server.pages["/v1/models"] = json_reply(OTHER)
    await endpoint.models()
    sent = await ask(server, endpoint, stream_interval=8)
    assert sent["stream_options"] == {"include_usage": True}
    assert "stream_interval" not in sent


async def test_a_server_that_refuses_stream_options_is_asked_without_them(
    server: FaultServer, endpoint: OpenAIEndpoint
) -> None:
    refusal = {"error": {"message": "Unknown field: stream_options", "code": 400}}
    server.replies.appendleft(json_reply(refusal, status=400))
    assert "stream_options" not in await ask(server, endpoint)
    assert len(server.posts) == 2
    await ask(server, endpoint)
    assert len(server.posts) == 3


async def test_nothing_of_openais_environment_is_used(
    server: FaultServer, endpoint: OpenAIEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "sk-leak")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Leak: sk-leak\nAuthorization: Bearer sk-leak")
    await ask(server, endpoint)
    await endpoint.models()
    for request in server.seen:
        assert "sk-leak" not in str(request.headers)
        assert request.headers["authorization"] == "Bearer EMPTY"
        assert request.headers["user-agent"].startswith("dsr1-chat/")
        assert not [name for name in request.headers if name.startswith(("openai-", "x-leak"))]


async def test_the_key_is_sent_where_one_is_given(server: FaultServer) -> None:
    keyed = OpenAIEndpoint(Target(base_url=server.base_url, api_key="sk-mine"), retries=0)
    await ask(server, keyed)
    await keyed.aclose()
    assert server.posts[0].headers["authorization"] == "Bearer sk-mine"


@pytest.mark.parametrize("key", ["sk-ключ", "sk\nx", "two words"])
async def test_a_key_that_cannot_be_sent_is_a_fault(server: FaultServer, key: str) -> None:
    events = await collect(OpenAIEndpoint(Target(base_url=server.base_url, api_key=key)))
    assert isinstance(events[-1], Failed)
    assert events[-1].error.code is FaultCode.UNAUTHORIZED
    assert key not in events[-1].error.line


async def test_loopback_goes_past_every_proxy(
    server: FaultServer, endpoint: OpenAIEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "socks5://127.0.0.1:1")
    await ask(server, endpoint)


async def test_models_are_listed_with_what_is_known(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    known = ModelInfo(id="tiny-r1", root="/m/tiny", owned_by="vllm", max_model_len=4096)
    assert await endpoint.models() == (known,)
    server.pages["/v1/models"] = json_reply(OTHER)
    assert await endpoint.models() == (ModelInfo(id="llama3"), ModelInfo(id="q", parent="llama3"))
    server.pages["/v1/models"] = json_reply({"object": "list", "data": None})
    assert await endpoint.models() == ()


@pytest.mark.parametrize(
    "page",
    [
        Reply([b"<html>hello</html>"], content_type="text/html"),
        json_reply({"hello": "world"}),
        json_reply([1, 2]),
        Reply([b"<html>404</html>"], status=404, content_type="text/html"),
        json_reply({}, status=301, headers=(("location", "https://gpu-box/v1/models"),)),
    ],
)
async def test_what_is_no_list_of_models_is_no_api(server: FaultServer, endpoint: OpenAIEndpoint, page: Reply) -> None:
    server.pages["/v1/models"] = page
    with pytest.raises(FaultError) as caught:
        await endpoint.models()
    assert caught.value.fault.code is FaultCode.NOT_AN_API
    assert str(server.port) in caught.value.fault.message


@pytest.mark.parametrize(
    ("health", "models", "alive"),
    [
        (Reply(), Reply([Act.STALL]), True),
        (json_reply({}, status=503), json_reply(VLLM), False),
        (json_reply({}, status=404), json_reply(VLLM), True),
        (json_reply({}, status=404), json_reply({}, status=401), False),
    ],
)
async def test_alive(server: FaultServer, endpoint: OpenAIEndpoint, health: Reply, models: Reply, alive: bool) -> None:
    server.pages = {"/health": health, "/v1/models": models}
    assert await endpoint.alive() is alive


async def test_alive_does_not_wait_long(
    server: FaultServer, endpoint: OpenAIEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsr1_tui.adapters.openai_api.endpoint.ALIVE_S", 0.05)
    server.pages["/health"] = Reply([Act.STALL])
    assert not await endpoint.alive()


async def test_one_connection_serves_question_after_question(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    await endpoint.models()
    for _ in range(3):
        await ask(server, endpoint)
    assert server.connections == 1


async def test_a_list_that_is_refused_says_why(server: FaultServer, endpoint: OpenAIEndpoint) -> None:
    for status, code in ((401, FaultCode.UNAUTHORIZED), (500, FaultCode.SERVER_ERROR)):
        server.pages["/v1/models"] = json_reply({"error": "no"}, status=status)
        with pytest.raises(FaultError) as caught:
            await endpoint.models()
        assert caught.value.fault.code is code


def test_importing_the_package_loads_no_client() -> None:
    code = (
        "import asyncio, json, sys\n"
        "from dsr1_tui.adapters.openai_api import OpenAIEndpoint, warm_up\n"
        "early = [m for m in ('openai', 'httpx2', 'pydantic') if m in sys.modules]\n"
        "asyncio.run(warm_up())\n"
        "asyncio.run(warm_up())\n"
        "print(json.dumps([early, 'openai' in sys.modules]))\n"
        "from dsr1_tui.domain.target import Target\n"
        "asyncio.run(OpenAIEndpoint(Target(base_url='http://127.0.0.1:1/v1')).alive())"
    )
    env = {**os.environ, "OPENAI_LOG": "debug"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert json.loads(done.stdout) == [[], True]
    assert done.stderr == ""
