"""R1's prompt rules, byte for byte."""

from dataclasses import replace

import pytest

from dsr1_tui.domain.message import MessageRole
from dsr1_tui.domain.presets import DIRECTIVE_EN, DIRECTIVE_ZH, Presets
from dsr1_tui.domain.prompt import (
    PromptRules,
    additions_to,
    build_prompt,
    first_words,
    is_empty_thought,
    plan_prompt,
    prefill_for,
    round_starts,
)
from dsr1_tui.domain.prompt_parts import Addition, PartKind
from dsr1_tui.domain.request import PromptMessage
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.steering import ForcedThinking
from support.prompt_paths import path_of

U, A, S = MessageRole.USER, MessageRole.ASSISTANT, MessageRole.SYSTEM
R1 = PromptRules(rules=Rules.R1)


def preset(name: str, rules: Rules = Rules.R1) -> PromptRules:
    return PromptRules(rules=rules, preset=Presets().named(name))


def asked(question: str, rules: PromptRules) -> str:
    (only,) = build_prompt(path_of((U, question)), rules=rules)
    assert only.role is U
    return only.content


@pytest.mark.parametrize(
    ("rules", "question", "sent"),
    [
        (R1, "What is 2+2?", "What is 2+2?\nPlease reason step by step, and put your final answer within \\boxed{}."),
        (R1, "1加1等于几？", "1加1等于几？\n请逐步推理，并将最终答案放在\\boxed{}内。"),
        (R1, "Hello!", "Hello!"),
        (R1, "What is 2+2?\n\n", f"What is 2+2?\n{DIRECTIVE_EN}"),
        (R1, f"What is 2+2? {DIRECTIVE_EN}", f"What is 2+2? {DIRECTIVE_EN}"),
        (R1, f"1加1等于几？{DIRECTIVE_ZH}", f"1加1等于几？{DIRECTIVE_ZH}"),
        (R1, "2+2=? Answer in \\boxed{}", "2+2=? Answer in \\boxed{}"),
        (R1, "2+2=? Put the answer inside a box.", "2+2=? Put the answer inside a box."),
        (R1, "1+1=？把答案写在方框里", "1+1=？把答案写在方框里"),
        (preset("auto", Rules.OFF), "What is 2+2?", "What is 2+2?"),
        (preset("math"), "Who are you?", f"Who are you?\n{DIRECTIVE_EN}"),
        (preset("math", Rules.OFF), "Who are you?", f"Who are you?\n{DIRECTIVE_EN}"),
        (preset("talk"), "Why is the sky blue?", "Why is the sky blue?\nAnswer concisely."),
        (preset("talk"), "天空为什么是蓝的？", "天空为什么是蓝的？\n请简洁回答"),
        (preset("talk"), "What is 2+2?", "What is 2+2?\nAnswer concisely."),
        (preset("talk"), "Be brief: why? Answer concisely!", "Be brief: why? Answer concisely!"),
        (preset("summary"), "Once upon …", "Summarise the following in at most 100 words.\n\nOnce upon …"),
        (preset("summary"), "从前有座山。", "请总结以下内容，不超过100字\n\n从前有座山。"),
        (preset("creative"), "Write a haiku.", "Write a haiku.\nUse your imagination."),
        (preset("marking"), "My essay: …", "My essay: …"),
        (preset("code"), "Sort a list in Python.", "Sort a list in Python."),
        (replace(R1, directive=False), "What is 2+2?", "What is 2+2?"),
        (replace(R1, directive=True), "Hello!", f"Hello!\n{DIRECTIVE_EN}"),
        (replace(preset("talk"), directive=True), "Why?", f"Why?\nAnswer concisely.\n{DIRECTIVE_EN}"),
        (replace(R1, without=frozenset({PartKind.DIRECTIVE})), "What is 2+2?", "What is 2+2?"),
        (replace(preset("talk"), without=frozenset({PartKind.SUFFIX})), "Why?", "Why?"),
        (replace(R1, instructions=" Speak German.\n"), "Hello!", "Speak German.\n\nHello!"),
        (replace(R1, instructions="Speak German."), "2+2=?", f"Speak German.\n\n2+2=?\n{DIRECTIVE_EN}"),
        (replace(R1, instructions=f"Be kind. {DIRECTIVE_EN}"), "2+2=?", f"Be kind. {DIRECTIVE_EN}\n\n2+2=?"),
        (
            replace(preset("summary"), instructions="Speak German."),
            "Once.",
            "Speak German.\n\nSummarise the following in at most 100 words.\n\nOnce.",
        ),
        (replace(R1, instructions="X", without=frozenset({PartKind.INSTRUCTIONS})), "Hello!", "Hello!"),
        (replace(R1, thinking=ForcedThinking.NEWLINE_BEFORE), "2+2=?", f"\n2+2=?\n{DIRECTIVE_EN}"),
        (replace(R1, thinking=ForcedThinking.NEWLINE_AFTER), "2+2=?", f"2+2=?\n{DIRECTIVE_EN}\n"),
        (replace(R1, thinking=ForcedThinking.NEWLINE_AFTER), "Hi!\n", "Hi!\n"),
        (replace(R1, thinking=ForcedThinking.NEWLINE_BEFORE), "\nHi!", "\nHi!"),
        (replace(R1, thinking=ForcedThinking.NEWLINE_BEFORE, without=frozenset({PartKind.NEWLINE})), "Hi!", "Hi!"),
        (PromptRules(thinking=ForcedThinking.NEWLINE_BEFORE), "Hi!", "Hi!"),
        (PromptRules(thinking=ForcedThinking.PREFILL), "Hi!", "Hi!"),
    ],
)
def test_one_question(rules: PromptRules, question: str, sent: str) -> None:
    assert asked(question, rules) == sent


