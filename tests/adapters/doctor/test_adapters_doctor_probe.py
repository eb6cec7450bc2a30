import time

import pytest

from dsr1_tui.adapters.doctor.endpoint_probe import LiveEndpointProbe
from dsr1_tui.domain.doctor_facts import Trial
from dsr1_tui.domain.fault import FaultCode, FaultError
from dsr1_tui.domain.target import Target
from support.doctor_servers import BARE, LLAMA_CPP, NO_PARSER, OLD_VLLM, VLLM, Kind, server_like
from support.fault_server import Reply, json_reply, unused_port

PLAIN = Trial(model="m", max_tokens=6)


def probe_of(base_url: str, key: str | None = None) -> LiveEndpointProbe:
    return LiveEndpointProbe(Target(base_url=base_url, api_key=key))


@pytest.mark.parametrize(("skew_s", "kind"), [(0.0, VLLM), (3600.0, Kind(skew_s=3600.0)), (0.0, LLAMA_CPP)])
async def test_hello_tells_models_version_and_clock(skew_s: float, kind: Kind) -> None:
    now = time.time()
    async with server_like(kind, now=now) as server:
        probe = probe_of(server.base_url)
        hello = await probe.hello()
        await probe.aclose()
    assert [model.id for model in hello.models] == [kind.model]
    assert hello.version == kind.version
    assert hello.skew_s is not None
    assert abs(hello.skew_s - skew_s) < 30


async def test_without_a_date_the_clock_is_unknown() -> None:
    async with server_like(BARE, now=0) as server:
        probe = probe_of(server.base_url)
        assert (await probe.hello()).skew_s is None
        await probe.aclose()


@pytest.mark.parametrize(
    ("kind", "field", "chunks"),
    [(VLLM, "reasoning", 6), (OLD_VLLM, "reasoning_content", 6), (NO_PARSER, "", 6), (LLAMA_CPP, "", 7)],
)
async def test_a_plain_trial_is_heard_chunk_by_chunk(kind: Kind, field: str, chunks: int) -> None:
    async with server_like(kind, now=0) as server:
        probe = probe_of(server.base_url)
        heard = await probe.hear(PLAIN)
        await probe.aclose()
        (sent,) = server.posts_to("/v1/chat/completions")
    assert (heard.field, heard.chunks, heard.finish) == (field, chunks, "length")
    assert heard.first_s is not None
    assert (heard.thought or heard.content).endswith("Okay, one plus one is")
    assert sent["max_tokens"] == 6
    assert not {"thinking_token_budget", "stream_interval", "repetition_detection"} & set(sent)


async def test_each_trial_sends_the_one_field_that_it_is_about() -> None:
    async with server_like(VLLM, now=0) as server:
        probe = probe_of(server.base_url)
        budget = await probe.hear(Trial(model="m", max_tokens=12, budget=2))
        interval = await probe.hear(Trial(model="m", max_tokens=6, interval=6))
        repeated = await probe.hear(Trial(model="m", max_tokens=6, only_token=3))
        assert await probe.tokens("m", "a b") == (1, 2, 3)
        await probe.complete("m")
        await probe.aclose()
        sent = server.posts_to("/v1/chat/completions")
    assert (budget.thought, budget.content) == ("Okay,", "\n\n2")
    assert interval.chunks == 2
    assert repeated.finish == "repetition"
    assert sent[0]["thinking_token_budget"] == 2
    assert sent[1]["stream_interval"] == 6
    assert sent[2]["allowed_token_ids"] == [3]
    assert sent[2]["repetition_detection"]["min_count"] == 3


async def test_a_field_that_is_refused_is_a_fault_of_that_kind() -> None:
    async with server_like(BARE, now=0) as server:
        probe = probe_of(server.base_url)
        with pytest.raises(FaultError) as refused:
            await probe.hear(Trial(model="m", max_tokens=6, interval=6))
        with pytest.raises(FaultError) as missing:
            await probe.tokens("m", "a")
        with pytest.raises(FaultError) as no_page:
            await probe.complete("m")
        await probe.aclose()
    assert refused.value.fault.code is FaultCode.REFUSED
    assert {missing.value.fault.code, no_page.value.fault.code} == {FaultCode.NOT_AN_API}


async def test_the_key_goes_to_v1_only_and_into_no_fault() -> None:
    async with server_like(VLLM, now=0) as server:
        server.answers["/v1/chat/completions"] = lambda _: json_reply({"error": "no sk-secret here"}, status=400)
        probe = probe_of(server.base_url, "sk-secret")
        await probe.hello()
        with pytest.raises(FaultError) as error:
            await probe.hear(PLAIN)
        await probe.aclose()
        keyed = {request.path for request in server.seen if "sk-secret" in request.headers.get("authorization", "")}
    assert "sk-secret" not in str(error.value)
    assert keyed == {"/v1/models", "/v1/chat/completions"}


async def test_an_error_inside_a_good_stream_is_a_fault() -> None:
    async with server_like(VLLM, now=0) as server:
        broken = Reply([b'data: {"error": {"message": "EngineCore is dead", "code": 500}}\n\n', b"data: [DONE]\n\n"])
        server.answers["/v1/chat/completions"] = lambda _: broken
        probe = probe_of(server.base_url)
        with pytest.raises(FaultError) as error:
            await probe.hear(PLAIN)
        await probe.aclose()
    assert error.value.fault.code is FaultCode.ENGINE_DIED


async def test_nothing_there_is_unreachable() -> None:
    probe = probe_of(f"http://127.0.0.1:{unused_port()}/v1")
    with pytest.raises(FaultError) as error:
        await probe.hello()
    await probe.aclose()
    assert error.value.fault.code is FaultCode.UNREACHABLE


async def test_chunks_of_odd_forms_break_nothing() -> None:
    odd = [b"data: 7\n\n", b"data: [1]\n\n", b'data: {"choices": 3}\n\n', b'data: {"choices": [4]}\n\n', b"data: {\n\n"]
    odd += [
        b'data: {"choices": [{"delta": {"reasoning": "a", "reasoning_content": "a"}, "finish_reason": "stop"}]}\n\n'
    ]
    async with server_like(VLLM, now=0) as server:
        server.answers["/v1/chat/completions"] = lambda _: Reply(odd)
        probe = probe_of(server.base_url)
        heard = await probe.hear(PLAIN)
        await probe.aclose()
    assert (heard.thought, heard.field, heard.chunks, heard.finish) == ("a", "reasoning", 1, "stop")
