"""Identifiers, targets, rules, prompts, the tree and the meter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr1_tui.domain.events import AnswerDelta, Continued, ReasoningDelta, UsageTick
from dsr1_tui.domain.fault import ExitCode, Fault, FaultCode, FaultError
from dsr1_tui.domain.ids import ConversationId, MessageId, uuid7
from dsr1_tui.domain.message import Conversation, Message, MessageRole, Tree, path_to, title_of
from dsr1_tui.domain.meter import Meter
from dsr1_tui.domain.prompt import build_prompt
from dsr1_tui.domain.request import ModelInfo, PromptMessage
from dsr1_tui.domain.rules import Rules, is_r1, rules_for
from dsr1_tui.domain.sampling import Sampling
from dsr1_tui.domain.target import Target, is_loopback, normalise_base_url


def message(number: int, role: MessageRole, content: str, parent: int | None = None, reasoning: str = "") -> Message:
    return Message(
        id=MessageId(f"m{number:03}"),
        conversation_id=ConversationId("c"),
        parent_id=None if parent is None else MessageId(f"m{parent:03}"),
        role=role,
        content=content,
        reasoning=reasoning,
        created=float(number),
        updated=float(number),
    )


U, A = MessageRole.USER, MessageRole.ASSISTANT


def test_uuid7_is_rfc_9562_s_example() -> None:
    # RFC 9562, appendix A.6: rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F at 1645557742000 ms
    rand = 0xCC3 << 68 | 0x18C4DC0C0C07398F & ((1 << 62) - 1)
    assert uuid7(1645557742000, rand.to_bytes(10)) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(st.integers(0, 2**48 - 2), st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_later_ids_sort_later(at: int, one: bytes, two: bytes) -> None:
    assert uuid7(at, one) < uuid7(at + 1, two)


@pytest.mark.parametrize(("at", "rand"), [(0, b"short"), (-1, bytes(10)), (1 << 48, bytes(10))])
def test_uuid7_refuses_nonsense(at: int, rand: bytes) -> None:
    with pytest.raises(ValueError, match="uuid7"):
        uuid7(at, rand)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("http://host:8000", "http://host:8000/v1"),
        ("http://host:8000/", "http://host:8000/v1"),
        ("http://host:8000/v1/", "http://host:8000/v1"),
        ("host:8000", "http://host:8000/v1"),
        (" gpu-box ", "http://gpu-box/v1"),
        ("https://api.example/openai/v1", "https://api.example/openai/v1"),
        ("http://[::1]:8000", "http://[::1]:8000/v1"),
        ("http://h:1/v1/chat/completions", "http://h:1/v1"),
    ],
)
def test_base_urls(typed: str, url: str) -> None:
    assert normalise_base_url(typed) == url


@pytest.mark.parametrize(
    "typed", ["", "http://", "ftp://x", "http://h:99999", "a b", "http://u:p@h", "http://h\x1b", "http://[::1"]
)
def test_no_base_urls(typed: str) -> None:
    with pytest.raises(FaultError) as error:
        normalise_base_url(typed)
    assert error.value.fault.code is FaultCode.USAGE
    assert "\n" not in error.value.fault.line


def test_target_names_and_proxies() -> None:
    target = Target(base_url="http://127.0.0.1:8000/v1", api_key="secret")
    assert (target.label, target.root_url, target.bypasses_proxy) == ("127.0.0.1:8000", "http://127.0.0.1:8000", True)
    assert "secret" not in repr(target)
    assert not Target(base_url="http://gpu-box:8000/v1").bypasses_proxy
    assert is_loopback("localhost")
    assert is_loopback("::1")


@pytest.mark.parametrize(
    ("name", "root", "expected"),
    [
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", "", True),
        ("tiny-r1", "", True),
        ("lab", "/models/DeepSeek-R1-Distill-Llama-8B/", True),
        ("DeepSeek-R1-0528", "", True),
        ("Qwen/Qwen2.5-7B-Instruct", "", False),
        ("gpt-4r1x", "", False),
        ("llama-3.1-8b", "", False),
    ],
)
def test_r1_by_name(name: str, root: str, expected: bool) -> None:
    assert is_r1(ModelInfo(id=name, root=root)) is expected


def test_rules_can_be_overruled() -> None:
    assert rules_for(ModelInfo(id="x"), Rules.R1) is Rules.R1
    assert rules_for(ModelInfo(id="tiny-r1"), Rules.OFF) is Rules.OFF
    assert rules_for(ModelInfo(id="tiny-r1")) is Rules.R1


def test_prompt_goes_without_old_reasoning() -> None:
    path = (message(1, U, "2+2?"), message(2, A, "\n\n4", reasoning="two and two"), message(3, U, "and 3+3?"))
    assert build_prompt(path) == (PromptMessage(U, "2+2?"), PromptMessage(A, "4"), PromptMessage(U, "and 3+3?"))


def test_prompt_drops_a_turn_stopped_in_mid_thought() -> None:
    path = (message(1, U, "2+2?"), message(2, A, "", reasoning="two and"), message(3, U, "well?"))
    assert build_prompt(path) == (PromptMessage(U, "2+2?\n\nwell?"),)


def test_tree_and_paths() -> None:
    nodes = [message(1, U, "q"), message(2, A, "a", 1), message(3, A, "b", 1), message(4, U, "r", 3)]
    by_id = {node.id: node for node in nodes}
    tree = Tree(Conversation(id=ConversationId("c"), title="", created=0, updated=0, active_leaf=nodes[3].id), by_id)
    assert [node.content for node in tree.path] == ["q", "b", "r"]
    assert [node.content for node in tree.siblings(nodes[2])] == ["a", "b"]


def test_a_circular_tree_ends() -> None:
    nodes = {MessageId("m001"): message(1, U, "q", 2), MessageId("m002"): message(2, A, "a", 1)}
    assert len(path_to(nodes, MessageId("m001"))) == 2


def test_titles() -> None:
    assert title_of("  Solve\n x  = 2 ") == "Solve x = 2"
    assert len(title_of("word " * 100)) <= 60


def test_meter_measures_from_sending_to_last_token() -> None:
    meter = Meter(sent_at=10.0)
    meter.feed(ReasoningDelta(text="a", tokens=1, exact=False, at=10.5))
    meter.feed(ReasoningDelta(text="b", tokens=1, exact=False, at=11.0))
    meter.feed(AnswerDelta(text="\n\n", tokens=1, exact=False, at=11.2))
    meter.feed(AnswerDelta(text="c", tokens=1, exact=False, at=11.5))
    assert (meter.tokens, meter.exact, meter.reasoning_tokens) == (4, False, 2)
    timings = meter.timings(12.0)
    assert (timings.ttft_s, timings.thinking_s, timings.total_s) == (0.5, 1.0, 2.0)
    assert timings.tokens_per_s == 3.0


def test_meter_trusts_the_server_s_count() -> None:
    meter = Meter(sent_at=0.0)
    meter.feed(AnswerDelta(text="abc", tokens=1, exact=False, at=1.0))
    meter.feed(UsageTick(prompt_tokens=7, completion_tokens=5, at=2.0))
    assert (meter.usage().completion_tokens, meter.usage().prompt_tokens, meter.usage().exact) == (5, 7, True)


def test_meter_counts_on_while_the_server_s_count_is_old() -> None:
    meter = Meter(sent_at=0.0)
    meter.feed(UsageTick(prompt_tokens=7, completion_tokens=0, at=1.0))
    for at in (1.0, 2.0, 3.0):
        meter.feed(ReasoningDelta(text="a", tokens=1, exact=True, at=at))
    assert (meter.tokens, meter.rate, meter.exact) == (3, 1.0, True)


def test_meter_adds_up_the_requests_of_one_answer() -> None:
    meter = Meter(sent_at=0.0)
    meter.feed(ReasoningDelta(text="abc", tokens=30, exact=True, at=1.0))
    meter.feed(Continued(cause="loop", sampling=Sampling(), char=0, at=2.0))
    meter.feed(UsageTick(prompt_tokens=40, completion_tokens=0, at=2.0))
    meter.feed(AnswerDelta(text="d", tokens=5, exact=True, at=3.0))
    meter.feed(UsageTick(prompt_tokens=40, completion_tokens=5, at=3.0))
    assert (meter.tokens, meter.usage().reasoning_tokens, meter.exact) == (35, 30, True)


def test_meter_of_nothing() -> None:
    meter = Meter(sent_at=0.0)
    assert (meter.rate, meter.timings(3.0).ttft_s, meter.exact) == (None, None, False)


def test_exit_codes() -> None:
    assert Fault(FaultCode.UNREACHABLE, "x").exit_code is ExitCode.UNREACHABLE
    assert Fault(FaultCode.UNAUTHORIZED, "x").exit_code is ExitCode.REFUSED
    assert Fault(FaultCode.SILENT, "x").exit_code is ExitCode.NO_ANSWER
    assert Fault(FaultCode.CONFIG, "x").exit_code is ExitCode.USAGE