def test_a_conversation_under_r1() -> None:
    path = path_of(
        (U, "What is 2+2?"), (A, "\n\n\\boxed{4}\n", "two and two"), (U, "Thanks!"), (A, "", "hm"), (U, "3+3?")
    )
    assert build_prompt(path, rules=replace(R1, instructions="Be kind.")) == (
        PromptMessage(U, f"Be kind.\n\nWhat is 2+2?\n{DIRECTIVE_EN}"),
        PromptMessage(A, "\\boxed{4}"),
        PromptMessage(U, f"Thanks!\n\n3+3?\n{DIRECTIVE_EN}"),
    )


def test_without_r1_s_rules_instructions_are_a_system_message() -> None:
    path = path_of((U, "Hi"), (A, "Hello"), (U, "2+2?"))
    assert build_prompt(path, rules=PromptRules(instructions="Be kind.")) == (
        PromptMessage(S, "Be kind."),
        PromptMessage(U, "Hi"),
        PromptMessage(A, "Hello"),
        PromptMessage(U, "2+2?"),
    )


def test_a_system_message_of_the_path_is_folded_too() -> None:
    path = path_of((S, "Be kind."), (U, "Hi"))
    assert build_prompt(path, rules=replace(R1, instructions="Be brief.")) == (
        PromptMessage(U, "Be kind.\n\nBe brief.\n\nHi"),
    )
    assert build_prompt(path) == (PromptMessage(S, "Be kind."), PromptMessage(U, "Hi"))


def test_prefill() -> None:
    rules = replace(R1, thinking=ForcedThinking.PREFILL)
    assert build_prompt(path_of((U, "Hi!")), rules=rules) == (
        PromptMessage(U, "Hi!"),
        PromptMessage(A, "<think>\nOkay, "),
    )
    assert build_prompt(path_of((U, "你好")), rules=rules)[-1] == PromptMessage(A, "<think>\n好的，")
    assert plan_prompt(path_of((U, "Hi!"), (A, "Hello")), rules).prefill == "", "only a question is answered"
    assert (prefill_for("Hi"), first_words("你好")) == ("<think>\nOkay, ", "好的，")


def test_every_addition_is_told() -> None:
    rules = replace(preset("talk"), instructions="Be\n kind.", directive=True, thinking=ForcedThinking.PREFILL)
    prompt = plan_prompt(path_of((U, "Hi!"), (A, "Hello"), (U, "Why?")), rules)
    assert prompt.additions == (
        Addition(PartKind.INSTRUCTIONS, "Be\n kind."),
        Addition(PartKind.SUFFIX, "Answer concisely."),
        Addition(PartKind.DIRECTIVE, DIRECTIVE_EN),
        Addition(PartKind.PREFILL, "<think>\nOkay, "),
    )
    assert [addition.label for addition in prompt.additions] == [
        "instructions: Be kind.",
        "Answer concisely.",
        "step by step, answer in \\boxed{}",
        "thought begun for it: “Okay,”",
    ]
    assert additions_to("What is 2+2?", R1) == (Addition(PartKind.DIRECTIVE, DIRECTIVE_EN),)
    newline = additions_to("Hi", replace(R1, thinking=ForcedThinking.NEWLINE_AFTER))
    assert [(one.text, one.label) for one in newline] == [("\n", "a newline, so that it thinks")]
    assert additions_to("Hi", R1) == ()


@pytest.mark.parametrize("thought", ["", "\n\n", "<think>\n\n</think>", " … ", "\u200b\n", "—"])
def test_empty_thoughts(thought: str) -> None:
    assert is_empty_thought(thought)


@pytest.mark.parametrize("thought", ["Okay", "好", "2", "<think>\nx"])
def test_thoughts(thought: str) -> None:
    assert not is_empty_thought(thought)


def test_rounds() -> None:
    path = path_of((S, "s"), (U, "a"), (A, "b"), (U, "c"), (A, " "), (U, "d"), (A, "e"), (U, "f"))
    assert round_starts(path) == (1, 3, 7)
    assert round_starts(()) == ()
