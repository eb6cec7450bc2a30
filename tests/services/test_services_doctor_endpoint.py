"""What is told of real servers on loopback that behave as vLLM, an old vLLM, llama.cpp and less than these."""

import time
from contextlib import aclosing
from dataclasses import replace

import pytest

from dsr1_tui.adapters.doctor.endpoint_probe import LiveEndpointProbe
from dsr1_tui.adapters.openai_api import OpenAIEndpoint
from dsr1_tui.domain.doctor import KINDS, Check, CheckId, State, Topic
from dsr1_tui.domain.doctor_facts import Heard, Hello
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.target import Target
from dsr1_tui.services.doctor import examine
from dsr1_tui.services.doctor_endpoint import choose, judge_budget, judge_first, judge_interval, judge_reasoning
from dsr1_tui.services.doctor_ports import DoctorWish
from support.doctor_servers import BARE, LLAMA_CPP, NO_PARSER, OLD_VLLM, VLLM, Kind, server_like
from support.fake_doctor import FakeDoctor

OK, WARN, SKIPPED = State.OK, State.WARN, State.SKIPPED
EXTRAS = (CheckId.TOKENIZE, CheckId.COMPLETIONS, CheckId.BUDGET, CheckId.REPETITION, CheckId.INTERVAL)


async def told(kind: Kind, *, model: str | None = None) -> dict[CheckId, Check]:
    async with server_like(kind, now=time.time()) as server:
        ports = replace(FakeDoctor().ports(), probe=LiveEndpointProbe, open_endpoint=OpenAIEndpoint)
        wish = DoctorWish(target=Target(base_url=server.base_url, api_key="sk-secret"), model=model)
        async with aclosing(examine(ports, wish)) as checks:
            found = {check.id: check async for check in checks}
    assert "sk-secret" not in str(found)
    return {known: found[known] for known, kind_ in KINDS.items() if kind_.topic is Topic.ENDPOINT}


def states(found: dict[CheckId, Check], *known: CheckId) -> list[State]:
    return [found[one].state for one in known]


async def test_a_vllm_of_today_has_it_all() -> None:
    found = await told(VLLM)
    assert {check.state for check in found.values()} == {OK}
    assert "vLLM 0.32.0" in found[CheckId.ENDPOINT].found
    assert "rendered prompt" in found[CheckId.TEMPLATE].found
    assert all("kept" in found[known].found for known in EXTRAS[2:])


async def test_an_old_vllm_accepts_the_extras_and_ignores_them() -> None:
    found = await told(OLD_VLLM)
    assert "reasoning_content" in found[CheckId.REASONING].found
    for known in EXTRAS[2:]:
        assert (found[known].state, found[known].remedy) == (WARN, "Update vLLM on the server.")
        assert "accepted and ignored" in found[known].found


async def test_a_vllm_without_a_parser_is_told_how_to_get_one() -> None:
    found = await told(NO_PARSER)
    assert states(found, CheckId.REASONING, CheckId.BUDGET) == [WARN, WARN]
    assert "--reasoning-parser deepseek_r1" in found[CheckId.REASONING].remedy
    assert "--reasoning-parser deepseek_r1" in found[CheckId.BUDGET].remedy
    assert found[CheckId.BUDGET].found.startswith("refused")


async def test_llama_cpp_chats_and_lacks_the_extras() -> None:
    found = await told(LLAMA_CPP)
    assert states(found, CheckId.ENDPOINT, CheckId.REASONING, CheckId.FIRST_WORD, CheckId.COMPLETIONS) == [OK] * 4
    assert "not vLLM" in found[CheckId.ENDPOINT].found
    assert "`<think>` in the content" in found[CheckId.REASONING].found
    assert states(found, CheckId.TOKENIZE, CheckId.INTERVAL, CheckId.REPETITION) == [WARN, WARN, SKIPPED]
    assert "may be ignored" in found[CheckId.BUDGET].found


async def test_a_server_with_nothing_but_chat() -> None:
    found = await told(BARE)
    assert found[CheckId.ENDPOINT].state is OK
    assert states(found, CheckId.CLOCK, CheckId.TEMPLATE) == [SKIPPED, SKIPPED]
    assert states(found, CheckId.TOKENIZE, CheckId.COMPLETIONS, CheckId.INTERVAL) == [WARN] * 3
    assert "may not think" in found[CheckId.REASONING].found
    assert State.FAIL not in {check.state for check in found.values()}


async def test_a_clock_that_is_an_hour_off_is_told() -> None:
    found = await told(Kind(skew_s=-3600))
    assert found[CheckId.CLOCK].state is WARN
    assert "-3,600 s" in found[CheckId.CLOCK].found or "-3,599 s" in found[CheckId.CLOCK].found


async def test_a_model_called_r1_with_another_template_is_told() -> None:
    found = await told(Kind(r1_prompt=False))
    assert found[CheckId.TEMPLATE].state is WARN
    by_prompt = await told(Kind(model="lab-model"))
    assert by_prompt[CheckId.TEMPLATE].found == "DeepSeek-R1's, by the rendered prompt"


async def test_a_model_that_is_not_served_is_told_and_another_is_tried() -> None:
    found = await told(VLLM, model="mistral")
    assert found[CheckId.ENDPOINT].state is WARN
    assert "does not serve mistral" in found[CheckId.ENDPOINT].found
    assert found[CheckId.FIRST_WORD].state is OK


MODELS = (ModelInfo(id="a"), ModelInfo(id="tiny", root="/models/DeepSeek-R1"), ModelInfo(id="org/Big-R1-AWQ"))


@pytest.mark.parametrize(
    ("wanted", "chosen", "missing"),
    [
        (None, "a", None),
        ("tiny", "tiny", None),
        ("/models/DeepSeek-R1/", "tiny", None),
        ("deepseek-r1", "tiny", None),
        ("deepseek-ai/DeepSeek-R1", "tiny", None),
        ("big-r1", "org/Big-R1-AWQ", None),
        ("elsewhere/tests/tiny", "tiny", None),
        ("nothing", "a", "nothing"),
    ],
)
def test_the_model_is_found_by_what_people_call_it(wanted: str | None, chosen: str, missing: str | None) -> None:
    served = choose(Hello(models=MODELS), wanted)
    assert served is not None
    assert (served.model.id, served.wanted) == (chosen, missing)
    assert choose(Hello(models=()), wanted) is None


THINKS = Heard(chunks=6, first_s=0.1, field="reasoning", thought="Okay, so one and")


def test_what_cannot_be_seen_is_said_to_be_unseen() -> None:
    short = Heard(chunks=2, first_s=0.1, field="reasoning", thought="Hm", content="2")
    assert "may be ignored" in judge_budget(short, short, vllm=True).found
    assert "may be ignored" in judge_interval(short, short, vllm=True).found
    assert "ignored;" in judge_budget(THINKS, THINKS, vllm=True).found


@pytest.mark.parametrize("code", [FaultCode.SILENT, FaultCode.UNAUTHORIZED, FaultCode.ENGINE_DIED])
def test_a_server_in_trouble_is_not_said_to_lack_an_extra(code: FaultCode) -> None:
    assert judge_interval(THINKS, Fault(code, "Trouble."), vllm=True).state is State.FAIL


def test_slow_and_empty_answers() -> None:
    assert judge_first(replace(THINKS, first_s=30.0)).state is WARN
    assert judge_first(Heard()).state is State.FAIL
    assert judge_reasoning(Heard(), r1=True, vllm=True).state is State.FAIL
