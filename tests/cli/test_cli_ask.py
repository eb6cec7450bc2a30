import json
from typing import Any

import pytest

from dsr1_tui.domain.events import Failed, FinishReason, GuardTripped
from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.message import Status
from dsr1_tui.domain.request import ModelInfo
from dsr1_tui.domain.sampling import Sampling
from support.cli import Said, run_here
from support.fake_endpoint import FAKE_MODEL, Script, answer_script
from support.fake_kit import World

Capture = pytest.CaptureFixture[str]
KEYS = [
    "conversation_id",
    "model",
    "reasoning",
    "answer",
    "boxed",
    "final_boxed",
    "finish_reason",
    "usage",
    "timings",
    "settings",
    "guards",
    "prompt_additions",
]


def one_object(said: Said) -> dict[str, Any]:
    assert said.out.count("\n") == 1
    parsed: dict[str, Any] = json.loads(said.out)
    return parsed


def test_the_answer_goes_to_stdout_and_nothing_else(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [answer_script("\n\nIt is \\boxed{4}.", "Two and two.")]
    assert run_here(capfd, "ask", "2 + 2?") == Said(0, "It is \\boxed{4}.\n", "")
    assert world.endpoint.closed


def test_words_need_no_quotes(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [answer_script("ok")]
    run_here(capfd, "ask", "what", "is", "it", "--temperature", "0.2")
    (request,) = world.endpoint.requests
    assert [message.content for message in request.messages] == ["what is it"]
    assert request.sampling == Sampling(temperature=0.2, top_p=0.95)


def test_the_object_has_all_that_was_said(world: World, capfd: Capture) -> None:
    answer = "\n\n\\boxed{2} or \\boxed{\\frac{1}{2}}\x9b \u202e"
    world.endpoint.scripts = [answer_script(answer, "think")]
    said = run_here(capfd, "ask", "--json", "q", "--seed", "7", "--stop", "a,b", "--top-p", "server")
    found = one_object(said)
    assert (said.code, said.err) == (0, "")
    assert list(found) == KEYS
    assert found["answer"] == answer.strip("\n")
    assert found["reasoning"] == "think"
    assert found["boxed"] == ["2", "\\frac{1}{2}"]
    assert found["final_boxed"] == "\\frac{1}{2}"
    assert found["finish_reason"] == "stop"
    assert found["model"] == FAKE_MODEL.id
    assert found["settings"] == {"temperature": 0.6, "seed": 7, "stop": ["a", "b"]}
    assert found["usage"]["reasoning_tokens"] == 1
    assert set(found["timings"]) == {"ttft_s", "total_s", "tokens_per_s"}
    assert "\x9b" not in said.out, "what would steer a terminal is an escape of JSON's own"
    assert "\u202e" not in said.out
    assert found["conversation_id"] in world.store.shelf.conversations


@pytest.mark.parametrize(
    ("reason", "answer", "words"),
    [
        (FinishReason.LENGTH, "half an", "The answer was cut off"),
        (FinishReason.LENGTH, "", "still thinking when it was cut off"),
        (FinishReason.STOP, " \n", "ended without an answer"),
        (FinishReason.LOOP, "", "repeated itself"),
        (FinishReason.BUDGET, "", "thinking budget"),
    ],
)
def test_without_a_whole_answer_it_is_five(
    world: World, capfd: Capture, reason: FinishReason, answer: str, words: str
) -> None:
    for arguments in (("ask", "q"), ("ask", "--json", "q")):
        world.endpoint.scripts = [answer_script(answer, "hm", reason=reason)]
        said = run_here(capfd, *arguments)
        assert said.code == 5
        assert words in said.err
        assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (FaultCode.UNREACHABLE, 3),
        (FaultCode.PROXY, 3),
        (FaultCode.NOT_AN_API, 3),
        (FaultCode.UNAUTHORIZED, 4),
        (FaultCode.CONTEXT_OVERFLOW, 4),
        (FaultCode.SERVER_ERROR, 4),
    ],
)
def test_a_fault_is_one_line_and_its_code(world: World, capfd: Capture, fault: FaultCode, code: int) -> None:
    world.endpoint.fault = Fault(fault, "It \x1b[31mfailed.", "Do this.")
    said = run_here(capfd, "ask", "q", "--base-url", "h:1")
    assert said == Said(code, "", "dsr1-chat: It ␛[31mfailed. Do this.\n")
    found = one_object(run_here(capfd, "ask", "q", "--base-url", "h:1", "--json"))
    assert list(found) == [*KEYS, "error"]
    assert found["error"] == {"code": fault.value, "message": "It \x1b[31mfailed.", "hint": "Do this."}


