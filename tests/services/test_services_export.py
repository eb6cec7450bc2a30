"""Exports: what a person reads, and what a program can read back."""

import json
from dataclasses import asdict, replace
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dsr1_tui.domain.fault import Fault, FaultCode
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Status, Timings, Tree, Usage
from dsr1_tui.render.safe import safe
from dsr1_tui.services.export import export_json, export_markdown
from support.fake_clock import FakeClock
from support.store_samples import CONVERSATIONS, MESSAGES, a_conversation, a_question, an_answer


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Any messages in a chain, the last one active."""
    conversation: Conversation = draw(CONVERSATIONS)
    messages: list[Message] = draw(st.lists(MESSAGES, max_size=4, unique_by=lambda message: message.id))
    parents = [None, *(message.id for message in messages)]
    chain = [replace(one, parent_id=parent) for one, parent in zip(messages, parents, strict=False)]
    return Tree(replace(conversation, active_leaf=parents[-1]), {one.id: one for one in chain})


def a_tree() -> Tree:
    clock = FakeClock()
    conversation = a_conversation(clock, "Two factors")
    question = a_question(clock, conversation, "Solve x² = 4")
    answer = an_answer(
        clock,
        question,
        "It is \\boxed{\\pm 2}.\n",
        reasoning="Squares…\n```python\nopen fence",
        boxed="\\pm 2",
        usage=Usage(completion_tokens=1902),
        timings=Timings(ttft_s=0.25, thinking_s=41.7, total_s=44.0, tokens_per_s=43.2),
    )
    other = an_answer(clock, question, "No idea.")
    messages = {one.id: one for one in (question, answer, other)}
    return Tree(replace(conversation, active_leaf=answer.id), messages)


def test_markdown() -> None:
    tree = a_tree()
    assert export_markdown(tree) == (
        "# Two factors\n\n"
        f"*2023-11-14 22:13 UTC · {tree.conversation.id}*\n\n"
        "## You\n\nSolve x² = 4\n\n"
        "## tiny-r1\n\n"
        "> **Thought for 42 s**\n>\n> Squares…\n> ```python\n> open fence\n\n"
        "It is \\boxed{\\pm 2}.\n\n"
        "**Result:** $\\pm 2$\n\n"
        "*≈ 1,902 tokens · 43.2 tok/s · first token after 0.25 s · 44.0 s · temperature 0.60, top_p 0.95*\n\n"
        "*1 other answer is kept, and in the JSON export.*\n"
    )


def test_markdown_says_what_is_not_whole() -> None:
    tree = a_tree()
    leaf = tree.path[-1]
    error = Fault(FaultCode.STREAM_BROKEN, "The connection broke.")
    broken = replace(leaf, status=Status.INTERRUPTED, error=error)
    text = export_markdown(Tree(tree.conversation, {**tree.messages, leaf.id: broken}))
    assert "*Interrupted here. The connection broke.*" in text


def test_a_thought_cannot_swallow_the_answer() -> None:
    tokens = MarkdownIt("commonmark").parse(export_markdown(a_tree()))
    closes = next(at for at, token in enumerate(tokens) if token.type == "blockquote_close")
    assert any("It is" in token.content for token in tokens[closes:] if token.type == "inline")


@settings(max_examples=40, deadline=None)
@given(tree=trees())
def test_nothing_exported_steers_a_terminal(tree: Tree) -> None:
    markdown, text = export_markdown(tree), export_json(tree)
    assert safe(markdown) == markdown
    assert not set(text) & {chr(code) for code in (*range(10), *range(11, 32), *range(127, 160), 0x202E, 0x2066)}
    for message in tree.path:
        if message.role is MessageRole.USER and message.content.isalnum() and message.content.isascii():
            assert message.content in markdown


@settings(max_examples=40, deadline=None)
@given(tree=trees())
def test_json_holds_everything(tree: Tree) -> None:
    found = json.loads(export_json(tree))
    assert (found["format"], found["version"]) == ("dsr1-chat.conversation", 1)
    assert found["conversation"]["title"] == tree.conversation.title
    assert found["conversation"]["active_leaf"] == tree.conversation.active_leaf
    assert [one["id"] for one in found["messages"]] == sorted(tree.messages)
    for one in found["messages"]:
        message = tree.messages[one["id"]]
        same = ("role", "status", "reasoning", "content", "parent_id", "boxed", "model", "finish_reason", "rules")
        assert {name: one[name] for name in same} == {name: getattr(message, name) for name in same}
        assert one["usage"] == (message.usage and asdict(message.usage))
        assert one["timings"] == (message.timings and asdict(message.timings))
        assert one["error"] == (message.error and asdict(message.error))
        assert [part["from_char"] for part in one["segments"]] == [part.from_char for part in message.segments]
        sent = [dict(part.sampling.sent()) for part in message.segments]
        assert [part["settings"] for part in one["segments"]] == [json.loads(json.dumps(values)) for values in sent]
        assert abs(datetime.fromisoformat(one["created"]).timestamp() - message.created) < 0.001


def test_lone_surrogates_and_overrides_are_escaped() -> None:
    tree = a_tree()
    leaf = tree.path[-1]
    odd = replace(leaf, content="\ud800 \u202e \x1b[2J")
    text = export_json(Tree(tree.conversation, {**tree.messages, leaf.id: odd}))
    assert text.encode().decode() == text
    assert json.loads(text)["messages"][1]["content"] == odd.content
    assert "\u202e" not in export_markdown(Tree(tree.conversation, {**tree.messages, leaf.id: odd}))
