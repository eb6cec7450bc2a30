"""What holds for the prompt of any conversation under any rules."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dsr1_tui.domain.message import Message, MessageRole
from dsr1_tui.domain.presets import BUILT_IN, DIRECTIVE_EN, DIRECTIVE_ZH
from dsr1_tui.domain.prompt import PromptRules, build_prompt, plan_prompt, round_starts
from dsr1_tui.domain.prompt_parts import PartKind
from dsr1_tui.domain.rules import Rules
from dsr1_tui.domain.steering import ForcedThinking
from support.prompt_paths import path_of

U, A = MessageRole.USER, MessageRole.ASSISTANT
THOUGHT = "⟦a thought⟧"
ADDED = (DIRECTIVE_EN, DIRECTIVE_ZH, *(s for p in BUILT_IN for s in (p.suffix_en, p.suffix_zh) if s))

questions = st.sampled_from(
    [
        "What is 2+2?",
        "1加1等于几？",
        "Hello!",
        "你好",
        "Why is the sky blue?",
        "",
        "\n",
        "Solve x^2 = 4.\n\n",
        "x" * 900,
    ]
) | st.text(max_size=40)
answers = st.sampled_from(["4", "\n\nSure.\n", "", " \n", "\\boxed{4}"]) | st.text(max_size=20)
instructions = st.sampled_from(["", "", "Be kind.", "用中文回答。", f"Always: {DIRECTIVE_EN}", " \n"])
every_rules = st.builds(
    PromptRules,
    rules=st.sampled_from(Rules),
    instructions=instructions,
    preset=st.sampled_from(BUILT_IN),
    thinking=st.sampled_from(ForcedThinking),
    directive=st.sampled_from([None, True, False]),
    without=st.frozensets(st.sampled_from(PartKind), max_size=2),
)


@st.composite
def paths(draw: st.DrawFn) -> tuple[Message, ...]:
    """Questions and answers in turn; the last is a question."""
    said: list[tuple[MessageRole, str, str]] = []
    for _ in range(draw(st.integers(0, 3))):
        said += [(U, draw(questions), ""), (A, draw(answers), THOUGHT)]
    return path_of(*said, (U, draw(questions), ""))


@settings(max_examples=150)
@given(paths(), every_rules)
def test_a_prompt_is_one_a_template_takes(path: tuple[Message, ...], rules: PromptRules) -> None:
    prompt = plan_prompt(path, rules)
    roles = [message.role for message in prompt.messages]
    if rules.rules is Rules.R1:
        assert MessageRole.SYSTEM not in roles
    spoken = [role for role in roles if role is not MessageRole.SYSTEM]
    assert spoken == [U, A] * (len(spoken) // 2) + [U], "turns alternate and end in a question"
    assert roles.index(U) <= 1
    assert all(THOUGHT not in message.content for message in prompt.sent), "no earlier reasoning"
    assert bool(prompt.prefill) is (prompt.sent != prompt.messages)
    assert build_prompt(path, rules=rules) == prompt.sent


@settings(max_examples=150)
@given(paths(), every_rules)
def test_the_user_s_words_arrive_and_the_rest_is_told(path: tuple[Message, ...], rules: PromptRules) -> None:
    prompt = plan_prompt(path, rules)
    typed = [part.text for turn in prompt.turns for part in turn.parts if part.kind is PartKind.QUESTION]
    joined = "\n".join(typed)
    assert all(message.content.strip("\n") in joined for message in path if message.role is U)
    told = {addition.kind for addition in prompt.additions}
    assert not told & rules.without, "what was taken away stays away"
    assert not told & {PartKind.QUESTION, PartKind.ANSWER}
    rest = prompt.messages[-1].content
    for addition in prompt.additions:
        rest = rest.replace(addition.text, "", 1) if addition.kind is not PartKind.NEWLINE else rest
    assert rest.strip("\n") == typed[-1].strip("\n"), "nothing else stands beside what was typed"


@settings(max_examples=150)
@given(questions, every_rules)
def test_nothing_is_added_twice(question: str, rules: PromptRules) -> None:
    rules = replace(rules, instructions="", thinking=ForcedThinking.OFF)
    once = build_prompt(path_of((U, question)), rules=rules)[-1].content
    twice = build_prompt(path_of((U, once)), rules=rules)[-1].content
    assert twice == once
    for added in ADDED:
        assert once.count(added) <= max(1, question.count(added))


@settings(max_examples=100)
@given(paths(), questions, every_rules)
def test_what_was_sent_is_sent_again_the_same(path: tuple[Message, ...], question: str, rules: PromptRules) -> None:
    first = plan_prompt(path, rules).messages
    answered = (*path, *path_of(*[(U, "-")] * len(path), (A, "Fine.", THOUGHT), (U, question))[len(path) :])
    assert plan_prompt(answered, rules).messages[: len(first)] == first, "the server's prefix cache holds"


@given(paths())
def test_without_rules_nothing_is_added(path: tuple[Message, ...]) -> None:
    prompt = plan_prompt(path, PromptRules())
    assert (prompt.additions, prompt.prefill) == ((), "")
    assert build_prompt(path) == prompt.messages


@given(paths())
def test_rounds_are_the_prompt_s_questions(path: tuple[Message, ...]) -> None:
    starts = round_starts(path)
    assert len(starts) == sum(message.role is U for message in build_prompt(path))
    for start in starts:
        shortened = build_prompt(path[start:])
        assert shortened == build_prompt(path)[-len(shortened) :], "dropping whole rounds leaves the rest as it was"