def test_a_broken_stream_keeps_what_came(world: World, capfd: Capture) -> None:
    error = Fault(FaultCode.STREAM_BROKEN, "It broke.", "Ask again.")
    script: Script = [*answer_script("half")[:-1], Failed(error=error)]
    world.endpoint.scripts = [script, script]
    assert run_here(capfd, "ask", "q") == Said(5, "half\n", "dsr1-chat: It broke. Ask again.\n")
    found = one_object(run_here(capfd, "ask", "q", "--json"))
    assert (found["answer"], found["finish_reason"], found["error"]["code"]) == ("half", "interrupted", "stream-broken")
    statuses = {message.status for message in world.store.shelf.messages.values() if message.content == "half"}
    assert Status.INTERRUPTED in statuses


def test_an_unnamed_endpoint_says_how_to_name_one(world: World, capfd: Capture) -> None:
    world.endpoint.fault = Fault(FaultCode.UNREACHABLE, "Nothing answers.", "Is it up?")
    said = run_here(capfd, "ask", "q")
    assert said.code == 3
    assert "No endpoint is named: give --base-url" in said.err
    assert world.opened[0].base_url == "http://127.0.0.1:8000/v1"


def test_a_conversation_goes_on(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [answer_script(text, "thought") for text in ("one", "two", "three")]
    first = one_object(run_here(capfd, "ask", "--json", "a"))["conversation_id"]
    assert one_object(run_here(capfd, "ask", "--json", "-c", "b"))["conversation_id"] == first
    assert one_object(run_here(capfd, "ask", "--json", "--resume", first[:20], "c"))["conversation_id"] == first
    sent = [message.content for message in world.endpoint.requests[-1].messages]
    assert sent == ["a", "one", "b", "two", "c"], "earlier thoughts are not sent back"


def test_going_on_with_nothing_is_wrong_use(world: World, capfd: Capture) -> None:
    said = run_here(capfd, "ask", "-c", "q")
    assert said.code == 2
    assert said.out == ""
    assert not world.endpoint.requests


def test_an_answer_that_cannot_be_kept_is_still_given(world: World, capfd: Capture) -> None:
    world.store.fault = Fault(FaultCode.STORE, "The disk is full.", "Make room.")
    world.endpoint.scripts = [answer_script("ok")]
    assert run_here(capfd, "ask", "q") == Said(0, "ok\n", "dsr1-chat: The disk is full. Make room.\n")


def test_a_guard_is_told_and_listed(world: World, capfd: Capture) -> None:
    tripped = GuardTripped(guard="loop", level="loop", action="tell", detail="said nine times")
    script = answer_script("ok")
    world.endpoint.scripts = [[script[0], tripped, *script[1:]]] * 2
    assert run_here(capfd, "ask", "q").err == "dsr1-chat: loop: said nine times; it goes on\n"
    assert one_object(run_here(capfd, "ask", "--json", "q"))["guards"] == ["loop"]


def test_the_thought_is_shown_if_asked_for(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [answer_script("\n\nyes", "I think \x1b]0;x\x07 so")]
    assert run_here(capfd, "ask", "q", "--show-reasoning") == Said(0, "yes\n", "I think ␛]0;x␇ so\n\n")


def test_r1s_rules_can_be_overruled(world: World, capfd: Capture) -> None:
    world.endpoint.listed = (ModelInfo(id="other"),)
    world.endpoint.scripts = [answer_script("ok"), answer_script("ok")]
    run_here(capfd, "ask", "q")
    run_here(capfd, "ask", "q", "--rules", "r1")
    assert [request.sampling.temperature for request in world.endpoint.requests] == [None, 0.6]


def test_the_demo_says_that_it_is_one(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [answer_script("ok")]
    said = run_here(capfd, "--demo", "ask", "q")
    assert said.err == "dsr1-chat: demo: a recorded answer; no model is running.\n"
