"""Presets, prompt rules and guards from the command line: what is sent, said, and how it ends."""

import json
from typing import Any

import pytest

from dsr1_tui.cli.answer_text import AnswerText
from dsr1_tui.domain.config import Config
from dsr1_tui.domain.events import FinishReason
from dsr1_tui.domain.presets import DIRECTIVE_EN
from dsr1_tui.domain.steering import Steering
from support.cli import run_here
from support.fake_endpoint import THOUGHT, Script, answer_script
from support.fake_kit import World

Capture = pytest.CaptureFixture[str]
ROUND = "Wait, let me check again. 3 + 4 = 7. " * 40


def looping(*, in_answer: bool = False) -> Script:
    if in_answer:
        return answer_script(ROUND, reason=FinishReason.LENGTH)
    return answer_script("", ROUND, reason=FinishReason.LENGTH)


def asked(capfd: Capture, *arguments: str) -> tuple[int, dict[str, Any]]:
    said = run_here(capfd, "ask", "--json", *arguments)
    found: dict[str, Any] = json.loads(said.out)
    return said.code, found


def test_a_preset_sets_and_says_what_it_stands_for(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [answer_script("ok"), answer_script("ok")]
    code, found = asked(capfd, "Why?", "--preset", "talk", "--temperature", "0.65")
    assert (code, found["prompt_additions"]) == (0, ["Answer concisely."])
    assert found["settings"] == {"temperature": 0.65, "top_p": 0.95, "max_tokens": 2048, "repetition_penalty": 1.0}
    _, found = asked(capfd, "-c", "And then?")
    assert found["prompt_additions"] == ["Answer concisely."], "a conversation keeps its preset"


@pytest.mark.parametrize(
    ("flags", "added"), [([], [DIRECTIVE_EN]), (["--no-boxed"], []), (["--no-boxed", "--boxed"], [DIRECTIVE_EN])]
)
def test_the_directive_can_be_taken_away(world: World, capfd: Capture, flags: list[str], added: list[str]) -> None:
    world.endpoint.scripts = [answer_script("\\boxed{4}")]
    assert asked(capfd, "What is 2 + 2?", *flags)[1]["prompt_additions"] == added


def test_flags_lie_over_the_file(world: World, capfd: Capture) -> None:
    world.config_file.config = Config(steering=Steering(instructions="Be kind.", preset="talk"))
    world.endpoint.scripts = [answer_script("ok")] * 2
    run_here(capfd, "ask", "Why?")
    run_here(capfd, "--preset", "talk", "ask", "Why?", "--preset", "auto", "--instructions", "")
    sent = [request.messages[0].content for request in world.endpoint.requests]
    assert sent == ["Be kind.\n\nWhy?\nAnswer concisely.", "Why?"]


def test_a_loop_becomes_an_answer(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [looping(), looping()]
    world.endpoint.continue_scripts = [answer_script("7}."), answer_script("7}.")]
    code, found = asked(capfd, "What is 3 + 4?")
    assert (code, found["finish_reason"], found["guards"], found["final_boxed"]) == (0, "stop", ["loop"], "7")
    assert len(found["reasoning"]) < len(ROUND) / 2
    said = run_here(capfd, "ask", "What is 3 + 4?")
    assert (said.code, said.out) == (0, "**Final Answer** \\boxed{7}.\n")
    assert said.err.startswith("dsr1-chat: loop: repeating since ")
    assert said.err.endswith("; the thought is closed, it answers from what it has\n")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("flags", [["--loop-policy", "stop"], []])
def test_a_loop_that_is_stopped_is_no_answer(world: World, capfd: Capture, flags: list[str]) -> None:
    world.endpoint.scripts = [looping(in_answer=not flags)] * 2
    code, found = asked(capfd, "q", *flags)
    assert (code, found["finish_reason"], found["guards"]) == (5, "loop", ["loop"])
    said = run_here(capfd, "ask", "q", *flags)
    assert said.code == 5
    told, why = said.err.splitlines()
    assert told.startswith("dsr1-chat: loop: repeating since ")
    assert told.endswith("; stopped there")
    assert why == "dsr1-chat: The model repeated itself and was stopped. Try --loop-policy retry."


def test_a_loop_can_be_told_only(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [looping()]
    code, found = asked(capfd, "q", "--loop-policy", "tell")
    assert (code, found["finish_reason"], found["guards"]) == (5, "length", ["loop"])
    assert found["reasoning"] == ROUND


def test_a_second_try_is_the_answer(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [looping(), answer_script("Seven.")] * 2
    flags = ["--loop-policy", "retry", "--seed", "5"]
    code, found = asked(capfd, "q", *flags)
    assert (code, found["finish_reason"], found["guards"]) == (0, "stop", ["loop"])
    assert (found["answer"], found["reasoning"]) == ("Seven.", THOUGHT)
    first, second = (request.sampling for request in world.endpoint.requests)
    assert (first.seed, second.seed, second.repetition_penalty) == (5, 6, 1.1)
    said = run_here(capfd, "ask", "q", *flags)
    assert (said.code, said.out) == (0, "Seven.\n")
    assert "; it is asked once more\n" in said.err


def test_a_try_given_up_is_parted_from_the_next(world: World, capfd: Capture) -> None:
    world.endpoint.scripts = [looping(in_answer=True), answer_script("\nSeven.")]
    said = run_here(capfd, "ask", "q", "--loop-policy", "retry")
    *_, last = said.out.splitlines()
    assert (said.code, last) == (0, "Seven.")
    text = AnswerText()
    assert [text.anew(), text.feed("a\n"), text.anew(), text.anew(), text.feed("\nb")] == ["", "a\n", "", "", "b"]
    assert text.anew() == "\n"


@pytest.mark.parametrize("continuable", [True, False])
def test_a_budget_ends_the_thought(world: World, capfd: Capture, continuable: bool) -> None:
    thought = " ".join(f"step {at}" for at in range(60))
    world.endpoint.continuable = continuable
    world.endpoint.scripts = [answer_script("late", thought), answer_script("now")]
    world.endpoint.continue_scripts = [answer_script("now")]
    said = run_here(capfd, "ask", "Why?", "--thinking-budget", "40")
    assert world.endpoint.requests[0].thinking_budget == 40
    assert (said.code, said.out) == (0, "now\n")
    told, *more = said.err.splitlines()
    assert told == "dsr1-chat: budget: 40 of 40 tok of thought used; the thought is closed, it answers from what it has"
    assert more == (
        [] if continuable else ["dsr1-chat: This server has no /v1/completions: a short answer is asked for anew."]
    )


def test_the_config_is_shown_with_what_lies_over_it(
    world: World, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run_here(capfd, "--preset", "talk", "config", "show", "--thinking-budget", "30s", "--no-boxed")
    rows = dict(line.split(None, 1) for line in said.out.splitlines() if not line.startswith("config file"))
    assert rows["presets"].startswith("auto, talk, math")
    assert (rows["preset"], rows["thinking_budget"], rows["directive"]) == (
        "talk (--preset)",
        "30s (--thinking-budget)",
        "false (--boxed)",
    )
    assert run_here(capfd, "config", "show", "--preset", "none").code == 2
